using LeptonStream.Health;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Yaml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>
/// What the passing of time does to alerts and silences beside the flushes of groups. A step that fails holds up neither the others nor a
/// flush, and is tried again when its time comes. Used by the worker's thread only.
/// </summary>
internal sealed class Upkeep(
    AlertJournal journal, NotifierMetrics metrics, IOptions<NotifierOptions> options, TimeProvider time, ILogger<Upkeep> logger)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EscalationsEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilencesEvery = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _staleAfter = DurationText.Parse(options.Value.StaleAfter);
    private readonly TroubleLog _troubles = new(logger, time);
    private Timestamp _nextMinute = Timestamp.Zero;
    private Timestamp _nextEscalations = Timestamp.Zero;
    private Timestamp _nextSilences = Timestamp.Zero;

    /// <summary>Does what is due.</summary>
    public async Task Run(Timestamp now, CancellationToken cancellation)
    {
        await Try("closed alerts do not end", () => journal.EndClosed(cancellation));
        // Not behind every batch of a storm: the question joins three tables.
        if (IsDue(ref _nextEscalations, EscalationsEvery, now))
        {
            await Try("actions stand still", () => Remediate(now, cancellation));
            await Try("escalations stand still", async () => metrics.Escalated(await journal.Escalate(now, cancellation)));
        }

        if (IsDue(ref _nextSilences, SilencesEvery, now))
            await Try("silences until resolved do not end", () => journal.EndResolvedSilences(now, cancellation));
        if (IsDue(ref _nextMinute, Minute, now))
        {
            if (_staleAfter > TimeSpan.Zero)
                await Try("stale alerts do not end",
                    async () => metrics.EndedStale(await journal.EndStale(_staleAfter, now, cancellation)));
            await Try("old openings stay", () => journal.TrimFlaps(now, cancellation));
        }

        _troubles.Report();
    }

    private async Task Remediate(Timestamp now, CancellationToken cancellation)
    {
        foreach (var state in await journal.Remediate(now, cancellation)) metrics.Action(state);
    }

    // A clock that was set back must not put it off.
    private static bool IsDue(ref Timestamp next, TimeSpan every, Timestamp now)
    {
        if (now < next && next <= now + every) return false;
        next = now + every;
        return true;
    }

    private async Task Try(string trouble, Func<Task> step)
    {
        try
        {
            await step();
            _troubles.Set(trouble, null);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _troubles.Set(trouble, $"{trouble}: {failure.Message}");
        }
    }
}
