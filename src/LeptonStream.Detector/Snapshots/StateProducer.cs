using Confluent.Kafka;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// Writes snapshots. It is another producer than that of alerts, which would wait for megabytes of chunks in front of them. After an error
/// that ends it, the next write begins with a new one: a snapshot that failed is no loss.
/// </summary>
internal sealed class StateProducer(KafkaOptions kafka, TopicNames topics, ILogger logger) : IDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private IProducer<byte[]?, byte[]?>? _producer;
    private volatile bool _isBroken;

    /// <summary>Sends a record, without waiting for it.</summary>
    /// <returns>Its fate.</returns>
    public StateWrite Write(int partition, string key, byte[] value)
    {
        var write = new StateWrite();
        try
        {
            Producer().Produce(new TopicPartition(topics.State, partition), new()
                { Key = StateKeys.Bytes(key), Value = value }, write.Done);
        }
        catch (ProduceException<byte[]?, byte[]?> refused)
        {
            write.Fail(refused.Error);
        }

        return write;
    }

    public void Dispose()
    {
        if (_producer is { } producer) BoundedClose.Run(producer.Dispose, CloseLimit);
        _producer = null;
    }

    private IProducer<byte[]?, byte[]?> Producer()
    {
        if (_isBroken) Dispose();
        _isBroken = false;
        return _producer ??= new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka, "state"))
            .LogTo(logger, _ => _isBroken = true).Build();
    }
}

/// <summary>The fate of one record of the state topic. Written by the client's thread.</summary>
internal sealed class StateWrite
{
    private Error? _outcome;
    private long _offset;

    /// <summary>Whether the broker has acknowledged it, or the client has given up.</summary>
    public bool IsDone => Volatile.Read(ref _outcome) is not null;

    /// <summary>Why it failed; null where it did not.</summary>
    public Error? Failure => Volatile.Read(ref _outcome) is { IsError: true } error ? error : null;

    /// <summary>Its offset, once it is acknowledged.</summary>
    public long Offset => Volatile.Read(ref _offset);

    public void Done(DeliveryReport<byte[]?, byte[]?> report)
    {
        Volatile.Write(ref _offset, report.Offset.Value);
        Fail(report.Error);
    }

    public void Fail(Error error) => Volatile.Write(ref _outcome, error);
}
