using System.Globalization;

namespace LeptonStream.Kafka.Status;

/// <summary>What the statuses of a role's partitions say of the role as a whole.</summary>
public static class StatusHealth
{
    /// <summary>
    /// How old a status may be; workers write one every five seconds. What follows from it is to be seen everywhere within half a minute.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(24);

    // From which share of refused records on a partition counts as blind, and of how many at least.
    private const double BlindShare = 0.8;
    private const int BlindRecords = 10;

    /// <summary>The problems of a role.</summary>
    /// <param name="role">The role, such as <c>detector</c>.</param>
    /// <param name="statuses">The statuses of its partitions.</param>
    /// <param name="partitions">How many partitions its input has.</param>
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
        return [.. problems.Concat(alive.Select(BlindnessOf).OfType<string>()).Concat(alive.SelectMany(status => status.Problems))
            .Distinct()];
    }

    /// <summary>The statuses of a role's partitions that somebody works on now, in the order of the partitions.</summary>
    /// <param name="role">The role, such as <c>detector</c>.</param>
    /// <param name="statuses">The statuses of its partitions.</param>
    /// <param name="partitions">How many partitions its input has.</param>
    /// <param name="now">The wall clock.</param>
    public static IReadOnlyList<PartitionStatus> Alive(string role, IReadOnlyCollection<PartitionStatus> statuses, int partitions,
        DateTimeOffset now) =>
        [.. Of(role, statuses, partitions).Where(status => now - status.At <= MaxAge).OrderBy(status => status.Partition)];

    /// <summary>Says when somebody was heard last, for a sentence on one that is not heard any more.</summary>
    public static string LastReport(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"the last report is of {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>Says so where nearly everything of a partition is refused; else null.</summary>
    public static string? BlindnessOf(PartitionStatus status) =>
        status.LastMinute is not { Records: >= BlindRecords, RefusedShare: >= BlindShare } ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * status.LastMinute.RefusedShare:F0}% of the records in {status.Topic} [{status.Partition}] were refused in the last "
            + $"minute ({Reasons(status.LastMinute.RecordsRefused)})");

    private static string Reasons(IReadOnlyDictionary<string, long> counts) =>
        string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"));

    // A record of another role, or of a partition that is no more, may lie on the topic for long.
    private static IEnumerable<PartitionStatus> Of(string role, IEnumerable<PartitionStatus> statuses, int partitions) =>
        statuses.Where(status => status.Role == role && status.Partition >= 0 && status.Partition < partitions);

    private static string LastSign(List<PartitionStatus> statuses) =>
        statuses.Count == 0 ? "none has ever reported" : LastReport(statuses.Max(status => status.At));
}
