using System.Globalization;
using LeptonStream.Health;
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

    // From which share on refusals are worth a word to whoever asks how things are.
    private const double NotableShare = 0.05;

    // A sample that comes twice is judged once: of five collectors that send the same, four are refused and nothing is lost.
    private static readonly HashSet<string> Losses =
        [.. Enum.GetValues<SampleRefusal>().Where(reason => reason.IsLoss() && reason != SampleRefusal.Duplicate).Select(ReasonNames.Of)];

    /// <summary>The problems of a role.</summary>
    /// <param name="role">The role, such as <c>detector</c>.</param>
    /// <param name="statuses">The statuses of its partitions.</param>
    /// <param name="partitions">Number of partitions of its input.</param>
    /// <param name="now">The wall clock.</param>
    /// <returns>Each once; empty where all is well.</returns>
    public static IReadOnlyList<RoleProblem> ProblemsOf(string role, IReadOnlyCollection<PartitionStatus> statuses, int partitions,
        DateTimeOffset now)
    {
        var ours = Of(role, statuses, partitions).ToList();
        var alive = Alive(role, statuses, partitions, now);
        var ahead = ours.FindAll(status => IsAhead(status.At, now));
        var dead = Enumerable.Range(0, partitions).Except(alive.Concat(ahead).Select(status => status.Partition)).ToList();
        if (dead.Count == partitions) return [NoneRuns(role, ours)];
        RoleProblem[] unserved = dead.Count == 0 ? [] : [NoneWorksOn(role, dead, ours)];
        RoleProblem[] unknown = ahead.Count == 0 ? [] : [Unknown(role, ahead.Max(status => status.At))];
        return [.. unserved.Concat(unknown).Concat(alive.SelectMany(RefusalsOf))
            .Concat(alive.SelectMany(status => status.Problems).Select(problem => problem with { Role = role }))
            .Distinct()];
    }

    /// <summary>The statuses of a role's partitions that a member works on now, in the order of the partitions.</summary>
    /// <param name="role">The role, such as <c>detector</c>.</param>
    /// <param name="statuses">The statuses of its partitions.</param>
    /// <param name="partitions">Number of partitions of its input.</param>
    /// <param name="now">The wall clock.</param>
    public static IReadOnlyList<PartitionStatus> Alive(string role, IReadOnlyCollection<PartitionStatus> statuses, int partitions,
        DateTimeOffset now) =>
        [.. Of(role, statuses, partitions).Where(status => now - status.At <= MaxAge && !IsAhead(status.At, now))
            .OrderBy(status => status.Partition)];

    /// <summary>
    /// The partitions whose records a member judges now: it lives, and neither restores their state nor is kept from reading.
    /// </summary>
    /// <inheritdoc cref="Alive"/>
    public static IReadOnlyList<int> Working(string role, IReadOnlyCollection<PartitionStatus> statuses, int partitions,
        DateTimeOffset now) =>
        [.. Alive(role, statuses, partitions, now).Where(status => !status.Blocked && !status.Restoring)
            .Select(status => status.Partition)];

    /// <summary>
    /// Whether a report is of a time to come, by more than clocks differ: it would count as new until then, be the role dead or not.
    /// </summary>
    public static bool IsAhead(DateTimeOffset report, DateTimeOffset now) => report - now > MaxAge;

    /// <summary>Says that a role's reports are of a time to come.</summary>
    public static RoleProblem Unknown(string role, DateTimeOffset lastReport) =>
        RoleProblem.Of(ProblemCode.ClocksDiffer, ("role", role), ("at", TimeText(lastReport)));

    /// <summary>Says that no member of a role works any more.</summary>
    public static RoleProblem DeathOf(string role, DateTimeOffset lastReport) =>
        RoleProblem.Of(ProblemCode.RoleDead, ("role", role), ("at", TimeText(lastReport)));

    /// <summary>Says so where nearly everything of a partition is refused, whole records or all their samples; else null.</summary>
    public static RoleProblem? BlindnessOf(PartitionStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var minute = status.LastMinute;
        if (minute is { Records: >= BlindRecords, RefusedShare: >= BlindShare })
            return Refused(ProblemCode.RecordsRefused, minute.RefusedShare, minute.RecordsRefused, status);
        var lost = minute.SamplesRefused.Where(reason => Losses.Contains(reason.Key)).ToDictionary();
        var share = lost.Values.Sum() / Math.Max(1.0, lost.Values.Sum() + minute.Samples);
        return lost.Values.Sum() >= BlindRecords && share >= BlindShare
            ? Refused(ProblemCode.SamplesRefused, share, lost, status)
            : null;
    }

    /// <summary>
    /// Says which share of everything was refused in the last minute, whole records or their samples, and why; null where it is little.
    /// It is no problem of a role yet, and somebody's data.
    /// </summary>
    public static string? RefusalsOf(IReadOnlyCollection<PartitionStatus> statuses)
    {
        ArgumentNullException.ThrowIfNull(statuses);
        var records = Added(statuses.SelectMany(status => status.LastMinute.RecordsRefused));
        var samples = Added(statuses.SelectMany(status => status.LastMinute.SamplesRefused).Where(reason => Losses.Contains(reason.Key)));
        string?[] words =
        [
            Share("records", records, statuses.Sum(status => status.LastMinute.Records)),
            Share("samples", samples, samples.Values.Sum() + statuses.Sum(status => status.LastMinute.Samples)),
        ];
        return words.Any(part => part is not null) ? string.Join(", ", words.OfType<string>()) : null;
    }

    private static Dictionary<string, long> Added(IEnumerable<KeyValuePair<string, long>> counts) =>
        counts.GroupBy(count => count.Key).ToDictionary(same => same.Key, same => same.Sum(count => count.Value));

    private static string? Share(string things, Dictionary<string, long> refused, long all)
    {
        var share = refused.Values.Sum() / Math.Max(1.0, all);
        return share < NotableShare
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{100 * share:F0}% of the {things} of the last minute refused ({ReasonsOf(refused)})");
    }

    // Where the whole partition is blind it is said once.
    private static IEnumerable<RoleProblem> RefusalsOf(PartitionStatus status) =>
        BlindnessOf(status) is { } blindness ? [blindness] : status.Unjudged.Select(key => NotJudged(key, status));

    private static RoleProblem NotJudged(UnjudgedKey key, PartitionStatus status)
    {
        (string, string)[] values =
            [("records", Text(key.Records)), .. PlaceOf(status), ("reasons", key.Reason), ("at", TimeText(key.Since))];
        return key.Key.Length == 0
            ? RoleProblem.Of(ProblemCode.KeylessNotJudged, values)
            : RoleProblem.Of(ProblemCode.KeyNotJudged, [.. values, ("key", key.Key)]);
    }

    private static RoleProblem Refused(ProblemCode code, double share, IReadOnlyDictionary<string, long> reasons, PartitionStatus status) =>
        RoleProblem.Of(code, [("share", Text(Math.Round(100 * share))), .. PlaceOf(status),
            ("reasons", ReasonsOf(reasons))]);

    private static string ReasonsOf(IEnumerable<KeyValuePair<string, long>> reasons) =>
        string.Join(", ", reasons.Select(count => $"{count.Key} {Text(count.Value)}"));

    private static RoleProblem NoneRuns(string role, List<PartitionStatus> statuses) => statuses.Count == 0
        ? RoleProblem.Of(ProblemCode.RoleNeverSeen, ("role", role))
        : DeathOf(role, statuses.Max(status => status.At));

    private static RoleProblem NoneWorksOn(string role, List<int> partitions, List<PartitionStatus> statuses)
    {
        (string, string)[] values = [("role", role), ("partitions", string.Join(", ", partitions))];
        var theirs = statuses.FindAll(status => partitions.Contains(status.Partition));
        return theirs.Count == 0
            ? RoleProblem.Of(ProblemCode.PartitionsNeverSeen, values)
            : RoleProblem.Of(ProblemCode.PartitionsDead, [.. values, ("at", TimeText(theirs.Max(status => status.At)))]);
    }

    private static (string, string)[] PlaceOf(PartitionStatus status) =>
        [("topic", status.Topic), ("partition", Text(status.Partition))];

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string TimeText(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    // A record of another role, or of a partition that is no more, may lie on the topic for long.
    private static IEnumerable<PartitionStatus> Of(string role, IEnumerable<PartitionStatus> statuses, int partitions) =>
        statuses.Where(status => status.Role == role && status.Partition >= 0 && status.Partition < partitions);
}
