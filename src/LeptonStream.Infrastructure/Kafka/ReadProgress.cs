using System.Globalization;
using Confluent.Kafka;
using LeptonStream.Health;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Whether a member moves on in its partitions. Some damage to a broker's answer makes the client ask for the same again without a word,
/// and behind a transaction that nobody ends it gets nothing: that the log goes on is all that shows it.
/// </summary>
/// <param name="topic">The topic to read.</param>
/// <param name="health">Learns which partitions stand still.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The role's log.</param>
internal sealed partial class ReadProgress(string topic, LoopHealth health, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A member that did something else for so long has not asked for records meanwhile.
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(10);

    private readonly Dictionary<int, (long Position, long Since)> _standing = [];
    private readonly Dictionary<int, long> _ends = [];
    private readonly OnceAMinute _line = new(time);
    private long? _checked;

    /// <summary>The client has come to the end of what it may read.</summary>
    public void OnEnd(int partition, long offset) => _ends[partition] = offset;

    /// <summary>The partition is read from another offset.</summary>
    public void Forget(int partition)
    {
        _ends.Remove(partition);
        _standing.Remove(partition);
    }

    /// <summary>Compares, when it is time, where each partition is read with where its log ends. To be called in every round.</summary>
    /// <param name="owned">The partitions of the member.</param>
    /// <param name="positionOf">The offset to read next; null where a partition is not read now.</param>
    /// <param name="endOf">The end of the log, as far as the client knows it.</param>
    public void Check(IReadOnlyCollection<TopicPartition> owned, Func<TopicPartition, long?> positionOf, Func<TopicPartition, long> endOf)
    {
        var since = _checked is { } last ? time.GetElapsedTime(last) : TimeSpan.MaxValue;
        if (since < Every) return;
        if (since > Absence) _standing.Clear();
        _checked = time.GetTimestamp();
        foreach (var gone in _standing.Keys.Except(owned.Select(partition => partition.Partition.Value)).ToList()) _standing.Remove(gone);
        List<string> places = [.. owned.Where(partition => StandsStill(partition.Partition.Value, positionOf(partition), endOf(partition)))
            .OrderBy(partition => partition.Partition.Value)
            .Select(partition => string.Create(CultureInfo.InvariantCulture,
                $"{partition.Partition.Value}@{_standing[partition.Partition.Value].Position}"))];
        if (places.Count == 0) health.ClearProblem(Concern.Progress);
        else Report(RoleProblem.Of(ProblemCode.ReadingStalled, ("topic", topic), ("places", string.Join(", ", places))));
    }

    private void Report(RoleProblem problem)
    {
        health.ReportProblem(Concern.Progress, problem);
        if (_line.IsDue()) Log.Stalled(logger, problem.Text);
    }

    private bool StandsStill(int partition, long? next, long end)
    {
        // Behind the last record there may be marks that no reader is given.
        var position = next is { } wanted ? Math.Max(wanted, _ends.GetValueOrDefault(partition)) : (long?)null;
        if (position is null || position >= end)
        {
            _standing.Remove(partition);
            return false;
        }

        if (!_standing.TryGetValue(partition, out var known) || known.Position != position)
            _standing[partition] = known = (position.Value, time.GetTimestamp());
        return time.GetElapsedTime(known.Since) >= Patience;
    }

    private static partial class Log
    {
        [LoggerMessage(4023, LogLevel.Error, "Reading stands still: {Problem}")]
        public static partial void Stalled(ILogger logger, string problem);
    }
}
