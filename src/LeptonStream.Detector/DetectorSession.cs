using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector;

/// <summary>
/// One membership in the consumer group, from joining to leaving: the clients, the tasks of the partitions it owns, and the batch in work.
/// Everything happens on the worker's thread; the rebalance handlers run inside <see cref="Gather"/> (and inside the close of <see cref="Dispose"/>).
/// </summary>
internal sealed partial class DetectorSession : IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly DetectorOptions _options;
    private readonly DetectionPolicy _policy;
    private readonly DetectorMetrics _metrics;
    private readonly DetectorHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _topic;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    // By partition number: there is one topic, and this is asked for every record.
    private readonly Dictionary<int, PartitionTask> _tasks = [];

    // Written by the clients' threads.
    private Error? _fatal;
    private PolicySet _policies;
    private long _ticked;
    private uint _asked;

    public DetectorSession(
        KafkaOptions kafka, DetectorOptions options, string topic, DetectionPolicy policy, PolicySet policies, DetectorMetrics metrics, DetectorHealth health, TimeProvider time, ILogger logger)
    {
        _options = options;
        _policy = policy;
        _policies = policies;
        _metrics = metrics;
        _health = health;
        _time = time;
        _logger = logger;
        _topic = topic;
        _ticked = time.GetTimestamp();
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka, health.Role)).LogTo(logger, BreakDown).Build();
        Deliveries = new Deliveries(_producer);
        var settings = ClientSettings.Consumer(kafka, health.Role, options.GroupId);
        // Where the wanted offset is gone the client must say so; jumping anywhere by itself would hide the gap.
        settings.AutoOffsetReset = AutoOffsetReset.Error;
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings)
            .LogTo(logger, BreakDown)
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Lost(partitions))
            .Build();
        _consumer.Subscribe(topic);
    }

    /// <summary>The records gathered last, in the order they came.</summary>
    public List<ConsumeResult<byte[]?, byte[]?>> Batch { get; } = [];

    /// <summary>What the batch leads to.</summary>
    public Deliveries Deliveries { get; }

    public PartitionTask TaskOf(ConsumeResult<byte[]?, byte[]?> record) => _tasks[record.Partition.Value];

    /// <summary>Fills <see cref="Batch"/> with what comes, up to its size and for at most its time.</summary>
    public void Gather(CancellationToken stop)
    {
        Batch.Clear();
        if (Next(IdleWait) is not { } first) return;
        Batch.Add(first);
        var wait = TimeSpan.FromMilliseconds(_options.BatchWaitMs);
        var began = _time.GetTimestamp();
        while (Batch.Count < _options.BatchSize && !stop.IsCancellationRequested)
        {
            var left = wait - _time.GetElapsedTime(began);
            if (Next(left > TimeSpan.Zero ? left : TimeSpan.Zero) is { } record) Batch.Add(record);
            else if (left <= TimeSpan.Zero) break;
        }
    }

    /// <summary>Ends the round where a client has met an error after which it can't go on, whatever else it said.</summary>
    /// <exception cref="KafkaException">It has.</exception>
    public void ThrowIfBroken()
    {
        if (Volatile.Read(ref _fatal) is { } fatal) throw new KafkaException(fatal);
    }

    /// <summary>
    /// Tells the tasks that are at their log's end, as the broker itself says now, that time goes on: a training run that is silent there is silent indeed.
    /// While the broker does not answer nobody can know.
    /// </summary>
    public void Tick(List<AlertEvent> events)
    {
        var now = _time.GetTimestamp();
        var passed = _time.GetElapsedTime(_ticked, now);
        if (passed < TickEvery) return;
        _ticked = now;
        if (passed > 2 * TickEvery) passed = TickEvery;
        // Asking keeps the loop waiting, so there is a limit to it in each round; the next one goes on with the next task.
        PartitionTask[] watching = [.. _tasks.Values.Where(task => task.WatchesSilence)];
        foreach (var _ in watching)
        {
            var task = watching[_asked++ % watching.Length];
            if (IsAtEnd(task)) task.Tick(passed, events);
            if (_time.GetElapsedTime(now) > AnswerLimit) return;
        }
    }

    /// <summary>Everything in <see cref="Deliveries"/> is acknowledged.</summary>
    public void MarkPublished()
    {
        foreach (var task in _tasks.Values) task.MarkPublished();
    }

    /// <summary>Commits what is published and not committed yet. Where the group can't take it now, the next round tries again.</summary>
    public void Commit() => Commit(_tasks.Values);

    /// <summary>Whether everything that was judged is committed, so that nothing of it will be judged again under other policies.</summary>
    public bool IsSettled => _tasks.Values.All(task => task.ToCommit is null);

    /// <summary>Judges by other policies from the next record on.</summary>
    public void Adopt(PolicySet policies)
    {
        _policies = policies;
        foreach (var task in _tasks.Values) task.Adopt(policies);
    }

    /// <summary>Tells the counters what was not judged, and the gauges how far behind the log's end the tasks are, and how much they hold.</summary>
    public void Measure()
    {
        foreach (var task in _tasks.Values) task.CountRefused(_metrics);
        _metrics.State(
            [.. _tasks.Values.Where(task => task.Next is not null).Select(task => KeyValuePair.Create(task.Partition.Partition.Value, LagOf(task)))],
            _tasks.Values.Sum(task => task.SeriesCount));
    }

    public void Dispose()
    {
        if (!BoundedClose.Run(_consumer.Close, CloseLimit)) Log.CloseHangs(_logger, CloseLimit);
        else BoundedClose.Run(_consumer.Dispose, CloseLimit);
        BoundedClose.Run(_producer.Dispose, CloseLimit);
    }

    private void BreakDown(Error fatal) => Interlocked.CompareExchange(ref _fatal, fatal, null);

    private ConsumeResult<byte[]?, byte[]?>? Next(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException failure) when (!failure.Error.EndsClient())
        {
            Meet(failure);
            return null;
        }
    }

    private void Meet(ConsumeException failure)
    {
        switch (failure.Error.Code)
        {
            case ErrorCode.Local_AutoOffsetReset:
                SkipGap(_tasks[failure.ConsumerRecord.Partition.Value], failure.Error.Reason);
                break;
            case ErrorCode.UnknownTopicOrPart:
                Suffer($"there is no topic {_topic}: 'lepton topics create' makes it");
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                Suffer($"the broker does not allow reading {_topic} as group {_options.GroupId}: {failure.Error.Reason}");
                break;
            default:
                Log.ConsumeFailed(_logger, failure.Error.Code, failure.Error.Reason);
                break;
        }
    }

    private void SkipGap(PartitionTask task, string reason)
    {
        var log = _consumer.QueryWatermarkOffsets(task.Partition, Patience);
        Log.StateGap(_logger, task.Partition, task.Next, log.Low.Value, reason);
        _metrics.StateGap();
        task.Restart(log.Low.Value);
        // After such an error the client has given the partition up: a seek is refused, assigning it again is not.
        _consumer.IncrementalUnassign([task.Partition]);
        _consumer.IncrementalAssign([new TopicPartitionOffset(task.Partition, log.Low)]);
    }

    private void Suffer(string problem)
    {
        _health.Suffer(problem);
        Log.Suffering(_logger, problem);
    }

    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        var starts = new List<TopicPartitionOffset>();
        foreach (var committed in partitions.Count > 0 ? _consumer.Committed(partitions, Patience) : [])
        {
            var task = new PartitionTask(committed.TopicPartition, _policy, _policies);
            starts.Add(new(committed.TopicPartition, task.Restore(committed.Offset.Value >= 0 ? committed.Offset.Value : null)));
            _tasks.Add(committed.Partition.Value, task);
        }

        _health.Joined(hasPartitions: _tasks.Count > 0);
        Log.Assigned(_logger, starts.Count, _tasks.Count, string.Join(", ", starts));
        return starts;
    }

    private void Revoked(List<TopicPartitionOffset> partitions)
    {
        var leaving = Withdraw(partitions);
        foreach (var task in leaving) task.Suspend();
        Commit(leaving);
        foreach (var task in leaving) task.Close();
        Log.Revoked(_logger, leaving.Count, _tasks.Count);
    }

    private void Lost(List<TopicPartitionOffset> partitions)
    {
        var leaving = Withdraw(partitions);
        foreach (var task in leaving) task.Close();
        Log.Lost(_logger, leaving.Count, _tasks.Count);
    }

    // Their records of the batch in the making are the next owner's.
    private List<PartitionTask> Withdraw(List<TopicPartitionOffset> partitions)
    {
        var leaving = new List<PartitionTask>();
        foreach (var partition in partitions.Select(p => p.Partition.Value))
        {
            Batch.RemoveAll(record => record.Partition.Value == partition);
            if (_tasks.Remove(partition, out var task)) leaving.Add(task);
        }

        return leaving;
    }

    private void Commit(IReadOnlyCollection<PartitionTask> tasks)
    {
        TopicPartitionOffset[] offsets = [.. tasks.Select(task => task.ToCommit).OfType<TopicPartitionOffset>()];
        if (offsets.Length == 0) return;
        try
        {
            _consumer.Commit(offsets);
            foreach (var task in tasks)
                if (task.ToCommit is { } done) task.MarkCommitted(done.Offset.Value);
        }
        catch (KafkaException refused) when (!refused.Error.EndsClient())
        {
            Log.CommitRefused(_logger, refused.Error.Code, refused.Error.Reason);
        }
    }

    // A marker of a transaction at the end is never read.
    private bool IsAtEnd(PartitionTask task)
    {
        try
        {
            return task.Next is { } next && _consumer.QueryWatermarkOffsets(task.Partition, AnswerLimit).High.Value - next <= 1;
        }
        catch (KafkaException failure) when (!failure.Error.EndsClient())
        {
            return false;
        }
    }

    private long LagOf(PartitionTask task)
    {
        var end = _consumer.GetWatermarkOffsets(task.Partition).High.Value;
        return end >= 0 ? Math.Max(0, end - task.Next!.Value) : 0;
    }

    private static partial class Log
    {
        [LoggerMessage(1050, LogLevel.Information, "{Count} partitions assigned, {Total} owned now: {Partitions}")]
        public static partial void Assigned(ILogger logger, int count, int total, string partitions);

        [LoggerMessage(1051, LogLevel.Information, "{Count} partitions revoked, {Total} owned now")]
        public static partial void Revoked(ILogger logger, int count, int total);

        [LoggerMessage(1052, LogLevel.Warning, "{Count} partitions lost: the group took them away unasked. {Total} owned now")]
        public static partial void Lost(ILogger logger, int count, int total);

        [LoggerMessage(1053, LogLevel.Error, "State gap in {Partition}: offset {Wanted} is gone, going on at {Earliest} with empty state ({Reason})")]
        public static partial void StateGap(ILogger logger, TopicPartition partition, long? wanted, long earliest, string reason);

        [LoggerMessage(1054, LogLevel.Warning, "Reading failed: {Code}: {Reason}")]
        public static partial void ConsumeFailed(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(1055, LogLevel.Error, "{Problem}")]
        public static partial void Suffering(ILogger logger, string problem);

        [LoggerMessage(1056, LogLevel.Warning, "Offsets not committed, to be tried again: {Code}: {Reason}")]
        public static partial void CommitRefused(ILogger logger, ErrorCode code, string reason);

        [LoggerMessage(1057, LogLevel.Warning, "Leaving the group takes longer than {Limit}: left to the session time-out")]
        public static partial void CloseHangs(ILogger logger, TimeSpan limit);
    }
}
