namespace LeptonStream.Collector.Mapping;

/// <summary>Why a point became no sample. The name is the value of the attribute <c>reason</c> of counters.</summary>
public enum DropReason
{
    /// <summary>It became one.</summary>
    None = 0,

    /// <summary>The first point of a total, or of a histogram: its rate begins with the next.</summary>
    Baseline,

    /// <summary>A total began again, and nobody knows from where and when.</summary>
    Reset,

    /// <summary>A total stands where it began again: its process is starting.</summary>
    Restarting,

    /// <summary>A quantile or a mean of no observations.</summary>
    NoTraffic,

    /// <summary>The series ended: by a stale marker, or because its page or target is gone.</summary>
    Ended,

    /// <summary>A part of a histogram, which its family took.</summary>
    Joined,

    /// <summary>The preset of its exporter leaves the family out.</summary>
    Preset,

    /// <summary>A rule of <c>relabel_configs</c> or <c>metric_relabel_configs</c> dropped it.</summary>
    Relabeled,

    /// <summary>The name that an exporter's newer or older version has for a family which it shows as well.</summary>
    OtherName,

    /// <summary>The same series at the same time once more.</summary>
    Duplicate,

    /// <summary>Older than the newest point of its series.</summary>
    OutOfOrder,

    /// <summary>A change that covers a time which an earlier one covered.</summary>
    Overlap,

    /// <summary>A total, a count or a change that is below zero where none can be.</summary>
    Negative,

    /// <summary>Before 2000, or further in the future than clocks differ.</summary>
    TimeOutOfRange,

    /// <summary>
    /// Two series of the source would become one: a label that tells them apart was dropped. Or two producers write one total.
    /// </summary>
    Collision,

    /// <summary>No attribute names its model, and there is no fallback.</summary>
    NoModel,

    /// <summary>The model or the metric has no name, or one that is too long for a native message.</summary>
    BadName,

    /// <summary>As many series as allowed are known, and all of them are alive.</summary>
    TooManySeries,

    /// <summary>Parts of a histogram are missing.</summary>
    IncompleteHistogram,

    /// <summary>A histogram contradicts itself, or its bounds changed: counting begins again.</summary>
    BadHistogram,
}

/// <summary>A point that became no sample.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Series">The series as the source wrote it: <c>name{label="value"}</c>.</param>
/// <param name="Detail">A sentence for people.</param>
public readonly record struct MappingDrop(DropReason Reason, string Series, string Detail)
{
    /// <summary>
    /// Whether something is wrong with the source or the settings; otherwise it is as it must be: a total's first point, a stale marker.
    /// </summary>
    public bool IsFault => IsFaulty(Reason);

    internal static bool IsFaulty(DropReason reason) => reason >= DropReason.Duplicate;
}
