using System.Text;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;

namespace LeptonStream.Detector;

/// <summary>
/// Publishes the status of each partition that this member owns, every five seconds and when its problems change. Nobody waits for it: a
/// status that is lost is replaced by the next.
/// </summary>
internal sealed class StatusPublisher(UnawaitedProducer producer, TopicNames topics, DetectorLoop loop, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, StatusWindow> _windows = [];
    private long? _published;
    private bool _couldPublish;
    private IReadOnlyList<RoleProblem> _problems = [];

    /// <summary>
    /// Publishes the statuses if it is time, and reports partitions of which nearly everything is refused. To be called in every round.
    /// </summary>
    /// <param name="canPublish">Whether there is a status topic.</param>
    /// <param name="statuses">Makes the statuses, without instance, problems and window.</param>
    public void Publish(bool canPublish, Func<IEnumerable<PartitionStatus>> statuses)
    {
        var isNew = canPublish != _couldPublish || !loop.Health.Problems.SequenceEqual(_problems);
        if (!isNew && _published is { } last && time.GetElapsedTime(last) < Every) return;
        _couldPublish = canPublish;
        _published = time.GetTimestamp();
        PartitionStatus[] whole = [.. statuses().Select(Complete)];
        var refusals = RoleProblem.Line([.. whole.Select(StatusHealth.BlindnessOf).OfType<RoleProblem>()]);
        if (refusals is null) loop.Health.ClearProblem(Concern.Refusals);
        else loop.Health.ReportProblem(Concern.Refusals, refusals);
        _problems = loop.Health.Problems;
        if (!canPublish) return;
        // The refusals follow from the counts of each status.
        RoleProblem[] others = [.. _problems.Where(problem => problem.Text != refusals)];
        foreach (var status in whole)
            producer.Publish(topics.Status, new() { Key = Encoding.UTF8.GetBytes(status.Key),
                Value = (status with { Problems = others }).Write() });
    }

    private PartitionStatus Complete(PartitionStatus status)
    {
        var now = time.GetUtcNow();
        if (!_windows.TryGetValue(status.Partition, out var window)) _windows.Add(status.Partition, window = new());
        return status with { Instance = loop.Instance, At = now, LastMinute = window.Add(now, status.Total) };
    }

    // The counts of about the last minute.
    private sealed class StatusWindow
    {
        private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

        private readonly Queue<(DateTimeOffset At, StatusCounts Total)> _past = new([(DateTimeOffset.MinValue, new())]);

        public StatusCounts Add(DateTimeOffset now, StatusCounts total)
        {
            // After a new beginning of the partition it counts from zero.
            if (total.Records < _past.Last().Total.Records) _past.Clear();
            while (_past.Count > 1 && now - _past.ElementAt(1).At >= Length) _past.Dequeue();
            _past.Enqueue((now, total));
            return total.Since(_past.Count == 1 ? new() : _past.Peek().Total);
        }
    }
}
