using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;

namespace LeptonStream.Detector;

/// <content>Partitions that come and go, as the group decides.</content>
internal sealed partial class DetectorSession
{
    bool IPartitionOwner.Accepts(int partition, long offset)
    {
        _isAnswered = true;
        if (_unconfirmed.Count > 0) _unconfirmed.Remove(partition);
        return _tasks.ContainsKey(partition) && !_founding.Contains(partition);
    }

    void IPartitionOwner.OnEnd(TopicPartition partition, long offset)
    {
        var number = partition.Partition.Value;
        if (_founding.Contains(number) || !_tasks.TryGetValue(number, out var task)) return;
        if (_unconfirmed.Remove(number) && task.Next is { } next && next < offset)
        {
            // Only records that nobody reads lie between, or the client went from where it waited straight to the end: it is sent once
            // more.
            Log.SentAgain(_logger, partition.Name(), next, offset);
            _membership.Seek(partition, next);
            return;
        }

        task.MarkEnd(offset);
    }

    long? IPartitionOwner.NextOf(TopicPartition partition) => _founding.Contains(partition.Partition.Value)
        ? null
        : _tasks.GetValueOrDefault(partition.Partition.Value)?.Next;

    List<TopicPartitionOffset> IPartitionOwner.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        // Ids of alerts are made of the topic's: what is judged before it is known would have others after a restart.
        if (partitions.Count > 0) _watch.WaitForFirst(_firstAnswer);
        var starts = new List<TopicPartitionOffset>();
        foreach (var committed in partitions.Count > 0 ? Consumer.Committed(partitions, _answer) : [])
        {
            if (HasAlertsPartition(committed.TopicPartition)) Restore(committed);
            else _blocked.Add(committed.Partition.Value);
            // At the end of the log nothing is fetched that would be dropped.
            starts.Add(new(committed.TopicPartition, Offset.End));
        }

        // On standby no round will do it.
        _health.ClearProblem(Concern.Round);
        return starts;
    }

    void IPartitionOwner.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        var leaving = Remove(partitions);
        foreach (var task in leaving) task.Suspend();
        if (leaving.Count > 0) Failpoints.Pass(Failpoint.InRevoke);
        Commit(leaving, CancellationToken.None);
        foreach (var task in leaving) task.Close();
    }

    void IPartitionOwner.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var task in Remove(partitions)) task.Close();
    }

    void IPartitionOwner.OnOffsetGone(TopicPartition partition, string reason)
    {
        if (_tasks.ContainsKey(partition.Partition.Value)) _gone[partition.Partition.Value] = (reason, _watch.Latest);
    }

    private List<PartitionTask> Remove(IReadOnlyList<TopicPartition> partitions)
    {
        var removed = new List<PartitionTask>();
        foreach (var partition in partitions)
        {
            _blocked.Remove(partition.Partition.Value);
            if (_restores.Remove(partition.Partition.Value, out var restore)) restore.Dispose();
            _founding.Remove(partition.Partition.Value);
            _unconfirmed.Remove(partition.Partition.Value);
            _gone.Remove(partition.Partition.Value);
            _feedback.Leave(partition.Partition.Value);
            if (_snapshot?.Partition == partition.Partition.Value) _snapshot = null;
            if (_tasks.Remove(partition.Partition.Value, out var task)) removed.Add(task);
        }

        return removed;
    }
}
