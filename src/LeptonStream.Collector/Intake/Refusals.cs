using System.Globalization;
using System.Text;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Kafka;
using LeptonStream.Output;

namespace LeptonStream.Collector.Intake;

/// <summary>What of a payload was not taken: how much, which, and why; in words that may be sent to the producer.</summary>
internal static class Refusals
{
    private const int MostNamed = 5;
    private const int LongestText = 1_000;

    private static readonly DropReason[] Faults = [.. Enum.GetValues<DropReason>().Where(IsFault)];

    /// <summary>Points that were refused because something is wrong with them. A repetition is no fault: senders repeat.</summary>
    public static int Count(IntakeLane lane)
    {
        var count = lane.Points.FaultCount + lane.BeyondSeries;
        foreach (var reason in Faults)
            if (!IsRepetition(lane, reason)) count += lane.Mapped.CountOf(reason);
        return count;
    }

    /// <summary>
    /// Points of which nothing is made because their series has their time already, in a payload that did not come before.
    /// </summary>
    /// <param name="lane">The payload.</param>
    /// <param name="example">One of them.</param>
    public static int Repeated(IntakeLane lane, out string? example)
    {
        example = null;
        if (lane.IsRepeated) return 0;
        foreach (ref readonly var drop in lane.Mapped.Drops)
            if (drop.Reason == DropReason.Duplicate) example = SafeText.OneLine(drop.Series);
        return lane.Mapped.CountOf(DropReason.Duplicate);
    }

    /// <summary>Which and why: the first few; null where nothing was refused.</summary>
    public static string? Words(IntakeLane lane, int seriesLimit)
    {
        if (Count(lane) == 0) return null;
        List<string> words = [];
        foreach (ref readonly var refusal in lane.Points.Refusals)
            if (refusal.IsFault) words.Add($"{NameOf(refusal.Reason)}: {refusal.Detail}");
        foreach (ref readonly var drop in lane.Mapped.Drops)
            if (IsFault(drop.Reason) && !IsRepetition(lane, drop.Reason)) words.Add($"{NameOf(drop.Reason)}: {drop.Series}: {drop.Detail}");
        if (lane.BeyondSeries > 0)
            words.Add(string.Create(CultureInfo.InvariantCulture,
                $"too_many_series: {lane.BeyondSeries} samples of new series; a source may have {seriesLimit} (Collector:SourceSeries)"));
        if (words.Count == 0) return null;
        var text = new StringBuilder().AppendJoin("; ", words.Distinct().Take(MostNamed));
        if (words.Count > MostNamed) text.Append("; and more");
        return SafeText.OneLine(text.Length > LongestText ? text.ToString(0, LongestText) : text.ToString());
    }

    /// <summary>The last reason of a payload that was refused whole.</summary>
    public static RefusalReason ReasonOf(PointBatch points) => points.Refusals is [.., var last] ? last.Reason : RefusalReason.Malformed;

    /// <summary>The name of a reason in counters and answers: <c>too_large</c>.</summary>
    public static string NameOf<T>(T reason)
        where T : struct, Enum => ReasonNames.Of(reason);

    // Of two points of a series the first is older than the newest when they come once more.
    private static bool IsRepetition(IntakeLane lane, DropReason reason) =>
        lane.IsRepeated && reason is (DropReason.OutOfOrder or DropReason.Overlap);

    private static bool IsFault(DropReason reason) =>
        reason is not DropReason.Duplicate && MappingDrop.IsFaulty(reason);
}
