using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Dashboard.Alerts;

/// <summary>The answer of <c>/api/v1/alerts/{alertId}</c>.</summary>
/// <param name="Alert">The alert as lists show it.</param>
/// <param name="Event">Its last event as it was published; null where that is not readable.</param>
/// <param name="History">Its events, the newest first.</param>
internal sealed record AlertDetail(AlertSummary Alert, JsonElement? Event, IReadOnlyList<AlertHistoryEntry> History)
{
    public static AlertDetail Of(AlertRow row, IReadOnlyList<AlertEventRow> history)
    {
        var payload = Encoding.UTF8.GetBytes(row.Payload);
        var isReadable = AlertEventJson.TryRead(payload, out var last, out _);
        return new(
            AlertSummary.Of(row, last),
            isReadable ? JsonDocument.Parse(payload).RootElement : null,
            [.. history.Select(AlertHistoryEntry.Of)]);
    }
}

/// <summary>One event of an alert.</summary>
/// <param name="Seq">Its number in the journal.</param>
/// <param name="EventId">Its own id.</param>
/// <param name="Type">opened, updated or resolved.</param>
/// <param name="Severity">info, warning or critical.</param>
/// <param name="Score">The worst score up to then.</param>
/// <param name="DetectedAt">Event time, RFC 3339.</param>
/// <param name="RecordedAt">When the journal got it, RFC 3339.</param>
/// <param name="Partition">The partition of the alerts topic that it came from.</param>
/// <param name="Offset">Its offset there.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record AlertHistoryEntry(
    long Seq, string EventId, string Type, string Severity, double Score, string DetectedAt, string RecordedAt, int Partition, long Offset)
{
    public static AlertHistoryEntry Of(AlertEventRow row) => new(
        row.Seq,
        row.EventId,
        row.Type,
        row.Severity,
        row.Score,
        Timestamp.FromUnixMilliseconds(row.DetectedAt).ToString(),
        Timestamp.FromUnixMilliseconds(row.RecordedAt).ToString(),
        row.KafkaPartition,
        row.KafkaOffset);
}
