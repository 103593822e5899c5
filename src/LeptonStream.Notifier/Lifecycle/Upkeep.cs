using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Yaml;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>What the passing of time does to alerts and silences beside the flushes of groups. Used by the worker's thread only.</summary>
internal sealed class Upkeep(AlertJournal journal, IOptions<NotifierOptions> options)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SilencesEvery = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _staleAfter = DurationText.Parse(options.Value.StaleAfter);
    private Timestamp _nextMinute = Timestamp.Zero;
    private Timestamp _nextSilences = Timestamp.Zero;

    /// <summary>Does what is due.</summary>
    public async Task Run(Timestamp now, CancellationToken cancellation)
    {
        await journal.EndClosed(cancellation);
        await journal.Escalate(now, cancellation);
        if (now >= _nextSilences)
        {
            await journal.EndResolvedSilences(now, cancellation);
            _nextSilences = now + SilencesEvery;
        }

        if (now < _nextMinute) return;
        if (_staleAfter > TimeSpan.Zero) await journal.EndStale(_staleAfter, now, cancellation);
        await journal.TrimFlaps(now, cancellation);
        _nextMinute = now + Minute;
    }
}
