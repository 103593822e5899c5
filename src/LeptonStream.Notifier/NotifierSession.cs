using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier;

/// <summary>
/// The notifier's work between joining the consumer group and leaving it. The journal and not the group says where a partition is read on:
/// a partition that was assigned is <i>unpositioned</i>, and its records are dropped, until <see cref="Seek"/> gives it an offset.
/// Partitions come and go inside <see cref="Gather"/> and <see cref="Idle"/>, on the worker's thread.
/// </summary>
internal sealed partial class NotifierSession : IPartitionOwner, IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Of events, which a transaction holds in memory.
    private const long MaxBatchBytes = 16 * 1024 * 1024;

    private readonly NotifierOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NotifierSession> _logger;
    private readonly ConsumerMembership _membership;
    private readonly TopicWatch _watch;
    private readonly string _topic;

    private IReadOnlyDictionary<string, TopicFacts>? _seen;

    // The next offset of each partition that is owned; null while it is unpositioned.
    private readonly Dictionary<TopicPartition, long?> _next = [];

    public NotifierSession(
        IOptions<KafkaOptions> kafka,
        IOptions<NotifierOptions> options,
        TopicNames topics,
        [FromKeyedServices(RoleNames.Notifier)] LoopHealth health,
        TimeProvider time,
        ILogger<NotifierSession> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        _topic = topics.Alerts;
        _watch = new(kafka.Value, [_topic], time, logger);
        _membership = new(
            this, kafka.Value, topics.Alerts, topics.DeadLetters, options.Value.GroupId, inPlace: false, Configure, health, time,
            logger);
    }

    /// <summary>The records gathered last, in the order they came.</summary>
    public List<LogRecord> Batch => _membership.Batch;

    /// <summary>The records that the batch leaves for the dead-letter topic.</summary>
    public Deliveries DeadLetters => _membership.Deliveries;

    /// <summary>The partitions whose offset is not known yet.</summary>
    public IReadOnlyList<TopicPartition> Unpositioned =>
        [.. _next.Where(partition => partition.Value is null).Select(partition => partition.Key)];

    /// <summary>The partitions that are this notifier's.</summary>
    public IReadOnlyCollection<TopicPartition> Owned => _next.Keys;

    /// <summary>The id of the alerts topic, as the cluster said last; null where it has not answered, or gives no ids.</summary>
    public Guid? TopicId()
    {
        _watch.Refresh();
        var topics = _watch.Latest;
        var topic = topics?.GetValueOrDefault(_topic);
        if (topics != _seen && topic is not null) _membership.OnTopicSeen();
        else if (topics != _seen) _membership.OnTopicGone();
        _seen = topics;
        return topic?.Id;
    }

    /// <inheritdoc cref="ConsumerMembership.ThrowIfBroken"/>
    public void ThrowIfBroken() => _membership.ThrowIfBroken();

    /// <summary>Asks the broker where a partition's log begins and ends.</summary>
    public (long First, long End) LogOf(TopicPartition partition)
    {
        var log = _membership.Consumer.QueryWatermarkOffsets(partition, Patience);
        return (log.Low.Value, log.High.Value);
    }

    /// <summary>Reads a partition on at an offset.</summary>
    public void Seek(TopicPartition partition, long offset)
    {
        _membership.Seek(partition, offset);
        _membership.Consumer.Resume([partition]);
        _next[partition] = offset;
    }

    /// <summary>Fills <see cref="Batch"/> with the records that come, up to its size and for at most its time.</summary>
    public void Gather(CancellationToken stop)
    {
        Batch.Clear();
        _membership.Gather(_options.BatchSize, MaxBatchBytes, IdleWait, TimeSpan.FromMilliseconds(_options.BatchWaitMs), stop);
    }

    /// <summary>Goes on behind batches that can't be decoded. To be called after gathering.</summary>
    /// <returns>Their number.</returns>
    public int PassBy()
    {
        var passed = 0;
        for (; _membership.TryPassBy(out var partition, out var range); passed++)
        {
            Log.Unreadable(_logger, partition.Name(), range.From, range.To);
            _next[partition] = range.To;
        }

        return passed;
    }

    /// <inheritdoc cref="ConsumerMembership.Send"/>
    public DeliveryFailure? SendDeadLetters(Action<string, string> onRefused, CancellationToken stop) => _membership.Send(onRefused, stop);

    /// <summary>The batch is in the journal: the group may know.</summary>
    public void MarkDone()
    {
        foreach (var (partition, next) in _next)
        {
            if (next is { } offset) _membership.Consumer.StoreOffset(new TopicPartitionOffset(partition, offset));
        }
    }

    /// <summary>Forgets the batch and everything read: whatever failed, the journal says where to go on.</summary>
    public void Forget()
    {
        Batch.Clear();
        DeadLetters.Clear();
        foreach (var partition in _next.Keys.ToArray()) _next[partition] = null;
        _membership.Consumer.Pause(_next.Keys);
    }

    /// <summary>Stays in the group for a while without taking anything.</summary>
    public void Idle(TimeSpan time, CancellationToken stop)
    {
        for (var began = _time.GetTimestamp(); _time.GetElapsedTime(began) < time && !stop.IsCancellationRequested;)
            _membership.Poll(IdleWait);
        Batch.Clear();
    }

    /// <summary>Records from each positioned partition to the log's end.</summary>
    public KeyValuePair<int, long>[] Lag() =>
        [.. _next.Where(partition => partition.Value is not null).Select(partition =>
            KeyValuePair.Create(partition.Key.Partition.Value, LagOf(partition.Key, partition.Value!.Value)))];

    /// <inheritdoc cref="ConsumerMembership.Unanswered"/>
    public int Unanswered => _membership.Unanswered.Count;

    public void Dispose()
    {
        _watch.Dispose();
        _membership.Dispose();
    }

    bool IPartitionOwner.Accepts(int partition, long offset)
    {
        var key = new TopicPartition(_topic, partition);
        if (!_next.TryGetValue(key, out var next) || next is null) return false;
        _next[key] = offset + 1;
        return true;
    }

    // At the end of the log nothing is fetched that would be dropped.
    List<TopicPartitionOffset> IPartitionOwner.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions) _next[partition] = null;
        return [.. partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End))];
    }

    void IPartitionOwner.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions) _next.Remove(partition);
    }

    // The journal refuses what a later owner has recorded, so nothing is at stake here.
    void IPartitionOwner.OnLost(IReadOnlyList<TopicPartition> partitions) => ((IPartitionOwner)this).OnRevoked(partitions);

    // Finding the position again says that there is a gap, and goes on.
    void IPartitionOwner.OnOffsetGone(TopicPartition partition, string reason) => _next[partition] = null;

    long? IPartitionOwner.NextOf(TopicPartition partition) => _next.GetValueOrDefault(partition);

    void IPartitionOwner.OnEnd(TopicPartition partition, long offset)
    {
        // Not asked for.
    }

    private static void Configure(ConsumerConfig settings)
    {
        settings.EnablePartitionEof = true;
        // For lag tools only: the position that counts is the journal's.
        settings.EnableAutoCommit = true;
        settings.AutoCommitIntervalMs = 1_000;
    }

    private long LagOf(TopicPartition partition, long next) =>
        Math.Max(0, _membership.EndOf(partition) - next);

    private static partial class Log
    {
        [LoggerMessage(2052, LogLevel.Error,
            "{Partition}: events {From} to {To}, the last not among them, can't be decoded and are skipped")]
        public static partial void Unreadable(ILogger logger, string partition, long from, long to);
    }
}
