using System.Data.Common;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>The rows of an event: itself, and the newest state of its alert.</summary>
internal static class AlertRows
{
    private const string Events =
        """
        alert_event (seq, event_id, alert_id, type, model, metric, severity, score, onset, detected_at, topic, kafka_partition,
          kafka_offset, recorded_at, ended_reason, progress, payload)
        """;

    private const string Alerts =
        """
        alert (alert_id, status, severity, model, metric, score, onset, detected_at, resolved_at, ended_reason, seq, series, labels,
          payload, pace_ms)
        """;

    // What a person closed stays closed, whatever the detector says of it afterwards.
    private const string RenewAlert =
        """
        on conflict (alert_id) do update set severity = excluded.severity, score = excluded.score, onset = excluded.onset,
          status = case when alert.ended_reason = 'closed' then alert.status else excluded.status end,
          resolved_at = case when alert.ended_reason = 'closed' then alert.resolved_at else excluded.resolved_at end,
          ended_reason = case when alert.ended_reason = 'closed' then 'closed' else excluded.ended_reason end,
          detected_at = excluded.detected_at, seq = excluded.seq, series = excluded.series, labels = excluded.labels,
          payload = excluded.payload, pace_ms = excluded.pace_ms
        """;

    /// <summary>Writes events with their numbers, and the alerts as the last of each leaves it.</summary>
    public static async Task Write(DbTransaction transaction, IReadOnlyList<(JournalRecord Record, long Seq)> numbered, Timestamp now)
    {
        await transaction.InsertEach(Events, numbered.Select(item => EventParameters(item.Record, item.Seq, now)));
        await transaction.InsertEach(Alerts, numbered.GroupBy(item => item.Record.Event!.AlertId)
            .Select(items => AlertParameters(items.Last().Record, items.Last().Seq)), RenewAlert);
    }

    private static object EventParameters(JournalRecord record, long seq, Timestamp now) => new
    {
        seq,
        id = record.Event!.Id,
        alertId = record.Event.AlertId,
        type = AlertEventJson.NameOf(record.Event.Type),
        model = SqlText.Clean(record.Event.Model),
        metric = SqlText.Clean(record.Event.Metric),
        severity = AlertEventJson.NameOf(record.Event.Severity),
        record.Event.Score,
        onset = record.Event.Onset.UnixMilliseconds,
        detectedAt = record.Event.DetectedAt.UnixMilliseconds,
        record.Topic,
        record.Partition,
        record.Offset,
        recordedAt = now.UnixMilliseconds,
        endedReason = EndedReasonOf(record.Event),
        progress = record.Event.IsProgress ? 1 : 0,
        payload = record.Text,
    };

    private static object AlertParameters(JournalRecord record, long seq)
    {
        var alert = record.Event!;
        var isResolved = alert.Type == AlertEventType.Resolved;
        return new
        {
            alertId = alert.AlertId,
            status = isResolved ? "resolved" : "firing",
            severity = AlertEventJson.NameOf(alert.Severity),
            model = SqlText.Clean(alert.Model),
            metric = SqlText.Clean(alert.Metric),
            alert.Score,
            onset = alert.Onset.UnixMilliseconds,
            detectedAt = alert.DetectedAt.UnixMilliseconds,
            resolvedAt = isResolved ? alert.DetectedAt.UnixMilliseconds : (long?)null,
            endedReason = EndedReasonOf(alert),
            seq,
            series = KnownEvents.SeriesOf(alert),
            labels = AlertingJson.Write(alert.RoutingLabels),
            payload = record.Text,
            pace = PaceOf(alert),
        };
    }

    // Whoever writes to the topic may say anything: more than a month is none.
    private static long? PaceOf(AlertEvent alert) =>
        alert.IntervalSeconds is > 0 and < 2_678_400 and var seconds ? (long)(seconds * 1000) : null;

    private static string? EndedReasonOf(AlertEvent alert) => alert.EndedReason is { } reason ? AlertEventJson.NameOf(reason) : null;
}
