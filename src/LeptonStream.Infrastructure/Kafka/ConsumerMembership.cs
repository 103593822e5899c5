using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka.Native;
using LeptonStream.Output;
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
    private readonly BrokerContact _broker;
    private readonly InputHealth _input;
    private readonly ReadProgress _progress;
    private readonly PartitionContact _leaders;
    private readonly NativeConsumer? _native;
    private readonly AssignmentLoss _loss;
    private readonly UnownedPartitions? _unowned;

    // Written by the clients' threads.
    private Error? _fatal;

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

    /// <summary>The records that the batch leads to.</summary>
    public Deliveries Deliveries { get; }

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
        if (!BoundedClose.Run(LeaveGroup, CloseLimit)) Log.CloseHangs(_logger, ElapsedText.Of(CloseLimit));
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

    private static partial class Log
    {
        [LoggerMessage(4022, LogLevel.Warning,
            "Records are copied one by one, because the Kafka client's own memory can't be read: {Reason}")]
        public static partial void NotInPlace(ILogger logger, string reason);

        [LoggerMessage(4012, LogLevel.Warning,
            "Leaving the group takes longer than {Limit}; the broker will notice after the session time-out")]
        public static partial void CloseHangs(ILogger logger, string limit);

        [LoggerMessage(4013, LogLevel.Error, "A dead letter is lost: {Topic} refuses it even without its payload: {Reason}")]
        public static partial void DeadLetterLost(ILogger logger, string topic, string reason);

        [LoggerMessage(4024, LogLevel.Warning,
            "The group leaves partitions of {Topic} to nobody ({Partitions}): leaving and joining again, so that somebody gets them")]
        public static partial void Unowned(ILogger logger, string topic, string partitions);

        [LoggerMessage(4017, LogLevel.Information, "Partitions assigned: {Count}; owned now: {Total}")]
        public static partial void Assigned(ILogger logger, int count, int total);

        [LoggerMessage(4018, LogLevel.Information, "Partitions revoked: {Count}; owned now: {Total}")]
        public static partial void Revoked(ILogger logger, int count, int total);

        [LoggerMessage(4019, LogLevel.Warning,
            "Partitions lost, because the group heard nothing of this member for a session time-out: {Count}; owned now: {Total}")]
        public static partial void Lost(ILogger logger, int count, int total);
    }
}
