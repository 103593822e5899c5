using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <summary>How numbers become fields of events.</summary>
internal static class EventFields
{
    /// <summary>An id as 32 hex digits.</summary>
    public static string Hex(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>A number that may not be known, as one that may be missing.</summary>
    public static double? Known(double value) => double.IsFinite(value) ? value : null;

    /// <summary>The labels under which Alertmanager's users know an alert.</summary>
    public static LabelSet RoutingLabels(SeriesKey key, string alertName, AlertSeverity severity) => key.Labels.With(
        ("alertname", alertName),
        ("severity", AlertEventJson.NameOf(severity)),
        ("model", key.Model),
        ("metric", key.Metric));

    /// <summary>The annotations under which they know it.</summary>
    public static LabelSet Annotations(Explanation explanation, string? runbook) => LabelSet.Of(
        ("summary", explanation.Summary),
        ("description", explanation.Description),
        ("runbook_url", runbook ?? ""));
}
