using LeptonStream.Alerting;
using LeptonStream.Notifier.Lifecycle;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Journal;

/// <content>The steps that people and the passing of time ask for, beside events and flushes.</content>
internal sealed partial class AlertJournal
{
    /// <summary>Ends in their groups the alerts that people closed.</summary>
    /// <returns>Number of them.</returns>
    public async Task<int> EndClosed(CancellationToken cancellation)
    {
        if (!await _closed.AnyPending(cancellation)) return 0;
        var desk = CurrentDesk();
        return await database.Write(async transaction =>
        {
            await Counters.Lock(database, transaction, "alert_event");
            return await _closed.End(transaction, desk.Groups);
        }, cancellation);
    }

    /// <summary>Ends the alerts of which nothing was heard for so long although the detector works on their partition.</summary>
    /// <returns>Number of them.</returns>
    public async Task<int> EndStale(TimeSpan after, Timestamp now, CancellationToken cancellation)
    {
        if (!await _stale.Any(after, now, cancellation)) return 0;
        var desk = CurrentDesk();
        return await database.Write(async transaction =>
        {
            var seq = await Counters.Lock(database, transaction, "alert_event");
            var ended = await _stale.End(transaction, desk.Groups, after, now, seq);
            if (ended > 0) await Counters.Set(transaction, "alert_event", seq + ended);
            return ended;
        }, cancellation);
    }

    /// <summary>Moves the escalations of alerts that nobody acknowledged.</summary>
    /// <returns>Number of steps that were taken.</returns>
    public async Task<int> Escalate(Timestamp now, CancellationToken cancellation)
    {
        if (!await _escalations.AnyDue(now, cancellation)) return 0;
        var desk = CurrentDesk();
        return await database.Write(async transaction =>
        {
            await Counters.Lock(database, transaction, "alert_event");
            return await _escalations.Move(transaction, desk.Routes, desk.Groups, now);
        }, cancellation);
    }

    /// <summary>Decides which actions alerts start, and whether those that were executed helped.</summary>
    /// <returns>The states that actions came to.</returns>
    public async Task<IReadOnlyList<string>> Remediate(Timestamp now, CancellationToken cancellation)
    {
        var desk = CurrentDesk();
        var policies = desk.Routing.Policies;
        if (!await _remediations.AnyDue(policies, cancellation)) return [];
        var (outcomes, seq) = await database.Write(async transaction =>
        {
            var seq = await Counters.Lock(database, transaction, "alert_event");
            var mutes = await desk.Mutes.Load(transaction, now);
            return (await _remediations.Move(transaction, policies, mutes, desk.Groups, now), seq);
        }, cancellation);
        _remediations.Seen(policies, seq);
        return outcomes;
    }

    /// <summary>
    /// A receiver refused a row for good: it is dead, and the groups of which it says something try again. A later row of them waits for
    /// this one, so both happen at once.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="attempts">Number of attempts.</param>
    /// <param name="error">The receiver's words.</param>
    /// <param name="giveUpAfter">Time after the end of an alert from which nobody needs to learn of it any more.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The time of the next try; null where there is none.</returns>
    public Task<Timestamp?> Refuse(
        OutboxRow row, int attempts, string error, TimeSpan giveUpAfter, Timestamp now, CancellationToken cancellation)
    {
        var desk = CurrentDesk();
        return database.Write(async transaction =>
        {
            await Counters.Lock(database, transaction, "alert_event");
            var parts = await NotificationOutbox.PartsOf(transaction, row);
            GroupedAlert[] ended = [.. parts.SelectMany(part => part.Resolved)];
            var loaded = await desk.Groups.LoadFor(transaction, [.. parts.Select(part => part.GroupId).Distinct()],
                [.. ended.Select(alert => alert.AlertId).Distinct()],
                [.. ended.Select(alert => alert.Fingerprint.ToString()).Distinct()]);
            Timestamp? again = null;
            foreach (var part in parts)
            {
                var times = 1 + await NotificationOutbox.DeadInARow(transaction, part.GroupId, part.Channel);
                var next = desk.Pipeline.OnRefused(loaded.Groups, part, times, giveUpAfter, now);
                if (next < again || again is null) again = next;
            }

            await desk.Groups.Save(transaction, loaded);
            await NotificationOutbox.MarkDead(
                transaction, row, attempts, again is null ? error : $"{error}; its group tries again at {again}");
            return again;
        }, cancellation);
    }

    /// <summary>Forgets the openings of alerts that are steady.</summary>
    public Task<int> TrimFlaps(Timestamp now, CancellationToken cancellation) =>
        database.Write(transaction => _flaps.Trim(transaction, now), cancellation);

    /// <summary>Ends the silences whose alerts have been over for long enough.</summary>
    /// <returns>Number of them.</returns>
    public async Task<int> EndResolvedSilences(Timestamp now, CancellationToken cancellation)
    {
        if (!await _silences.Any(now, cancellation)) return 0;
        var firing = await _silences.Firing(cancellation);
        return await database.Write(transaction => _silences.End(transaction, firing, now), cancellation);
    }
}
