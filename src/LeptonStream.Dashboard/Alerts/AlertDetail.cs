using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Dashboard.Alerts;

/// <summary>The answer of <c>/api/v1/alerts/{alertId}</c>.</summary>
/// <param name="Alert">The alert as lists show it.</param>
/// <param name="Event">Its last event as it was published; null where that is not readable.</param>
/// <param name="First">Its first event as it was published, which says why the alert opened; null where that is not readable.</param>
/// <param name="History">Its events, the newest first.</param>
/// <param name="GeneratorUrl">Of an alert that another program posted, its page about it; null where there is none.</param>
internal sealed record AlertDetail(AlertSummary Alert, JsonElement? Event, JsonElement? First, IReadOnlyList<AlertHistoryEntry> History,
    string? GeneratorUrl)
{
    public static AlertDetail Of(AlertRow row, AlertEventRow? first, IReadOnlyList<AlertEventRow> history, string? generatorUrl) => new(
        AlertSummary.Of(row, Read(row.Payload)),
        ToJson(row.Payload),
        first is null ? null : ToJson(first.Payload),
        [.. history.Select(AlertHistoryEntry.Of)],
        generatorUrl);

    internal static AlertEvent? Read(string payload) =>
        AlertEventJson.TryRead(Encoding.UTF8.GetBytes(payload), out var alert, out _) ? alert : null;

    private static JsonElement? ToJson(string payload) => Read(payload) is null ? null : JsonDocument.Parse(payload).RootElement;
}

/// <summary>One event of an alert.</summary>
/// <param name="Seq">Its number in the journal.</param>
/// <param name="EventId">Its own id.</param>
/// <param name="Type">opened, updated, early_warning or resolved.</param>
/// <param name="EndedReason">recovered, accepted, gone, superseded, policy or quiet, where it ended the alert.</param>
/// <param name="Progress">Whether it only brought the newest points of an alert that goes on.</param>
/// <param name="Severity">info, warning or critical.</param>
/// <param name="Score">The worst score up to then.</param>
/// <param name="Value">The value then; null where it was no finite number.</param>
/// <param name="ValueText">The value as text where it was no finite number.</param>
/// <param name="Expected">Forecast for that moment, in the metric's unit.</param>
/// <param name="Summary">One sentence per language; null where the event is not readable.</param>
/// <param name="Description">More of it, per language.</param>
/// <param name="DetectedAt">Event time, RFC 3339.</param>
/// <param name="RecordedAt">Time at which the journal got it, RFC 3339.</param>
/// <param name="Partition">The partition of the alerts topic that it came from.</param>
/// <param name="Offset">Its offset there.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record AlertHistoryEntry(
    long Seq,
    string EventId,
    string Type,
    string? EndedReason,
    bool Progress,
    string Severity,
    double Score,
    double? Value,
    string? ValueText,
    double? Expected,
    IReadOnlyDictionary<string, string>? Summary,
    IReadOnlyDictionary<string, string>? Description,
    string DetectedAt,
    string RecordedAt,
    int Partition,
    long Offset)
{
    public static AlertHistoryEntry Of(AlertEventRow row)
    {
        var alert = AlertDetail.Read(row.Payload);
        return new(
            row.Seq,
            row.EventId,
            row.Type,
            alert?.EndedReason is { } reason ? AlertEventJson.NameOf(reason) : null,
            alert?.IsProgress ?? false,
            row.Severity,
            row.Score,
            alert?.Value,
            alert?.ValueText,
            alert?.Expected,
            AlertSummary.InBothLanguages(alert, explanation => explanation.Summary),
            AlertSummary.InBothLanguages(alert, explanation => explanation.Description),
            Timestamp.FromUnixMilliseconds(row.DetectedAt).ToString(),
            Timestamp.FromUnixMilliseconds(row.RecordedAt).ToString(),
            row.KafkaPartition,
            row.KafkaOffset);
    }
}
