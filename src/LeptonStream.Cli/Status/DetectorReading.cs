using System.Globalization;
using Confluent.Kafka;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Explanations;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Cli.Status;

/// <summary>Reads how the detectors are from the status topic.</summary>
internal static class DetectorReading
{
    // From then on nobody sends metrics, as far as a screen can know.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    public static DetectorStatus? Read(KafkaOptions kafka, DateTimeOffset now, List<string> problems, List<string> blind,
        CancellationToken stop)
    {
        try
        {
            var names = TopicNames.Of(kafka);
            using var reader = new StatusReader(kafka, names, NullLogger.Instance);
            var partitions = reader.InputPartitions();
            if (partitions == 0)
            {
                problems.Add(RoleProblem.Of(ProblemCode.TopicMissing, ("topic", names.Metrics)).ToString());
                return new(0, 0, 0, 0, 0, 0, null);
            }

            return Of(reader.Read(stop), partitions, now, problems, blind);
        }
        catch (KafkaException failure)
        {
            problems.Add(KafkaTool.PlainWords(failure.Error, kafka));
            return null;
        }
    }

    private static DetectorStatus Of(IReadOnlyCollection<PartitionStatus> all, int partitions, DateTimeOffset now, List<string> problems,
        List<string> blind)
    {
        const string Role = RoleNames.Detector;
        problems.AddRange(StatusHealth.ProblemsOf(Role, all, partitions, now).Select(problem => problem.ToString()));
        var alive = StatusHealth.Alive(Role, all, partitions, now);
        var newest = alive.Max(status => status.LogTime);
        int[] unserved = [.. Enumerable.Range(0, partitions).Except(alive.Select(status => status.Partition))];
        if (unserved.Length > 0) blind.Add($"{Numbered(unserved)}: no detector works there, nothing is judged");
        blind.AddRange(BlindSpots(alive));
        if (newest is { } last && now - last > Quiet)
            blind.Add($"no metrics arrive: the newest record was written {Moments.Of(last, now)}");
        return new(
            alive.Select(status => status.Instance).Distinct().Count(), partitions,
            StatusHealth.Working(Role, all, partitions, now).Count, alive.Sum(status => (long)status.Series),
            alive.Sum(status => status.Lag), alive.Select(status => status.Lag).DefaultIfEmpty().Max(), newest);
    }

    private static IEnumerable<string> BlindSpots(IReadOnlyList<PartitionStatus> alive)
    {
        if (Those(alive, status => status.Restoring) is { } restoring)
            yield return $"{restoring}: nothing is judged while state is restored";
        if (Those(alive, status => status.Blocked) is { } blocked) yield return $"{blocked}: not read";
        if (Those(alive, status => status.Cold && !status.Restoring) is { } cold)
            yield return $"{cold}: cold, so little history is known that only gross changes open an alert";
        foreach (var status in alive)
            if (status.Gap is { } gap)
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"partition {status.Partition}: began with empty state at offset {gap.Offset} ({gap.Reason})");
        if (StatusHealth.RefusalsOf(alive) is { } refusals) yield return refusals;
    }

    private static string? Those(IEnumerable<PartitionStatus> alive, Predicate<PartitionStatus> are)
    {
        int[] numbers = [.. alive.Where(status => are(status)).Select(status => status.Partition)];
        return numbers.Length == 0 ? null : Numbered(numbers);
    }

    private static string Numbered(int[] partitions) => $"{EnglishCount.Of(partitions.Length, "partition")} ("
        + string.Join(", ", partitions.Select(number => number.ToString(CultureInfo.InvariantCulture))) + ")";
}
