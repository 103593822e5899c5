using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>How numbers become fields of events.</summary>
internal static class EventFields
{
    /// <summary>An id as 32 hex digits.</summary>
    public static string Hex(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>A number that may not be known, as one that may be missing.</summary>
    public static double? Known(double value) => double.IsFinite(value) ? value : null;

    /// <summary>What the ids of events are derived from: a policy's ids differ from another's, so a replay under new settings publishes anew and never passes for a duplicate.</summary>
    public static UInt128 BasisOf(DetectionPolicy detection, SeriesPolicy policy) =>
        SeriesId.OfEntity(Encoding.UTF8.GetBytes(detection.Fingerprint() + policy.Fingerprint())).Value;

    /// <summary>What a change of an alert is told as.</summary>
    public static AlertEventType TypeOf(AlertChange change) => change switch
    {
        AlertChange.Opened => AlertEventType.Opened,
        AlertChange.Worsened => AlertEventType.Updated,
        _ => AlertEventType.Resolved,
    };

    /// <summary>Full trust after a thousand samples: until then tails are extrapolated from few.</summary>
    public static double Confidence(int learned) => Math.Round(Math.Min(1, 0.5 + (learned / 2000.0)), 3);

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
