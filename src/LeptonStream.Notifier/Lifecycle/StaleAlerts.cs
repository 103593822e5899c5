using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Health;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Storage;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>
/// Ends alerts of which nothing was heard for long although the detector works on their partition: an alert that goes on reports at least
/// once an hour, or with each sample of a series that has fewer, so this one's series is gone, or its end was lost. A later event opens it
/// again.
/// </summary>
internal sealed class StaleAlerts(Database database)
{
    private const int MostAtOnce = 500;

    // Samples that such a series may miss.
    private const int Pauses = 3;

    private const string Stale =
        """
        from alert
        join alert_event last on last.alert_id = alert.alert_id
          and last.seq = (select max(seq) from alert_event where alert_event.alert_id = alert.alert_id)
        join partition_life life on life.kafka_partition = last.kafka_partition
        where alert.status = 'firing' and last.recorded_at <= @before and life.alive_since <= @before and life.seen_at >= @lost
          and last.recorded_at + @Pauses * coalesce(alert.pace_ms, 0) <= @now
          and life.alive_since + @Pauses * coalesce(alert.pace_ms, 0) <= @now
        """;

    /// <summary>Whether there may be any: asked before anything is locked, since it looks at every alert that fires.</summary>
    public async Task<bool> Any(TimeSpan after, Timestamp now, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from (select 1 {Stale} limit 1) as stale", Times(after, now), cancellationToken: cancellation)) > 0;
    }

    /// <summary>Marks them in the journal and ends them in their groups; at most so many, the others the next time.</summary>
    /// <param name="transaction">A transaction that holds the counter of events.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="after">Time of silence after which an alert is stale.</param>
    /// <param name="now">The time.</param>
    /// <param name="seq">The last number that the counter gave.</param>
    /// <returns>Number of alerts, each of which took a number of the counter.</returns>
    public async Task<int> End(DbTransaction transaction, GroupStore groups, TimeSpan after, Timestamp now, long seq)
    {
        var rows = await transaction.Query<(string AlertId, long Pace)>(
            $"select alert.alert_id, coalesce(alert.pace_ms, 0) as pace {Stale} order by alert.alert_id limit {MostAtOnce}",
            Times(after, now));
        string[] alertIds = [.. rows.Select(row => row.AlertId)];
        if (alertIds.Length == 0) return 0;

        var loaded = await groups.LoadFor(transaction, groupIds: [], alertIds, fingerprints: []);
        foreach (var alertId in alertIds) AlertPipeline.Expire(loaded.Groups, alertId, now);
        await groups.Save(transaction, loaded);
        await transaction.ExecuteEach(
            """
            update alert set status = 'resolved', resolved_at = @at, ended_reason = @Stale, seq = @seq where alert_id = @alertId
            """,
            alertIds.Select((alertId, index) =>
                new { alertId, at = now.UnixMilliseconds, EndedTexts.Stale, seq = seq + index + 1 }));
        // Whoever worked on it worked on an incident that is over: should it come back, somebody is asked again.
        await transaction.Execute(
            "update alert_care set acknowledged_by = null, acknowledged_at = null, ask_again_at = null where alert_id "
                + database.AnyOf("@alertIds"), new { alertIds });
        foreach (var (alertId, pace) in rows)
            await (AuditRecord.ByProgram(RoleNames.Notifier, now.UnixMilliseconds, EndedTexts.Stale) with
            {
                AlertId = alertId,
                Detail = [("silent_for", DurationText.Of(TimeSpan.FromMilliseconds(Math.Max(after.TotalMilliseconds, Pauses * pace))))],
            }).Add(transaction);
        return alertIds.Length;
    }

    /// <summary>Which of these alerts ended as stale: an event of theirs opens them again.</summary>
    public async Task<HashSet<string>> Among(DbTransaction transaction, string[] alertIds) =>
        [.. await transaction.Query<string>(
            $"select alert_id from alert where ended_reason = @Stale and alert_id {database.AnyOf("@alertIds")}",
            new { EndedTexts.Stale, alertIds })];

    private static object Times(TimeSpan after, Timestamp now) =>
        new
        {
            Pauses, before = (now - after).UnixMilliseconds, now = now.UnixMilliseconds,
            lost = (now - PartitionLife.Gap).UnixMilliseconds,
        };
}
