using LeptonStream.Samples;

namespace LeptonStream.Detection.Gaps;

/// <summary>Knowledge that a partition lacks from an offset on: its events tell of it, and the log and counters of the detector.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="From">Input offset from which on it is lacking, ≥ 0: of records lost unread, that of the first of them.</param>
/// <param name="To">Input offset behind the last record lost unread; <paramref name="From"/> where none was.</param>
/// <param name="At">Log time near that offset, for a partition whose own clock has not begun.</param>
/// <param name="Detail">The cause in plain English words, for people; never null.</param>
public sealed record StateGap(StateGapCause Cause, long From, long To, Timestamp At, string Detail)
{
    /// <summary>Log time for which a partition is known until its judgements are of full confidence again.</summary>
    public static readonly TimeSpan WarmAfter = TimeSpan.FromMinutes(30);

    /// <summary>Whether the partition begins with empty state.</summary>
    public bool LosesState =>
        Cause is not (StateGapCause.Undecodable or StateGapCause.PartitionsAdded or StateGapCause.LogCut or StateGapCause.ClockRanAhead);
}

/// <summary>The causes of a <see cref="StateGap"/>.</summary>
public enum StateGapCause
{
    /// <summary>The partition was judged before, and there is no snapshot of its state.</summary>
    NoSnapshot = 0,

    /// <summary>There are snapshots, and none can be used: damaged, or of another version.</summary>
    SnapshotUnusable = 1,

    /// <summary>Retention removed records before they were read.</summary>
    RecordsGone = 2,

    /// <summary>The input topic was deleted and created again.</summary>
    TopicReplaced = 3,

    /// <summary>Records can't be decoded; the state is kept.</summary>
    Undecodable = 4,

    /// <summary>The input topic has more partitions now: keys move, and what is known of them stays behind.</summary>
    PartitionsAdded = 5,

    /// <summary>The clock that gives records their times was set back, by more than there is to wait for.</summary>
    ClockSetBack = 6,

    /// <summary>The cluster lost the last records of the partition after they were read; the state is kept.</summary>
    LogCut = 7,

    /// <summary>A record with a time far ahead had moved the clock of the log, which is set back; the state is kept.</summary>
    ClockRanAhead = 8,
}
