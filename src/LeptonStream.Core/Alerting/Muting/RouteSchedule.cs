using LeptonStream.Samples;

namespace LeptonStream.Alerting.Muting;

/// <summary>
/// When a route sends. Its groups go on at all times: what was not sent is sent when the time has come, if it still fires.
/// </summary>
/// <param name="Mute">The intervals in which nothing is sent.</param>
/// <param name="Active">The intervals in which alone anything is sent; none means always.</param>
public sealed record RouteSchedule(IReadOnlyList<TimeInterval> Mute, IReadOnlyList<TimeInterval> Active)
{
    /// <summary>At all times.</summary>
    public static readonly RouteSchedule Always = new([], []);

    /// <summary>Why nothing is sent at a time, and the names of the intervals that say so; null where it is sent.</summary>
    public (SuppressionCause? Cause, IReadOnlyList<string> Intervals) MutedAt(Timestamp now)
    {
        if (Active.Count > 0 && !Active.Any(interval => interval.Contains(now)))
            return (SuppressionCause.InactiveTime, [.. Active.Select(interval => interval.Name)]);
        string[] mute = [.. Mute.Where(interval => interval.Contains(now)).Select(interval => interval.Name)];
        return mute.Length > 0 ? (SuppressionCause.MuteTime, mute) : (null, []);
    }
}
