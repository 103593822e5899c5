using LeptonStream.Samples;

namespace LeptonStream.Simulator;

/// <summary>
/// The story to simulate: the first half is quiet, so that every series can be learned; the faults come in the second half.
/// </summary>
internal sealed record Story
{
    /// <summary>The shortest story in which every fault still covers a few samples.</summary>
    public static readonly TimeSpan ShortestDuration = TimeSpan.FromHours(3);

    /// <summary>Beyond it a demo is none.</summary>
    public static readonly TimeSpan LongestDuration = TimeSpan.FromDays(60);

    /// <summary>Same seed, same bytes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Event time of the first sample. Only the <c>ts</c> fields depend on it: days and weeks are counted from here.</summary>
    public Timestamp Start { get; init; } = Timestamp.FromUnixSeconds(1_767_571_200);

    /// <summary>Simulated time from the first sample to the last.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Simulated time between two samples of one series.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the faults happen; without them the same story runs with the same noise.</summary>
    public bool WithFaults { get; init; } = true;

    /// <summary>Length of the quiet part.</summary>
    public TimeSpan Calm => Duration / 2;

    /// <summary>Number of sampling instants.</summary>
    public int Moments => (int)(Duration / Interval);

    /// <summary>The sampling instant of an index.</summary>
    public Moment At(int index) => new(index, Start + (Interval * index), Interval * index, Interval);
}
