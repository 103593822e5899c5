using LeptonStream.Notifier.Lifecycle;
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
            await LockCounter(transaction, "alert_event");
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
            var seq = await LockCounter(transaction, "alert_event");
            var ended = await _stale.End(transaction, desk.Groups, after, now, seq);
            if (ended > 0) await SetCounter(transaction, "alert_event", seq + ended);
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
            await LockCounter(transaction, "alert_event");
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
            var seq = await LockCounter(transaction, "alert_event");
            var mutes = await desk.Mutes.Load(transaction, now);
            return (await _remediations.Move(transaction, policies, mutes, desk.Groups, now), seq);
        }, cancellation);
        _remediations.Seen(policies, seq);
        return outcomes;
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
