using LeptonStream.Samples;

namespace LeptonStream.Alerting.Muting;

/// <summary>
/// Watches over a silence until resolved: it ends when the alerts that it mutes have been over for a quiet period. One that has muted
/// nothing yet waits for its first alert.
/// </summary>
/// <param name="QuietPeriod">Time for which none of its alerts may fire.</param>
/// <param name="HasMatched">Whether an alert fired that it mutes.</param>
/// <param name="OverSince">Time since which none of them fires any more; null while one does, and before the first.</param>
public sealed record ResolvedWatch(TimeSpan QuietPeriod, bool HasMatched, Timestamp? OverSince)
{
    /// <summary>Looks at the alerts.</summary>
    /// <param name="fires">Whether one that the silence mutes fires now.</param>
    /// <param name="now">The time.</param>
    /// <returns>The watch as it goes on.</returns>
    public ResolvedWatch Observe(bool fires, Timestamp now) =>
        fires ? this with { HasMatched = true, OverSince = null }
        : HasMatched && OverSince is null ? this with { OverSince = now }
        : this;

    /// <summary>Whether the silence has ended.</summary>
    public bool IsOver(Timestamp now) => OverSince is { } since && since + QuietPeriod <= now;
}
