using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka.Native;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// One membership in a consumer group, from joining to leaving: a consumer of one topic, a producer, and the batch that is being gathered.
/// Everything happens on the caller's thread; partitions are assigned and revoked inside <see cref="Gather"/>, <see cref="Poll"/> and
/// <see cref="Dispose"/>.
/// </summary>
public sealed partial class ConsumerMembership : IDisposable
{
    // For both clients together. Where brokers answer it takes a fraction of a second.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly IPartitionOwner _owner;
    private readonly KafkaOptions _kafka;
    private readonly string _topic;
    private readonly string _deadLetters;
    private readonly LoopHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IProducer<byte[]?, byte[]?> _producer;

    private readonly HashSet<TopicPartition> _owned = [];
    private readonly Dictionary<TopicPartition, BatchSearch> _searches = [];
    private readonly BrokerContact _broker;
    private readonly InputHealth _input;
    private readonly ReadProgress _progress;
    private readonly PartitionContact _leaders;
    private readonly NativeConsumer? _native;
    private readonly AssignmentLoss _loss;
    private readonly UnownedPartitions? _unowned;

    // Written by the clients' threads.
    private Error? _fatal;

    private long _bytes;
    private int _taken;

    // The record that was taken last: it stays valid while partitions come and go.
    private LogRecord? _inWork;

    // Whether one of the client's handlers has thrown, which only the client knows more of; and the partitions that they took away during
    // the last call.
    private bool _handlerFailed;
    private readonly HashSet<int> _withdrawn = [];

