using System.Text.Json.Serialization;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Dashboard.Alerts;

/// <summary>The row of one alert in a list.</summary>
/// <param name="AlertId">The alert's id.</param>
/// <param name="Seq">The number of its last event in the journal.</param>
/// <param name="Status">firing or resolved.</param>
/// <param name="Severity">info, warning or critical.</param>
/// <param name="Model">The watched model.</param>
/// <param name="Metric">The anomalous metric.</param>
/// <param name="Score">Its worst score; 1.0 is the line.</param>
/// <param name="Onset">Beginning of the anomaly, RFC 3339.</param>
/// <param name="DetectedAt">Time of its opening: event time of the sample behind its first event, RFC 3339.</param>
/// <param name="UpdatedAt">Up to when its numbers are true: event time of the sample behind its last event, RFC 3339.</param>
/// <param name="ResolvedAt">Time of its end, RFC 3339; null while it fires.</param>
/// <param name="EndedReason">
/// recovered, accepted, gone, superseded, policy, quiet (a device reports no further error), closed (by a person), or stale (nothing was
/// heard of it for long); null while it fires. Only recovered says that the trouble is over.
/// </param>
/// <param name="Value">The value of the sample behind its last event; null where it was no finite number.</param>
/// <param name="ValueText">The value as text where it was no finite number.</param>
/// <param name="Expected">Forecast for that moment, in the metric's unit.</param>
/// <param name="Unit">The unit (UCUM) of both.</param>
/// <param name="Limit">The limit that an early warning is about; null for other alerts.</param>
/// <param name="BreachAt">Time at which the limit is expected to be reached, RFC 3339; null where nothing is expected.</param>
/// <param name="Detector">The detector with the highest score.</param>
/// <param name="Labels">The labels that routes and matchers see.</param>
/// <param name="Summary">One sentence per language.</param>
/// <param name="Spark">Its last points.</param>
/// <param name="AcknowledgedBy">Who works on it; null where nobody said so.</param>
/// <param name="AskAgainAt">Time after which repeats go on although it is acknowledged, RFC 3339; null is until it ends.</param>
/// <param name="Assignee">Whose it is; null where it is nobody's.</param>
/// <param name="Verdict">false, true or normal, as a person judged it; null where nobody did.</param>
/// <param name="VerdictBy">Who did.</param>
/// <param name="Muted">The reason for which nobody is notified of it at present; null where there is none.</param>
// A score out of range in one event must not take the whole list down: it is written as "Infinity".
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record AlertSummary(
    string AlertId,
    long Seq,
    string Status,
    string Severity,
    string Model,
    string Metric,
    double Score,
    string Onset,
    string DetectedAt,
    string UpdatedAt,
    string? ResolvedAt,
    string? EndedReason,
    double? Value,
    string? ValueText,
    double? Expected,
    string? Unit,
    double? Limit,
    string? BreachAt,
    string? Detector,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string>? Summary,
    Spark? Spark,
    string? AcknowledgedBy,
    string? AskAgainAt,
    string? Assignee,
    string? Verdict,
    string? VerdictBy,
    Muted? Muted)
{
    // A payload this version can't read still is an alert: it is listed by the columns that the journal keeps beside it.
    public static AlertSummary Of(AlertRow row) => Of(row, AlertDetail.Read(row.Payload));

    public static AlertSummary Of(AlertRow row, AlertEvent? last) => new(
        row.AlertId,
        row.Seq,
        row.Status,
        row.Severity,
        row.Model,
        row.Metric,
        row.Score,
        Timestamp.FromUnixMilliseconds(row.Onset).ToString(),
        Timestamp.FromUnixMilliseconds(row.OpenedAt).ToString(),
        Timestamp.FromUnixMilliseconds(row.UpdatedAt).ToString(),
        row.ResolvedAt is { } resolved ? Timestamp.FromUnixMilliseconds(resolved).ToString() : null,
        row.EndedReason ?? (last?.EndedReason is { } reason ? AlertEventJson.NameOf(reason) : null),
        last?.Value,
        last?.ValueText,
        last?.Expected,
        last?.Unit,
        last?.EarlyWarning?.Limit,
        last?.EarlyWarning?.ExpectedBreachAt?.ToString(),
        last?.Detectors.Select(part => part.Name).FirstOrDefault(),
        ToDictionary(LabelsOf(row, last)),
        InBothLanguages(last, explanation => explanation.Summary),
        last is null ? null : Spark.Of(last),
        row.AcknowledgedBy,
        row.AskAgainAt is { } again ? Timestamp.FromUnixMilliseconds(again).ToString() : null,
        row.Assignee,
        row.Verdict,
        row.VerdictBy,
        row.Muted);

    /// <summary>The labels of an alert that routes and matchers see.</summary>
    public static LabelSet LabelsOf(AlertRow row, AlertEvent? last) => LabelsOf(last, row.Severity, row.Model, row.Metric);

    /// <summary>The labels of an alert that routes and matchers see: those of its last event, where that can be read.</summary>
    public static LabelSet LabelsOf(AlertEvent? last, string severity, string model, string metric) =>
        last?.RoutingLabels ?? LabelSet.Of(("severity", severity), ("model", model), ("metric", metric));

    /// <summary>One text of an event per language; null where there is no event to read.</summary>
    internal static Dictionary<string, string>? InBothLanguages(AlertEvent? alert, Func<Explanation, string> text) =>
        alert is null ? null : new() { ["en"] = text(alert.English), ["zh-CN"] = text(alert.Chinese) };

    private static Dictionary<string, string> ToDictionary(LabelSet labels) =>
        labels.ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);
}

/// <summary>The last points of an alert, for a drawing the size of a word.</summary>
/// <param name="Values">The values, oldest first; null where one was not finite.</param>
/// <param name="Onset">The index of the first value at or after the onset.</param>
internal sealed record Spark(IReadOnlyList<double?> Values, int Onset)
{
    private const int Most = 40;

    public static Spark Of(AlertEvent alert)
    {
        var points = alert.Points.Skip(Math.Max(0, alert.Points.Count - Most)).ToList();
        return new([.. points.Select(p => double.IsFinite(p.Value) ? p.Value : (double?)null)], points.Count(p => p.Time < alert.Onset));
    }
}
