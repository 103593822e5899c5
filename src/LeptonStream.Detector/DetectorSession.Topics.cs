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
        if (metrics.Id is { } id) StartOver(id);
        if (_known.Metrics is { } before && (before.Id is null || metrics.Id is null || before.Id == metrics.Id)
            && metrics.Partitions > before.Partitions)
            Log.PartitionsAdded(_logger, _topics.Metrics, before.Partitions, metrics.Partitions);
        _known.Metrics = metrics with { Id = metrics.Id ?? _known.Metrics?.Id };
        KeepStatesFromNowOn(topics);
        Block(topics);
    }

    // Offsets of another topic of the name mean nothing in this one, wherever the group, the client or a snapshot stands.
    private void StartOver(Guid now)
    {
        var loss = new StateLoss(StateGapCause.TopicReplaced, $"{_topics.Metrics} was deleted and created again");
        foreach (var task in _tasks.Values.ToList())
        {
            if ((task.TopicId ?? _known.Metrics?.Id) is not { } before || before == now) continue;
            Log.TopicCreatedAgain(_logger, _topics.Metrics, before, now, task.Partition.Name(), task.Next);
            _membership.Drop([task.Partition.Partition.Value]);
            BeginAgain(task.Partition, null, loss);
        }

        // What was searched for is of the old topic.
        foreach (var restore in _restores.Values.Where(restore => restore.Subject.TopicId is { } old && old != now).ToList())
            BeginAgain(restore.Subject.Partition, null, loss);
    }

    // Somebody has made the state topic, or enlarged it: the first snapshot of a partition ends its time without one.
    private void KeepStatesFromNowOn(IReadOnlyDictionary<string, TopicFacts> topics)
    {
        if (!topics.TryGetValue(_topics.State, out var states)) return;
        foreach (var (partition, task) in _tasks)
        {
            if (task.Book.HasTopic || partition >= states.Partitions) continue;
            task.Book.HasTopic = true;
            _snapshotsDue[partition] = long.MinValue;
            Log.StateIsKept(_logger, task.Partition.Name(), _topics.State);
        }
    }

    private void Block(IReadOnlyDictionary<string, TopicFacts> topics)
    {
        var problem = ProblemOf(topics);
        foreach (var task in _tasks.Values.Where(task => !HasAlertsPartition(task.Partition)).ToList())
        {
            Remove([task.Partition]);
            _membership.Drop([task.Partition.Partition.Value]);
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

        [LoggerMessage(1069, LogLevel.Information, "{Partition}: its state is kept from now on, since {Topic} has a place for it")]
        public static partial void StateIsKept(ILogger logger, string partition, string topic);

        [LoggerMessage(1060, LogLevel.Error, "Partitions stand still: {Problem}")]
        public static partial void StandsStill(ILogger logger, string problem);
    }
}
