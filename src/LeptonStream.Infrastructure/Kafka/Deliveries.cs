using Confluent.Kafka;

namespace LeptonStream.Kafka;

/// <summary>
/// Produces the records of one batch and knows which the broker has acknowledged. What it has not acknowledged can be sent again,
/// in the same order; nothing is forgotten on a failure. A record that the broker will never take does not stop the others.
/// </summary>
public sealed class Deliveries(IProducer<byte[]?, byte[]?> producer)
{
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(20);

    private readonly List<Delivery> _deliveries = [];

    /// <summary>Number of records.</summary>
    public int Count => _deliveries.Count;

    /// <summary>Bytes of their keys and values together.</summary>
    public long Bytes { get; private set; }

    /// <summary>Called whenever the client has records that it has not acknowledged; may be null.</summary>
    public Action? OnProduced { get; set; }

    /// <summary>Adds a record; <see cref="Send"/> sends it.</summary>
    /// <param name="to">The topic, and the partition where it matters (else <see cref="Partition.Any"/>).</param>
    /// <param name="message">The record.</param>
    public void Add(TopicPartition to, Message<byte[]?, byte[]?> message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _deliveries.Add(new Delivery(to, message));
        Bytes += (message.Key?.Length ?? 0) + (message.Value?.Length ?? 0);
    }

    /// <summary>
    /// Sends every record that is not acknowledged yet and waits until each one is acknowledged or given up by the client.
    /// </summary>
    /// <returns>
    /// A failure that is not the record's own, with the topic it happened on, before all that of a record which may be kept; null when all
    /// records are acknowledged or wait in <see cref="TakeRefused"/>.
    /// </returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; what is acknowledged by then stays so.</exception>
    public DeliveryFailure? Send(CancellationToken cancellation)
    {
        SendPending(_deliveries, cancellation);
        // A broker refuses whole batches of the client. What it refuses alone as well, it will never take.
        foreach (var suspect in _deliveries.Where(delivery => delivery.IsPending && delivery.Failure.ConcernsRecord).ToList())
        {
            SendPending([suspect], cancellation);
            suspect.IsRefused = suspect.IsPending && suspect.Failure.ConcernsRecord;
        }

        return (_deliveries.Find(delivery => delivery.IsPending && delivery.Failure.MayBeKept)
            ?? _deliveries.Find(delivery => delivery.IsPending))?.Failure;
    }

    /// <summary>The records that the broker will never take, which are forgotten here.</summary>
    public IReadOnlyList<RefusedRecord> TakeRefused()
    {
        var refused = _deliveries.FindAll(delivery => delivery.IsRefused);
        if (refused.Count == 0) return [];
        _deliveries.RemoveAll(delivery => delivery.IsRefused);
        return [.. refused.Select(delivery => new RefusedRecord(delivery.To, delivery.Message, delivery.Failure.Error))];
    }

    /// <summary>Hands the records that are not acknowledged over to another client, behind those that it has.</summary>
    public void MoveTo(Deliveries other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var delivery in _deliveries)
            if (delivery.IsPending) other.Add(delivery.To, delivery.Message);
        Clear();
    }

    /// <summary>Forgets all records.</summary>
    public void Clear()
    {
        _deliveries.Clear();
        Bytes = 0;
    }

    private void SendPending(List<Delivery> deliveries, CancellationToken cancellation)
    {
        foreach (var delivery in deliveries)
        {
            if (!delivery.IsPending) continue;
            Enqueue(delivery, cancellation);
            // The others would fail alike, or overtake this one.
            if (delivery.HasFailed && !delivery.Failure.ConcernsRecord) break;
        }

        if (deliveries.Count > 0) OnProduced?.Invoke();
        producer.Flush(cancellation);
    }

    private void Enqueue(Delivery delivery, CancellationToken cancellation)
    {
        delivery.Begin();
        while (true)
        {
            try
            {
                producer.Produce(delivery.To, delivery.Message, delivery.Done);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(QueueFullPause);
            }
            catch (ProduceException<byte[]?, byte[]?> refused)
            {
                delivery.Fail(refused.Error);
                return;
            }
        }
    }

    private sealed class Delivery(TopicPartition to, Message<byte[]?, byte[]?> message)
    {
        // Written by the client's thread; the flush that the reader waits for orders it.
        private Error? _outcome;
        private bool _mayBeKept;

        public TopicPartition To => to;

        public Message<byte[]?, byte[]?> Message => message;

        /// <summary>The broker will never take it.</summary>
        public bool IsRefused { get; set; }

        /// <summary>Still to be sent.</summary>
        public bool IsPending => !IsRefused && Volatile.Read(ref _outcome) is not { IsError: false };

        public bool HasFailed => Volatile.Read(ref _outcome) is { IsError: true };

        public DeliveryFailure Failure => new(To.Topic, Volatile.Read(ref _outcome) ?? new Error(ErrorCode.Local_InProgress))
        {
            MayBeKept = _mayBeKept,
        };

        public void Begin() => Volatile.Write(ref _outcome, null);

        public void Fail(Error error)
        {
            _mayBeKept = false;
            Volatile.Write(ref _outcome, error);
        }

        public void Done(DeliveryReport<byte[]?, byte[]?> report)
        {
            _mayBeKept = report.Status == PersistenceStatus.PossiblyPersisted;
            Volatile.Write(ref _outcome, report.Status == PersistenceStatus.Persisted ? new Error(ErrorCode.NoError) : report.Error);
        }
    }
}

/// <summary>A record that the broker will never take.</summary>
public sealed record RefusedRecord(TopicPartition To, Message<byte[]?, byte[]?> Message, Error Error);

/// <summary>The failed delivery of one record.</summary>
public sealed record DeliveryFailure(string Topic, Error Error)
{
    /// <summary>
    /// Whether the broker may have kept the record although it did not say so. Who sends it again may send it twice: readers can drop a
    /// second record with the same id, but not make up a missing one.
    /// </summary>
    public bool MayBeKept { get; init; }

    /// <summary>Whether this producer can't deliver anything any more.</summary>
    public bool IsFatal => Error.EndsClient();

    /// <summary>Whether it is this record that is refused, and not any record now.</summary>
    public bool ConcernsRecord =>
        Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp;

    /// <summary>Whether sending again may help without a change of settings or topics.</summary>
    public bool IsTransient =>
        !IsFatal && Error.Code is ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.Local_Transport
        or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_InProgress or ErrorCode.NotEnoughReplicas
            or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.RequestTimedOut or ErrorCode.NetworkException
        or ErrorCode.ThrottlingQuotaExceeded or ErrorCode.Local_UnknownPartition;
}
