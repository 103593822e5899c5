using System.Data.Common;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Feedback;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Actions;

/// <summary>
/// Verdicts of people about alerts: on the alert, in the audit, and in the outbox from which a notifier publishes them, all in the
/// transaction of the decision.
/// </summary>
internal static class AlertVerdict
{
    /// <summary>Gives one, in place of the one before.</summary>
    public static async Task Give(DbTransaction transaction, string alertId, Verdict verdict, Change change)
    {
        await AlertActions.SetCare(transaction, "verdict, verdict_by, verdict_at", "@verdict, @actor, @at", new
        {
            alertId, verdict = Verdicts.NameOf(verdict), actor = SqlText.Clean(change.Actor), at = change.At.UnixMilliseconds,
        });
        await Audit.Add(transaction, change, "verdict", alertId, silenceId: null, ("verdict", Verdicts.NameOf(verdict)));
        await Publish(transaction, alertId, verdict, isWithdrawn: false, change);
    }

    /// <summary>Takes it back.</summary>
    /// <returns>Whether there was one.</returns>
    public static async Task<bool> Withdraw(DbTransaction transaction, string alertId, Change change)
    {
        var given = (await transaction.Query<string?>("select verdict from alert_care where alert_id = @alertId", new { alertId }))
            .SingleOrDefault();
        if (Verdicts.Parse(given) is not { } verdict) return false;
        await transaction.Execute(
            "update alert_care set verdict = null, verdict_by = null, verdict_at = null where alert_id = @alertId", new { alertId });
        await Audit.Add(transaction, change, "verdict_withdrawn", alertId, silenceId: null, ("verdict", given));
        await Publish(transaction, alertId, verdict, isWithdrawn: true, change);
        return true;
    }

    private static async Task Publish(DbTransaction transaction, string alertId, Verdict verdict, bool isWithdrawn, Change change)
    {
        var alert = (await transaction.Query<AlertRow>(
            """
            select model, metric, score, payload, coalesce((select kafka_partition from alert_event
              where alert_event.alert_id = alert.alert_id order by seq desc limit 1), 0) as kafka_partition
            from alert where alert_id = @alertId
            """,
            new { alertId })).Single();
        var first = (await transaction.Query<string>(
            "select payload from alert_event where alert_id = @alertId order by seq limit 1", new { alertId })).SingleOrDefault();
        var labels = AlertEventJson.TryRead(Encoding.UTF8.GetBytes(alert.Payload), out var known, out _) ? known!.Labels : LabelSet.Empty;
        var feedback = new FeedbackEvent
        {
            Id = Guid.CreateVersion7(change.At.ToDateTimeOffset()).ToString("N"),
            AlertId = alertId,
            Model = known?.Model ?? alert.Model,
            Metric = known?.Metric ?? alert.Metric,
            Labels = labels,
            Verdict = verdict,
            Score = alert.Score,
            Detector = OpenerOf(first),
            Withdrawn = isWithdrawn,
            By = change.Actor,
            Note = change.Note,
            At = change.At,
            Partition = (int)alert.KafkaPartition,
        };
        await transaction.Execute(
            "insert into feedback (feedback_id, alert_id, payload, created_at) values (@Id, @AlertId, @payload, @at)",
            new { feedback.Id, feedback.AlertId, payload = SqlText.Clean(feedback.Write()), at = change.At.UnixMilliseconds });
    }

    private static string? OpenerOf(string? first) =>
        first is not null && AlertEventJson.TryRead(Encoding.UTF8.GetBytes(first), out var opened, out _) && opened!.Detectors.Count > 0
            ? opened.Detectors[0].Name
            : null;

    private sealed class AlertRow
    {
        public required string Model { get; init; }

        public required string Metric { get; init; }

        public required double Score { get; init; }

        public required string Payload { get; init; }

        public required long KafkaPartition { get; init; }
    }
}
