using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// Removes what is old from the journal, a small step at a time, so that nobody waits for it. An alert goes with everything that belongs to
/// it, and only when it has ended, its last event is old and no group has to say its end any more: what is open is never touched.
/// </summary>
internal sealed class JournalTrim(Database database)
{
    /// <summary>Rows of the leading table in one step, at most.</summary>
    public const int MostAtOnce = 200;

    /// <summary>Removes some of what ended before a time.</summary>
    /// <param name="journalBefore">Alerts, suppressions, silences and the audit that are over before it go.</param>
    /// <param name="outboxBefore">Notifications decided before it go, unless they are still to be sent.</param>
    /// <param name="cancellation">Ends it between two transactions.</param>
    /// <returns>Rows of the leading tables that went, and whether there may be more.</returns>
    public async Task<(int Removed, bool MayHaveMore)> Step(Timestamp journalBefore, Timestamp outboxBefore, CancellationToken cancellation)
    {
        int[] removed =
        [
            await Alerts(journalBefore, cancellation),
            await Notifications(outboxBefore, cancellation),
            await Remove("suppression", "group_id, fingerprint, since", "until < @before", "until", journalBefore, cancellation),
            await Remove("silence", "id", "ends_at < @before", "ends_at", journalBefore, cancellation),
            await Remove("event_conflict", "event_id, content", "recorded_at < @before", "recorded_at", journalBefore, cancellation),
            await Remove("destination_pause", "receiver, channel", "until < @before", "until", journalBefore, cancellation),
            await Remove("audit", "audit_id",
                "at < @before and not exists (select 1 from alert where alert.alert_id = audit.alert_id and alert.status = 'firing')",
                "audit_id", journalBefore, cancellation),
        ];
        return (removed.Sum(), removed.Contains(MostAtOnce));
    }

    private Task<int> Alerts(Timestamp before, CancellationToken cancellation) => database.Write(async transaction =>
    {
        // As every writer of alerts does: nobody gives one of them a new event meanwhile.
        await Counters.Lock(database, transaction, "alert_event");
        string[] ids = [.. await transaction.Query<string>(
            """
            select a.alert_id from alert a
            where a.status = 'resolved' and a.detected_at < @before and a.resolved_at < @before
              and not exists (select 1 from alert_event e where e.alert_id = a.alert_id and e.recorded_at >= @before)
              and not exists (select 1 from alert_group_member m where m.alert_id = a.alert_id)
              and not exists (select 1 from feedback f where f.alert_id = a.alert_id and f.published_at is null)
            order by a.detected_at limit @MostAtOnce
            """,
            new { before = before.UnixMilliseconds, MostAtOnce })];
        if (ids.Length == 0) return 0;
        foreach (var table in (string[])
            ["notification_alert", "suppression", "feedback", "remediation", "alert_care", "received_alert", "alert_event", "alert"])
            await transaction.Execute($"delete from {table} where alert_id {database.AnyOf("@ids")}", new { ids });
        return ids.Length;
    }, cancellation);

    private Task<int> Notifications(Timestamp before, CancellationToken cancellation) => database.Write(async transaction =>
    {
        string[] ids = [.. await transaction.Query<string>(
            "select notification_id from notification where status <> 'pending' and created_at < @before order by seq limit @MostAtOnce",
            new { before = before.UnixMilliseconds, MostAtOnce })];
        if (ids.Length == 0) return 0;
        foreach (var table in (string[])["notification_alert", "notification"])
            await transaction.Execute($"delete from {table} where notification_id {database.AnyOf("@ids")}", new { ids });
        return ids.Length;
    }, cancellation);

    private Task<int> Remove(string table, string key, string old, string order, Timestamp before, CancellationToken cancellation) =>
        database.Write(transaction => transaction.Execute(
            $"delete from {table} where ({key}) in (select {key} from {table} where {old} order by {order} limit @MostAtOnce)",
            new { before = before.UnixMilliseconds, MostAtOnce }), cancellation);
}
