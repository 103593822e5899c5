using LeptonStream.Samples;

namespace LeptonStream.Collector.Mapping;

/// <summary>A sentence for each reason.</summary>
internal static class DropTexts
{
    /// <summary>The sentence for a time that no clock can have, to the second: series of one payload share it.</summary>
    public static string OfTime(long time, long now) => time < now
        ? $"its time is {Second(time)}: nothing before 2000 is taken (a wrong unit?)"
        : $"its time is {Second(time)}: more than 10 minutes ahead of the payload's, {Second(now)}";

    private static string Second(long time) => Timestamp.FromUnixSeconds(time / 1_000_000_000).ToString();

    /// <summary>The sentence.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="rival">The series that it collides with.</param>
    public static string Of(DropReason reason, string? rival) => reason switch
    {
        DropReason.Baseline => "first point of a total: the rate begins with the next",
        DropReason.Reset => "the total began again, nobody knows when: counting begins here",
        DropReason.Restarting => "the total stands where it began again: its process is starting",
        DropReason.NoTraffic => "nothing was observed, so there is no mean and no quantile",
        DropReason.Ended => "the series ended: a stale marker, or its page no longer has it",
        DropReason.Joined => "a part of a histogram, which took it",
        DropReason.Preset => "left out by the preset of its exporter",
        DropReason.Relabeled => "dropped by relabel_configs or metric_relabel_configs",
        DropReason.OtherName => $"the same as {rival}, which the exporter shows under both names",
        DropReason.Duplicate => "the same series at the same time once more",
        DropReason.OutOfOrder => "older than the newest point of its series",
        DropReason.Overlap => "covers a time that an earlier change covered",
        DropReason.Negative => "below zero, where nothing can be",
        DropReason.TimeOutOfRange => "its time is before 2000, or more than 10 minutes ahead of the payload's",
        DropReason.Collision when rival is null => "two producers write the total: give each a label of its own, or stop one",
        DropReason.Collision => $"becomes the same series as {rival}: keep a label that tells them apart",
        DropReason.NoModel => "no attribute of 'model' is there, and there is no model_fallback",
        DropReason.BadName => "its model or name is empty, longer than 256 bytes or has control characters",
        DropReason.TooManySeries => "limits.series is reached, and all series are alive",
        DropReason.IncompleteHistogram => "parts of the histogram did not come",
        DropReason.BadHistogram => "the histogram contradicts itself, or its bounds changed",
        _ => "",
    };
}
