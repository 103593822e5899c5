using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector.Topics;

/// <summary>The reading of a source topic between joining the group and leaving it: which offsets are done, and which committed.</summary>
internal sealed partial class TopicSession : IPartitionOwner, IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly SourceTopic _topic;
    private readonly Action<IReadOnlyCollection<int>> _assigned;
    private readonly ILogger _logger;

    // The offset behind the last record that was taken; null until there was one.
    private readonly Dictionary<int, long?> _next = [];
    private readonly Dictionary<int, long> _toCommit = [];

    public TopicSession(
        SourceTopic topic, KafkaOptions kafka, string group, TopicNames topics, LoopHealth health,
        Action<IReadOnlyCollection<int>> assigned, TimeProvider time, ILogger logger)
    {
        (_topic, _assigned, _logger) = (topic, assigned, logger);
        Membership = new(this, kafka, topic.Name, topics.DeadLetters, group, inPlace: true, null, health, time, logger);
    }

    /// <summary>The consumer and its producer.</summary>
    public ConsumerMembership Membership { get; }

    /// <summary>A record is converted.</summary>
    public void MarkDone(int partition, long offset) => _toCommit[partition] = offset + 1;

    /// <summary>Goes on behind batches that can't be decoded.</summary>
    public void PassBy(TroubleLog troubles)
    {
        while (Membership.TryPassBy(out var partition, out var range))
        {
            troubles.Count($"offsets of {_topic.Name} passed by", DeadLetter.Undecodable, range.To - range.From, partition.Name());
            _next[partition.Partition.Value] = range.To;
        }
    }

    /// <summary>Commits what is converted and acknowledged. Where the group can't take it now, the next round tries again.</summary>
    public void Commit()
    {
        if (_toCommit.Count == 0) return;
        try
        {
            Membership.Consumer.Commit(
                [.. _toCommit.Select(done => new TopicPartitionOffset(_topic.Name, done.Key, done.Value))]);
            _toCommit.Clear();
        }
        catch (KafkaException refused) when (!refused.Error.EndsClient())
        {
            Log.CommitRefused(_logger, _topic.Name, refused.Error.Code, refused.Error.Reason);
        }
    }

    public void Dispose() => Membership.Dispose();

    bool IPartitionOwner.Accepts(int partition, long offset)
    {
        if (!_next.ContainsKey(partition)) return false;
        _next[partition] = offset + 1;
        return true;
    }

    List<TopicPartitionOffset> IPartitionOwner.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        var starts = new List<TopicPartitionOffset>();
        foreach (var committed in partitions.Count > 0 ? Membership.Consumer.Committed(partitions, AnswerLimit) : [])
        {
            var isKnown = committed.Offset.Value >= 0;
            _next[committed.Partition.Value] = isKnown ? committed.Offset.Value : null;
            starts.Add(new(committed.TopicPartition, isKnown ? committed.Offset : _topic.FromEnd ? Offset.End : Offset.Beginning));
        }

        _assigned(_next.Keys);
        return starts;
    }

    void IPartitionOwner.OnRevoked(IReadOnlyList<TopicPartition> partitions) => ((IPartitionOwner)this).OnLost(partitions);

    // What is on its way is converted by the next owner once more.
    void IPartitionOwner.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _next.Remove(partition.Partition.Value);
            _toCommit.Remove(partition.Partition.Value);
        }

        _assigned(_next.Keys);
    }

    void IPartitionOwner.OnOffsetGone(TopicPartition partition, string reason)
    {
        Log.OffsetGone(_logger, partition.Name(), reason);
        _next[partition.Partition.Value] = null;
        Membership.Seek(partition, Offset.Beginning);
    }

    long? IPartitionOwner.NextOf(TopicPartition partition) => _next.GetValueOrDefault(partition.Partition.Value);

    void IPartitionOwner.OnEnd(TopicPartition partition, long offset)
    {
        // Not asked for.
    }

    private static partial class Log
    {
        [LoggerMessage(5021, LogLevel.Warning, "Offsets of {Topic} not committed, to be tried again: {Code}: {Reason}")]
        public static partial void CommitRefused(ILogger logger, string topic, ErrorCode code, string reason);

        [LoggerMessage(5022, LogLevel.Error, "{Partition}: the next offset no longer exists; reading on at the first there is ({Reason})")]
        public static partial void OffsetGone(ILogger logger, string partition, string reason);
    }
}
