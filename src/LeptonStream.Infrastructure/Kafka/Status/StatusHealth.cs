using System.Globalization;
using LeptonStream.Samples;

namespace LeptonStream.Kafka.Status;

/// <summary>Judges a role as a whole by the statuses of its partitions.</summary>
public static class StatusHealth
{
    /// <summary>
    /// How old a status may be; workers write one every five seconds. What follows from it is to be seen everywhere within half a minute.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(24);

    // From which share of refused records on a partition counts as blind, and of how many at least.
    private const double BlindShare = 0.8;
    private const int BlindRecords = 10;

    // A sample that comes twice is judged once: of five collectors that send the same, four are refused and nothing is lost.
    private static readonly HashSet<string> Losses =
        [.. Enum.GetValues<SampleRefusal>().Where(reason => reason.IsLoss() && reason != SampleRefusal.Duplicate).Select(ReasonNames.Of)];

    /// <summary>The problems of a role.</summary>
    /// <param name="role">The role, such as <c>detector</c>.</param>
    /// <param name="statuses">The statuses of its partitions.</param>
    /// <param name="partitions">Number of partitions of its input.</param>
    /// <param name="now">The wall clock.</param>
    /// <returns>One sentence a problem; empty where all is well.</returns>
    public static IReadOnlyList<string> ProblemsOf(string role, IReadOnlyCollection<PartitionStatus> statuses, int partitions,
        DateTimeOffset now)
    {
        var ours = Of(role, statuses, partitions).ToList();
        var alive = Alive(role, statuses, partitions, now);
        var dead = Enumerable.Range(0, partitions).Except(alive.Select(status => status.Partition)).ToList();
        var problems = new List<string>();
        if (dead.Count == partitions) return [$"no {role} is running: {LastSign(ours)}"];
        if (dead.Count > 0)
            problems.Add($"no {role} works on partitions {string.Join(", ", dead)}: "
                + $"{LastSign(ours.FindAll(status => dead.Contains(status.Partition)))}");
        return [.. problems.Concat(alive.SelectMany(RefusalsOf)).Concat(alive.SelectMany(status => status.Problems))
            .Distinct()];
    }

    /// <summary>The statuses of a role's partitions that somebody works on now, in the order of the partitions.</summary>
    /// <param name="role">The role, such as <c>detector</c>.</param>
    /// <param name="statuses">The statuses of its partitions.</param>
    /// <param name="partitions">Number of partitions of its input.</param>
    /// <param name="now">The wall clock.</param>
    public static IReadOnlyList<PartitionStatus> Alive(string role, IReadOnlyCollection<PartitionStatus> statuses, int partitions,
        DateTimeOffset now) =>
        [.. Of(role, statuses, partitions).Where(status => now - status.At <= MaxAge).OrderBy(status => status.Partition)];

    /// <summary>Says when somebody was heard last, for a sentence on one that is not heard any more.</summary>
    public static string LastReport(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"the last report is of {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>Says so where nearly everything of a partition is refused, whole records or all their samples; else null.</summary>
    public static string? BlindnessOf(PartitionStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var minute = status.LastMinute;
        if (minute is { Records: >= BlindRecords, RefusedShare: >= BlindShare })
            return Sentence("records", minute.RefusedShare, minute.RecordsRefused, status);
        var lost = minute.SamplesRefused.Where(reason => Losses.Contains(reason.Key)).ToDictionary();
        var share = lost.Values.Sum() / Math.Max(1.0, lost.Values.Sum() + minute.Samples);
        return lost.Values.Sum() >= BlindRecords && share >= BlindShare ? Sentence("samples", share, lost, status) : null;
    }

    // Where the whole partition is blind it is said once.
    private static IEnumerable<string> RefusalsOf(PartitionStatus status) =>
        BlindnessOf(status) is { } blindness ? [blindness] : status.Unjudged.Select(key => string.Create(
            CultureInfo.InvariantCulture,
            $"nothing of the last {key.Records} records of {NameOf(key)} in {status.Topic} [{status.Partition}] was judged ({key.Reason}, "
                + $"since {key.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)"));

    private static string NameOf(UnjudgedKey key) => key.Key.Length == 0 ? "no key" : $"key '{key.Key}'";

    private static string Sentence(string things, double share, IReadOnlyDictionary<string, long> reasons, PartitionStatus status) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{100 * share:F0}% of the {things} in {status.Topic} [{status.Partition}] were refused in the last minute "
                + $"({Reasons(reasons)})");

    private static string Reasons(IReadOnlyDictionary<string, long> counts) =>
        string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"));

    // A record of another role, or of a partition that is no more, may lie on the topic for long.
    private static IEnumerable<PartitionStatus> Of(string role, IEnumerable<PartitionStatus> statuses, int partitions) =>
        statuses.Where(status => status.Role == role && status.Partition >= 0 && status.Partition < partitions);

    private static string LastSign(List<PartitionStatus> statuses) =>
        statuses.Count == 0 ? "none has ever reported" : LastReport(statuses.Max(status => status.At));
}
