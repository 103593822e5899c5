using Confluent.Kafka;

namespace LeptonStream.Kafka;

/// <summary>
/// Produces the records of one batch and knows which the broker has acknowledged. What it has not acknowledged can be sent again,
/// in the same order; nothing is forgotten on a failure.
/// </summary>
public sealed class Deliveries(IProducer<byte[]?, byte[]?> producer)
{
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(20);

    private readonly List<Delivery> _deliveries = [];

    /// <summary>How many records there are.</summary>
    public int Count => _deliveries.Count;

    /// <summary>Adds a record; <see cref="Send"/> sends it.</summary>
    /// <param name="to">The topic, and the partition where it matters (else <see cref="Partition.Any"/>).</param>
    /// <param name="message">The record.</param>
    public void Add(TopicPartition to, Message<byte[]?, byte[]?> message) => _deliveries.Add(new Delivery(to, message));

    /// <summary>Sends every record that is not acknowledged yet and waits until each one is acknowledged or given up by the client.</summary>
    /// <returns>The first failure, with the topic it happened on; null when all records are acknowledged.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; what is acknowledged by then stays so.</exception>
    public DeliveryFailure? Send(CancellationToken cancellation)
    {
        foreach (var delivery in _deliveries)
            if (!delivery.IsAcknowledged && Enqueue(delivery, cancellation) is { } refused) return refused;
        producer.Flush(cancellation);

        foreach (var delivery in _deliveries)
            if (!delivery.IsAcknowledged) return new DeliveryFailure(delivery.To.Topic, delivery.Error);
        return null;
    }

    /// <summary>Forgets all records.</summary>
    public void Clear() => _deliveries.Clear();

    private DeliveryFailure? Enqueue(Delivery delivery, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                producer.Produce(delivery.To, delivery.Message, delivery.Done);
                return null;
            }
            catch (ProduceException<byte[]?, byte[]?> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(QueueFullPause);
            }
            catch (ProduceException<byte[]?, byte[]?> refused)
            {
                return new DeliveryFailure(delivery.To.Topic, refused.Error);
            }
        }
    }

    private sealed class Delivery(TopicPartition to, Message<byte[]?, byte[]?> message)
    {
        // Written by the client's thread; the flush that the reader waits for orders it.
        private Error? _outcome;

        public TopicPartition To => to;

        public Message<byte[]?, byte[]?> Message => message;

        public bool IsAcknowledged => Volatile.Read(ref _outcome) is { IsError: false };

        public Error Error => Volatile.Read(ref _outcome) ?? new Error(ErrorCode.Local_InProgress);

        public void Done(DeliveryReport<byte[]?, byte[]?> report) => Volatile.Write(ref _outcome,
            // "Possibly persisted" is sent again: readers can drop a second record with the same id, but not make up a missing one.
            report.Status == PersistenceStatus.Persisted ? new Error(ErrorCode.NoError) : report.Error);
    }
}

/// <summary>Why a record could not be delivered.</summary>
public sealed record DeliveryFailure(string Topic, Error Error)
{
    /// <summary>Whether this producer can't deliver anything any more.</summary>
    public bool IsFatal => Error.EndsClient();

    /// <summary>Whether sending again may help without anybody changing anything.</summary>
    public bool IsTransient => !IsFatal && Error.Code is ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.Local_Transport
        or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_InProgress or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.RequestTimedOut or ErrorCode.NetworkException
        or ErrorCode.ThrottlingQuotaExceeded;
}