    /// <param name="owner">Does the work of the partitions.</param>
    /// <param name="kafka">Address of Kafka, credentials and session time-out.</param>
    /// <param name="topic">The topic to read.</param>
    /// <param name="deadLetters">The topic for records that the broker refuses.</param>
    /// <param name="group">The consumer group to join.</param>
    /// <param name="inPlace">Whether records stay in the client's own memory, instead of an object of its interface for each. They are to
    /// be taken with <see cref="TryTake"/> then.</param>
    /// <param name="configure">Changes the consumer's settings; may be null.</param>
    /// <param name="health">Learns what keeps the member from reading.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The role's log.</param>
    public ConsumerMembership(
        IPartitionOwner owner,
        KafkaOptions kafka,
        string topic,
        string deadLetters,
        string group,
        bool inPlace,
        Action<ConsumerConfig>? configure,
        LoopHealth health,
        TimeProvider time,
        ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        ArgumentNullException.ThrowIfNull(health);
        _owner = owner;
        _kafka = kafka;
        _topic = topic;
        _deadLetters = deadLetters;
        _health = health;
        _time = time;
        _logger = logger;
        _broker = new(kafka.BootstrapServers, health, time, logger);
        _input = new(topic, group, health, logger);
        _progress = new(topic, health, time, logger);
        _leaders = new(kafka, topic, health, time, logger);
        // One reason after the other: in between the role would look ready.
        health.ReportProblem(Concern.Membership, RoleProblem.Of(ProblemCode.NotJoined));
        health.ClearProblem(Concern.Start);
        health.ClearProblem(Concern.Input);
        health.ClearProblem(Concern.Progress);
        health.ClearProblem(Concern.Leaders);
        health.ClearProblem(Concern.Broker);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka, health.Role)).LogTo(logger, BreakDown).Build();
        Deliveries = new Deliveries(_producer);
        var settings = ClientSettings.Consumer(kafka, health.Role, group).WithMembership(kafka);
        // The client must say that an offset is gone; jumping anywhere by itself would hide the gap.
        settings.AutoOffsetReset = AutoOffsetReset.Error;
        configure?.Invoke(settings);
        Consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings)
            .LogTo(logger, BreakDown, _broker.OnError)
            .SetPartitionsAssignedHandler((_, partitions) => Handle(() => OnAssigned(partitions)))
            .SetPartitionsRevokedHandler((_, partitions) => Handle(() => OnRevoked(partitions)))
            .SetPartitionsLostHandler((_, partitions) => Handle(() => OnLost(partitions)))
            .Build();
        if (inPlace && (_native = NativeConsumer.Of(Consumer.Handle, Consumer.Name, out var reason)) is null)
            Log.NotInPlace(logger, reason!);
        // Without names, and with the newer protocol, the group gives each partition to somebody by itself.
        if (kafka.GroupInstanceId is not null && settings.GroupProtocol == GroupProtocol.Classic) _unowned = new(kafka, topic, group, time);
        _loss = new(Consumer.Handle);
        Consumer.Subscribe(topic);
    }

    /// <summary>The consumer, for offsets and positions. Records are read with <see cref="Gather"/>.</summary>
    public IConsumer<byte[]?, byte[]?> Consumer { get; }

    /// <summary>The records that are gathered, in the order they came; the first of them may be taken already.</summary>
    public List<LogRecord> Batch { get; } = [];

    /// <summary>Takes the next record of the batch. Partitions may be revoked in between: their records leave the batch.</summary>
    public bool TryTake(out LogRecord record)
    {
        EndWork();
        record = default;
        if (!HasMore) return false;
        _inWork = record = Batch[_taken++];
        AskAhead();
        return true;
    }

    /// <summary>Whether records of the batch are not taken yet.</summary>
    public bool HasMore => _taken < Batch.Count;

    /// <summary>The records that the batch leads to.</summary>
    public Deliveries Deliveries { get; }

    /// <summary>
    /// Adds the records that come to those of <see cref="Batch"/> that are not taken yet. It asks the client at least once, which keeps the
    /// membership alive.
    /// </summary>
    /// <param name="records">The most records in the batch.</param>
    /// <param name="bytes">The most bytes in the batch; one record may exceed it.</param>
    /// <param name="idle">Longest wait for the first record.</param>
    /// <param name="wait">Longest wait for more records after the first.</param>
    /// <param name="stop">Ends the waiting.</param>
    public void Gather(int records, long bytes, TimeSpan idle, TimeSpan wait, CancellationToken stop)
    {
        EndWork();
        DropTaken();
        _leaders.Check(_owned, _broker.IsAway);
        _progress.Check(_owned, PositionOf, EndOf);
        JoinAgainForUnowned();
        _bytes = Batch.Sum(record => record.Size);
        if (Batch.Count > 0) idle = wait = TimeSpan.Zero;
        Poll(idle);
        if (Batch.Count == 0) return;
        for (var began = _time.GetTimestamp(); Batch.Count < records && _bytes < bytes && !stop.IsCancellationRequested;)
        {
            var left = wait - _time.GetElapsedTime(began);
            if (!TakeWaiting(records, bytes) && !Poll(left > TimeSpan.Zero ? left : TimeSpan.Zero) && left <= TimeSpan.Zero) break;
        }
    }

    /// <summary>
    /// Asks the client once for a record, which keeps the membership alive, and adds it to <see cref="Batch"/> if the owner accepts it.
    /// </summary>
    /// <returns>Whether one was added.</returns>
    public bool Poll(TimeSpan wait)
    {
        _broker.Check(Consumer.Handle);
        return _native is { } native ? PollInPlace(native, wait) : PollObject(wait);
    }

    /// <summary>
    /// Sends what is in <see cref="Deliveries"/>. A record that the broker refuses for good becomes a dead letter; a dead letter that it
    /// refuses, one without payload; and if it refuses that one, too, only the log has it.
    /// </summary>
    /// <param name="onRefused">Called for each record that the broker refused for good: its topic, and the reason.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The failure that is not a record's own; null when everything is acknowledged.</returns>
    public DeliveryFailure? Send(Action<string, string> onRefused, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(onRefused);
        while (true)
        {
            if (Deliveries.Send(cancellation) is { } failure) return failure;
            var refused = Deliveries.TakeRefused();
            if (refused.Count == 0) return null;
            foreach (var record in refused)
            {
                onRefused(record.To.Topic, record.Error.Reason);
                if (Substitute(record) is { } letter) Deliveries.Add(new TopicPartition(_deadLetters, Partition.Any), letter);
            }
        }
    }

    /// <summary>Forgets the records of some partitions that are not taken yet.</summary>
    public void Drop(IReadOnlyCollection<int> partitions)
    {
        DropTaken();
        Batch.RemoveAll(record =>
        {
            if (!partitions.Contains(record.Partition)) return false;
            record.Release();
            return true;
        });
    }

    /// <summary>Whether records of a partition are not taken yet.</summary>
    public bool Holds(TopicPartition partition) => WaitingOf(partition.Partition.Value) is not null;

    /// <summary>
    /// Passes by the next batch that can't be decoded and whose end is known now, once the records before it are taken: reading goes on
    /// behind it. To be called when what was taken is judged.
    /// </summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="range">Its offsets.</param>
    public bool TryPassBy([NotNullWhen(true)] out TopicPartition? partition, out OffsetRange range)
    {
        foreach (var (searched, search) in _searches.ToList())
        {
            if (!search.IsDone || Holds(searched)) continue;
            Seek(searched, search.Found?.To ?? search.From);
            if (search.Found is not { } found) continue;
            (partition, range) = (searched, found);
            return true;
        }

        (partition, range) = (null, default);
        return false;
    }

    /// <inheritdoc cref="InputHealth.OnTopicSeen"/>
    public void OnTopicSeen() => _input.OnTopicSeen();

    /// <inheritdoc cref="InputHealth.OnTopicGone"/>
    public void OnTopicGone() => _input.OnTopicGone();

    /// <summary>Reads a partition from another offset.</summary>
    public void Seek(TopicPartition partition, Offset offset)
    {
        if (_searches.Remove(partition, out var search)) search.Dispose();
        _native?.Drop(partition.Partition.Value);
        _progress.Forget(partition.Partition.Value);
        // A seek is refused while the client is not fetching yet, or after an error; assigning the partition again never is.
        Consumer.IncrementalUnassign([partition]);
        Consumer.IncrementalAssign([new TopicPartitionOffset(partition, offset)]);
    }

    /// <summary>The end of a partition's log, as far as it is known; negative where it is not.</summary>
    public long EndOf(TopicPartition partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return Math.Max(Consumer.GetWatermarkOffsets(partition).High.Value, _leaders.EndOf(partition.Partition.Value));
    }

    /// <summary>Partitions whose leaders do not answer this member: nobody knows whether records wait in them.</summary>
    public IReadOnlyList<int> Unanswered => _leaders.Unanswered;

    /// <summary>Lets the producer learn how many partitions a topic has now; by itself it asks every few minutes.</summary>
    public void RefreshProducer(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        admin.GetMetadata(topic, AnswerLimit);
    }

    /// <summary>
    /// Whether the group has given the partitions to others, so far as the client knows now. <see cref="IPartitionOwner.OnLost"/>
    /// follows in the next poll.
    /// </summary>
    public bool IsLost => _loss.IsKnown;

    /// <summary>Ends the round if a client has met an error after which it can't go on, whatever else it said.</summary>
    /// <exception cref="KafkaException">It has.</exception>
    public void ThrowIfBroken()
    {
        if (Volatile.Read(ref _fatal) is { } fatal) throw new KafkaException(fatal);
    }

    public void Dispose()
    {
        foreach (var search in _searches.Values) search.Dispose();
        _searches.Clear();
        EndWork();
        foreach (var record in Batch.Skip(_taken)) record.Release();
        Batch.Clear();
        _native?.Dispose();
        _unowned?.Dispose();
        _leaders.Dispose();
        var producer = BoundedClose.Begin(_producer.Dispose);
        var began = _time.GetTimestamp();
        if (!BoundedClose.Run(LeaveGroup, CloseLimit)) Log.CloseHangs(_logger, CloseLimit);
        var left = CloseLimit - _time.GetElapsedTime(began);
        producer.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void LeaveGroup()
    {
        try
        {
            Consumer.Close();
        }
        finally
        {
            Consumer.Dispose();
        }
    }

    // A member that only closes keeps its place under its name; one that reads nothing any more gives it up.
    private void JoinAgainForUnowned()
    {
        if (_unowned?.IsToJoinAgain(out var partitions) is not true) return;
        Log.Unowned(_logger, _topic, string.Join(", ", partitions));
        Consumer.Unsubscribe();
        Consumer.Subscribe(_topic);
    }

    private void DropTaken()
    {
        // The batch may have been cleared, too.
        Batch.RemoveRange(0, Math.Min(_taken, Batch.Count));
        _taken = 0;
    }

    // Since a record was gathered, thousands of others went through the processor's cache. Where its bytes lie, it says itself.
    private void AskAhead()
    {
        if (_taken + 1 < Batch.Count) Batch[_taken + 1].AskForBytes();
        if (_taken + 3 < Batch.Count) Batch[_taken + 3].AskForItself();
    }

    private void EndWork()
    {
        _inWork?.Release();
        _inWork = null;
    }

    private bool PollObject(TimeSpan wait)
    {
        try
        {
            if (Consumer.Consume(wait) is not { } record) return false;
            return record.IsPartitionEOF
                ? OnEnd(record.Partition.Value, record.Offset.Value)
                : TryAdd(new(record), record.Partition.Value, record.Offset.Value);
        }
        catch (ConsumeException failure)
        {
            return OnConsumeError(failure.Error, failure.ConsumerRecord.Partition.Value);
        }
    }

    private unsafe bool PollInPlace(NativeConsumer native, TimeSpan wait)
    {
        var message = native.Poll(wait);
        if (message is null) ThrowHandlersFailure();
        return message is not null && Take(native, message);
    }

    // All that the client has already, without a call for each.
    private unsafe bool TakeWaiting(int records, long bytes)
    {
        if (_native is not { } native) return false;
        _broker.Check(Consumer.Handle);
        _withdrawn.Clear();
        var each = Math.Max(1, _bytes / Math.Max(1, Batch.Count));
        native.Receive((int)Math.Min(records - Batch.Count, (bytes - _bytes) / each));
        ThrowHandlersFailure();
        foreach (var partition in _withdrawn) native.Drop(partition);
        var any = false;
        while (native.TryNext(out var message)) any |= Take(native, message);
        return any;
    }

    private unsafe bool Take(NativeConsumer native, NativeMessage* message)
    {
        var isAdded = false;
        try
        {
            ThrowHandlersFailure();
            isAdded = message->Error switch
            {
                ErrorCode.NoError => TryAdd(new(message, _topic), message->Partition, message->Offset),
                ErrorCode.Local_PartitionEOF => OnEnd(message->Partition, message->Offset),
                _ => OnConsumeError(native.ErrorOf(message), message->Partition),
            };
            return isAdded;
        }
        finally
        {
            if (!isAdded) NativeConsumer.Release(message);
        }
    }

    // The client keeps what its handler has thrown for its own poll.
    private void ThrowHandlersFailure()
    {
        if (_handlerFailed) Consumer.Consume(TimeSpan.Zero);
    }

    private bool TryAdd(in LogRecord record, int partition, long offset)
    {
        _input.OnRecord();
        // Of a partition whose next batch can't be decoded, the client is elsewhere.
        if (IsSearched(partition) || !_owner.Accepts(partition, offset)) return false;
        Batch.Add(record);
        _bytes += record.Size;
        return true;
    }

    private bool OnEnd(int partition, long offset)
    {
        _input.OnRecord();
        if (IsSearched(partition)) return false;
        _progress.OnEnd(partition, offset);
        _owner.OnEnd(new(_topic, partition), offset);
        return false;
    }

    private bool IsSearched(int partition) => _searches.Count > 0 && _searches.ContainsKey(new(_topic, partition));

    private Message<byte[]?, byte[]?>? Substitute(RefusedRecord refused)
    {
        if (refused.To.Topic != _deadLetters) return DeadLetter.Of(refused, RoleNames.ProgramOf(_health.Role));
        if (refused.Message.Key is not null || refused.Message.Value is not null) return DeadLetter.WithoutPayload(refused.Message);
        Log.DeadLetterLost(_logger, _deadLetters, refused.Error.Reason);
        return null;
    }

    private void BreakDown(Error fatal) => Interlocked.CompareExchange(ref _fatal, Explained(fatal), null);

    // A member with a name of its own ends like this where another process has the same.
    private Error Explained(Error fatal) => _kafka.GroupInstanceId is { } name
        ? new(fatal.Code, $"{fatal.Reason} (Kafka:GroupInstanceId is '{name}'; each process needs its own"
            + $"{(fatal.MayPass() ? ", and the group gives it back after the session time-out of the one before" : "")})", isFatal: true)
        : fatal;

    private bool OnConsumeError(Error error, int partition)
    {
        if (error.EndsClient()) throw new KafkaException(Explained(error));
        if (error.Code == ErrorCode.Local_AutoOffsetReset) OnOffsetGone(new(_topic, partition), error.Reason);
        else if (error.IsUndecodable()) SearchBehind(new(_topic, partition));
        else _input.OnError(error);
        return false;
    }

    // Behind a batch that it can't decode the client reads on in the middle of its bytes, and may take them for an offset.
    private void OnOffsetGone(TopicPartition partition, string reason)
    {
        if (_searches.ContainsKey(partition)) return;
        var log = Consumer.QueryWatermarkOffsets(partition, AnswerLimit);
        if (PositionOf(partition) is { } next && next >= log.Low.Value && next <= log.High.Value) SearchBehind(partition);
        else _owner.OnOffsetGone(partition, reason);
    }

    private long? PositionOf(TopicPartition partition) =>
        WaitingOf(partition.Partition.Value) is { } last ? last + 1 : _owner.NextOf(partition);

    private long? WaitingOf(int partition)
    {
        for (var i = Batch.Count - 1; i >= _taken; i--)
            if (Batch[i].Partition == partition) return Batch[i].Offset;
        return null;
    }

    // By itself the client stays where it is, or goes on with whatever it takes for the next batch.
    private void SearchBehind(TopicPartition partition)
    {
        if (_searches.ContainsKey(partition) || PositionOf(partition) is not { } next) return;
        Seek(partition, Offset.End);
        _searches.Add(partition, new(_kafka, partition, next, _logger));
    }

    private T Handle<T>(Func<T> handler)
    {
        try
        {
            return handler();
        }
        catch
        {
            _handlerFailed = true;
            throw;
        }
    }

    private void Handle(Action handler) => Handle(() =>
    {
        handler();
        return true;
    });

    private List<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        var starts = _owner.OnAssigned(partitions);
        _owned.UnionWith(partitions);
        Log.Assigned(_logger, partitions.Count, _owned.Count);
        _health.ClearProblem(Concern.Membership);
        _health.SetNote(_owned.Count > 0 ? null : "standby: the group has assigned no partitions to it");
        if (partitions.Count > 0) _input.OnAssigned();
        return starts;
    }

    private void OnRevoked(List<TopicPartitionOffset> offsets)
    {
        var partitions = Withdraw(offsets);
        _owner.OnRevoked(partitions);
        Log.Revoked(_logger, partitions.Count, _owned.Count);
    }

    private void OnLost(List<TopicPartitionOffset> offsets)
    {
        var partitions = Withdraw(offsets);
        _owner.OnLost(partitions);
        Log.Lost(_logger, partitions.Count, _owned.Count);
    }

    // Their records of the batch in the making are the next owner's.
    private IReadOnlyList<TopicPartition> Withdraw(List<TopicPartitionOffset> offsets)
    {
        HashSet<TopicPartition> partitions = [.. offsets.Select(offset => offset.TopicPartition)];
        int[] numbers = [.. partitions.Select(partition => partition.Partition.Value)];
        Drop(numbers);
        _owned.ExceptWith(partitions);
        _withdrawn.UnionWith(numbers);
        foreach (var partition in partitions)
            if (_searches.Remove(partition, out var search)) search.Dispose();
        // The group's next assignment, be it an empty one, says how it goes on. Where none comes, the member must not count as sound.
        if (_owned.Count == 0 && partitions.Count > 0)
            _health.ReportProblem(Concern.Membership, RoleProblem.Of(ProblemCode.PartitionsLost));
        return [.. partitions];
    }

    private static partial class Log
    {
        [LoggerMessage(4022, LogLevel.Warning,
            "Records are copied one by one, because the Kafka client's own memory can't be read: {Reason}")]
        public static partial void NotInPlace(ILogger logger, string reason);

        [LoggerMessage(4012, LogLevel.Warning,
            "Leaving the group takes longer than {Limit}; the broker will notice after the session time-out")]
        public static partial void CloseHangs(ILogger logger, TimeSpan limit);

        [LoggerMessage(4013, LogLevel.Error, "A dead letter is lost: {Topic} refuses it even without its payload: {Reason}")]
        public static partial void DeadLetterLost(ILogger logger, string topic, string reason);

        [LoggerMessage(4024, LogLevel.Warning,
            "The group leaves partitions of {Topic} to nobody ({Partitions}): leaving and joining again, so that somebody gets them")]
        public static partial void Unowned(ILogger logger, string topic, string partitions);

        [LoggerMessage(4017, LogLevel.Information, "Partitions assigned: {Count}; owned now: {Total}")]
        public static partial void Assigned(ILogger logger, int count, int total);

        [LoggerMessage(4018, LogLevel.Information, "Partitions revoked: {Count}; owned now: {Total}")]
        public static partial void Revoked(ILogger logger, int count, int total);

        [LoggerMessage(4019, LogLevel.Warning, "Partitions lost, because the group gave them to others: {Count}; owned now: {Total}")]
        public static partial void Lost(ILogger logger, int count, int total);
    }
}
