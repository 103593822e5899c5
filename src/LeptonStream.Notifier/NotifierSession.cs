using Confluent.Kafka;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier;

/// <summary>
/// The notifier's membership in the consumer group. Where a partition is read on is not the group's to say but the journal's: a partition that was
/// assigned is <i>unplaced</i>, and its records are dropped, until <see cref="Place"/> says where. The rebalance handlers run inside
/// <see cref="Gather"/> and <see cref="Idle"/>, on the worker's thread.
/// </summary>
internal sealed partial class NotifierSession : IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly NotifierOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NotifierSession> _logger;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly IProducer<byte[]?, byte[]?> _producer;

    // The next offset of each partition that is owned; null while it is unplaced.
    private readonly Dictionary<TopicPartition, long?> _next = [];

    public NotifierSession(IOptions<KafkaOptions> kafka, IOptions<NotifierOptions> options, TopicNames topics, NotifierHealth health, TimeProvider time, ILogger<NotifierSession> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        Topic = topics.Alerts;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka.Value, health.Role)).LogTo(logger).Build();
        DeadLetters = new Deliveries(_producer);
        var settings = ClientSettings.Consumer(kafka.Value, health.Role, options.Value.GroupId);
        settings.AutoOffsetReset = AutoOffsetReset.Error;
        // For lag tools only: the journal knows where we are. So it may as well happen in the background.
        settings.EnableAutoCommit = true;
        settings.AutoCommitIntervalMs = 1_000;
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings)
            .LogTo(logger)
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Withdraw(partitions))
            .SetPartitionsLostHandler((_, partitions) => Withdraw(partitions))
            .Build();
        _consumer.Subscribe(Topic);
    }

    public string Topic { get; }

    /// <summary>Why nothing can be read, or null.</summary>
    public string? Problem { get; private set; } = "not joined the group yet";

    /// <summary>The records gathered last, in the order they came.</summary>
    public List<ConsumeResult<byte[]?, byte[]?>> Batch { get; } = [];

    /// <summary>What the batch leaves for the dead-letter topic.</summary>
    public Deliveries DeadLetters { get; }

    /// <summary>The partitions whose place is not known yet.</summary>
    public IReadOnlyList<TopicPartition> Unplaced => [.. _next.Where(partition => partition.Value is null).Select(partition => partition.Key)];

    /// <summary>Asks the broker where a partition's log begins and ends.</summary>
    public (long First, long End) LogOf(TopicPartition partition)
    {
        var log = _consumer.QueryWatermarkOffsets(partition, Patience);
        return (log.Low.Value, log.High.Value);
    }

    /// <summary>Reads a partition on at an offset.</summary>
    public void Place(TopicPartition partition, long offset)
    {
        // A seek is refused while the client is not fetching yet, or after an error; assigning the partition again never is.
        _consumer.IncrementalUnassign([partition]);
        _consumer.IncrementalAssign([new TopicPartitionOffset(partition, offset)]);
        _consumer.Resume([partition]);
        _next[partition] = offset;
    }

    /// <summary>Fills <see cref="Batch"/> with what comes, up to its size and for at most its time.</summary>
    public void Gather(CancellationToken stop)
    {
        Batch.Clear();
        Take(IdleWait);
        if (Batch.Count == 0) return;
        var wait = TimeSpan.FromMilliseconds(_options.BatchWaitMs);
        for (var began = _time.GetTimestamp(); Batch.Count < _options.BatchSize && !stop.IsCancellationRequested;)
        {
            var left = wait - _time.GetElapsedTime(began);
            if (!Take(left > TimeSpan.Zero ? left : TimeSpan.Zero) && left <= TimeSpan.Zero) break;
        }
    }

    /// <summary>The batch is in the journal: the group may know.</summary>
    public void MarkDone()
    {
        foreach (var (partition, next) in _next)
        {
            if (next is { } offset) _consumer.StoreOffset(new TopicPartitionOffset(partition, offset));
        }
    }

    /// <summary>Forgets the batch and everything read: whatever failed, the journal says where to go on.</summary>
    public void Forget()
    {
        Batch.Clear();
        DeadLetters.Clear();
        foreach (var partition in _next.Keys.ToArray()) _next[partition] = null;
        _consumer.Pause(_next.Keys);
    }

    /// <summary>Stays in the group for a while without taking anything.</summary>
    public void Idle(TimeSpan time, CancellationToken stop)
    {
        for (var began = _time.GetTimestamp(); _time.GetElapsedTime(began) < time && !stop.IsCancellationRequested;) Take(IdleWait);
        Batch.Clear();
    }

    /// <summary>How far behind the log's end each placed partition is.</summary>
    public KeyValuePair<int, long>[] Lag() => [.. _next.Where(partition => partition.Value is not null).Select(partition =>
        KeyValuePair.Create(partition.Key.Partition.Value, Math.Max(0, _consumer.GetWatermarkOffsets(partition.Key).High.Value - partition.Value!.Value)))];

    public void Dispose()
    {
        if (!BoundedClose.Run(_consumer.Close, CloseLimit)) Log.CloseHangs(_logger, CloseLimit);
        else BoundedClose.Run(_consumer.Dispose, CloseLimit);
        BoundedClose.Run(_producer.Dispose, CloseLimit);
    }

    private bool Take(TimeSpan wait)
    {
        try
        {
            var record = _consumer.Consume(wait);
            if (record is null || !_next.TryGetValue(record.TopicPartition, out var next) || next is null) return false;
            Batch.Add(record);
            _next[record.TopicPartition] = record.Offset.Value + 1;
            return true;
        }
        catch (ConsumeException failure) when (!failure.Error.IsFatal)
        {
            Meet(failure);
            return false;
        }
    }

    private void Meet(ConsumeException failure)
    {
        switch (failure.Error.Code)
        {
            // What we want is gone from the log: finding the place anew says so and goes on.
            case ErrorCode.Local_AutoOffsetReset:
                _next[failure.ConsumerRecord.TopicPartition] = null;
                break;
            case ErrorCode.UnknownTopicOrPart:
                Suffer($"there is no topic {Topic}: 'lepton topics create' makes it");
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                Suffer($"the broker does not allow reading {Topic} as group {_options.GroupId}: {failure.Error.Reason}");
                break;
            default:
                Log.ConsumeFailed(_logger, failure.Error.Code, failure.Error.Reason);
                break;
        }
    }

    private void Suffer(string problem)
    {
        Problem = problem;
        Log.Suffering(_logger, problem);
    }

    // At the end of the log nothing is fetched that would be dropped.
    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        Problem = null;
        foreach (var partition in partitions) _next[partition] = null;
        Log.Assigned(_logger, partitions.Count, _next.Count);
        return [.. partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End))];
    }

    // Their records of the batch in the making are the next owner's.
    private void Withdraw(List<TopicPartitionOffset> partitions)
    {
        foreach (var partition in partitions)
        {
            _next.Remove(partition.TopicPartition);
            Batch.RemoveAll(record => record.TopicPartition == partition.TopicPartition);
        }

        Log.Withdrawn(_logger, partitions.Count, _next.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(2050, LogLevel.Information, "{Count} partitions assigned, {Total} owned now")]
        public static partial void Assigned(ILogger logger, int count, int total);

        [LoggerMessage(2051, LogLevel.Information, "{Count} partitions given up, {Total} owned now")]
        public static partial void Withdrawn(ILogger logger, int count, int total);

        [LoggerMessage(2052, LogLevel.Warning, "Reading failed: {Code}: {Reason}")]
        public static partial void ConsumeFailed(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(2054, LogLevel.Error, "{Problem}")]
        public static partial void Suffering(ILogger logger, string problem);

        [LoggerMessage(2053, LogLevel.Warning, "Leaving the group takes longer than {Limit}: left to the session time-out")]
        public static partial void CloseHangs(ILogger logger, TimeSpan limit);
    }
}
