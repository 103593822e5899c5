using System.Globalization;
using Confluent.Kafka;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector;

/// <content>What changes about the topics while the detector runs: partitions are added, topics are deleted and created again.</content>
internal sealed partial class DetectorSession
{
    // Partitions that stand still because the alerts topic has none of their number.
    private readonly HashSet<int> _blocked = [];
    private RoleProblem? _topicProblem;
    private IReadOnlyDictionary<string, TopicFacts>? _compared;

    /// <summary>Looks whether the topics are still those that were joined. To be called in every round.</summary>
    public void WatchTopics()
    {
        _watch.Refresh();
        if (_watch.Latest is not { } topics || topics == _compared) return;
        _compared = topics;
        if (!topics.TryGetValue(_topics.Metrics, out var metrics))
        {
            _membership.OnTopicGone();
            return;
        }

        _membership.OnTopicSeen();
        if (_known.Metrics is { } before) Compare(before, metrics);
        _known.Metrics = metrics with { Id = metrics.Id ?? _known.Metrics?.Id };
        Block(topics);
    }

    private void Compare(TopicFacts before, TopicFacts now)
    {
        if (before.Id is { } old && now.Id is { } other && old != other) StartOver(old, other);
        else if (now.Partitions > before.Partitions)
            Log.PartitionsAdded(_logger, _topics.Metrics, before.Partitions, now.Partitions);
    }

    // Offsets of the old topic mean nothing in the new one, wherever the group or the client stands.
    private void StartOver(Guid before, Guid now)
    {
        _membership.Batch.Clear();
        var loss = new StateLoss(StateGapCause.TopicReplaced, $"{_topics.Metrics} was deleted and created again");
        foreach (var task in _tasks.Values.ToList())
        {
            Log.TopicCreatedAgain(_logger, _topics.Metrics, before, now, task.Partition.Name(), task.Next);
            BeginAgain(task.Partition, null, loss);
        }

        // What was searched for is of the old topic.
        foreach (var restore in _restores.Values.Where(restore => restore.Subject.TopicId == before).ToList())
            BeginAgain(restore.Subject.Partition, null, loss);
    }

    private void Block(IReadOnlyDictionary<string, TopicFacts> topics)
    {
        var problem = ProblemOf(topics);
        foreach (var task in _tasks.Values.Where(task => !HasAlertsPartition(task.Partition)).ToList())
        {
            Remove([task.Partition]);
            _blocked.Add(task.Partition.Partition.Value);
            task.Close();
        }

        if (_blocked.Count > 0) Consumer.Pause(_blocked.Select(TopicPartitionOf));
        var free = _blocked.Select(TopicPartitionOf).Where(HasAlertsPartition).ToList();
        if (free.Count > 0) _membership.RefreshProducer(_topics.Alerts);
        foreach (var partition in free) Unblock(partition);
        if (problem != _topicProblem && problem is not null) Log.StandsStill(_logger, problem.Text);
        _topicProblem = problem;
        _troubles.Set("topics", problem?.Text);
        if (problem is null) _health.ClearProblem(Concern.Partitions);
        else _health.ReportProblem(Concern.Partitions, problem);
    }

    private RoleProblem? ProblemOf(IReadOnlyDictionary<string, TopicFacts> topics)
    {
        if (!topics.TryGetValue(_topics.Alerts, out var alerts)) return null;
        var metrics = topics[_topics.Metrics].Partitions;
        if (metrics <= alerts.Partitions) return null;
        var numbers = string.Join(", ", Enumerable.Range(alerts.Partitions, metrics - alerts.Partitions));
        return RoleProblem.Of(ProblemCode.AlertsPartitionsMissing, ("metrics", _topics.Metrics), ("alerts", _topics.Alerts),
            ("wanted", Text(metrics)), ("given", Text(alerts.Partitions)), ("partitions", numbers));

        static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
    }

    // Whether alerts of a partition have a partition to go to; true while that is unknown.
    private bool HasAlertsPartition(TopicPartition partition) =>
        _watch.Latest is not { } topics || !topics.TryGetValue(_topics.Alerts,
            out var alerts) || partition.Partition.Value < alerts.Partitions;

    private void Unblock(TopicPartition partition)
    {
        _blocked.Remove(partition.Partition.Value);
        Consumer.Resume([partition]);
        Restore(Consumer.Committed([partition], _answer)[0]);
    }

    private TopicPartition TopicPartitionOf(int partition) => new(_topics.Metrics, partition);

    private static partial class Log
    {
        [LoggerMessage(1058, LogLevel.Information,
            "{Topic} had {Before} partitions and has {Now} now; silent runs may have moved and are not reported as dead")]
        public static partial void PartitionsAdded(ILogger logger, string topic, int before, int now);

        [LoggerMessage(
            1059,
            LogLevel.Error,
            "{Topic} was deleted and created again (id {Before}, now {Now}); resuming {Partition} at its beginning with empty state "
            + "instead "
                + "of at {Next}")]
        public static partial void TopicCreatedAgain(
            ILogger logger, string topic, Guid before, Guid now, string partition, long? next);

        [LoggerMessage(1060, LogLevel.Error, "Partitions stand still: {Problem}")]
        public static partial void StandsStill(ILogger logger, string problem);
    }
}
