using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>
/// A stretch of log time in which no record of a partition came: an outage of the broker rather than of all its producers. Whoever is
/// silent after it gets time to come back.
/// </summary>
internal static class LogHole
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(20);

    /// <summary>Whether a hole lies between the times of two records.</summary>
    /// <param name="before">Log time of the earlier record; <see cref="Timestamp.Never"/> where there was none.</param>
    /// <param name="after">Log time of the later one.</param>
    public static bool IsBetween(Timestamp before, Timestamp after) => !before.IsNever && after - before > Shortest;
}
