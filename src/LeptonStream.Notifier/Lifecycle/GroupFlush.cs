using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>
/// Takes up the alerts that others posted, and flushes the groups that are due, when it is time for either. Used by the worker's loop.
/// </summary>
internal sealed class GroupFlush(
    AlertJournal journal, Upkeep upkeep, RoutingSource routing, OutboxSignal signal, NotifierMetrics metrics, TimeProvider time)
{
    // Another notifier may have made or moved groups since we last looked.
    private static readonly TimeSpan LongestBlindness = TimeSpan.FromSeconds(1);

    // Of the groups that a storm makes due, the others wait for the next round: events come between.
    private static readonly TimeSpan LongestFlush = TimeSpan.FromMilliseconds(500);

    // While events wait in their topic, flushes have this much less of the time; what is critical is in the first of each.
    private static readonly TimeSpan WhileBehind = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TakeUpEvery = TimeSpan.FromMilliseconds(250);

    private Timestamp _nextLook = Timestamp.Zero;
    private long _tookUp;
    private long _flushed;

    /// <summary>Lets the next run look at the groups: their alerts have changed.</summary>
    public void LookAtOnce() => _nextLook = Timestamp.Zero;

    /// <summary>Records alerts that others posted.</summary>
    public async Task TakeUp(CancellationToken stop)
    {
        if (time.GetElapsedTime(_tookUp) < TakeUpEvery) return;
        _tookUp = time.GetTimestamp();
        var events = await journal.TakeUp(time.Now(), stop);
        if (events == 0) return;
        metrics.TakenUp(events);
        LookAtOnce();
    }

    /// <summary>Flushes what is due, and then does what only the passing of time asks for.</summary>
    /// <param name="isBehind">Whether events wait in their topic.</param>
    /// <param name="stop">Cancels.</param>
    public async Task Run(bool isBehind, CancellationToken stop)
    {
        if (time.Now() < _nextLook || (isBehind && time.GetElapsedTime(_flushed) < WhileBehind)) return;
        var next = await journal.NextFlush(stop);
        var now = time.Now();
        if (next is { } due && (due <= now || due > now + routing.Current.Routes.LongestWait))
        {
            await Flush(now, isBehind, stop);
            next = await journal.NextFlush(stop);
        }

        _flushed = time.GetTimestamp();
        var latest = now + LongestBlindness;
        _nextLook = next is { } soon && soon < latest ? soon : latest;
        // Behind the flush: its failure holds up no notification.
        await upkeep.Run(time.Now(), stop);
    }

    private async Task Flush(Timestamp now, bool isBehind, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        bool mayHaveMore;
        do
        {
            (var notifications, mayHaveMore) = await journal.Flush(now, stop);
            if (notifications == 0) continue;
            metrics.Decided(notifications);
            signal.Raise();
        }
        while (mayHaveMore && !isBehind && time.GetElapsedTime(began) < LongestFlush);
    }
}
