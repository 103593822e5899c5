using Confluent.Kafka;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Notifier.Channels;

/// <summary>The one producer of all channels that write to topics; made when the first one writes.</summary>
internal sealed class KafkaWriter(KafkaOptions options) : IDisposable
{
    private readonly Lock _making = new();
    private IProducer<string, byte[]>? _producer;

    /// <summary>Writes one record, and waits for the broker.</summary>
    /// <exception cref="KafkaException">The broker did not take it.</exception>
    public Task<DeliveryResult<string, byte[]>> Write(string topic, Message<string, byte[]> message, CancellationToken cancellation) =>
        Producer().ProduceAsync(topic, message, cancellation);

    public void Dispose() => _producer?.Dispose();

    // One that could not be made, since a certificate was not there yet, is made by the next write.
    private IProducer<string, byte[]> Producer()
    {
        lock (_making)
            return _producer ??= new ProducerBuilder<string, byte[]>(ClientSettings.Producer(options, "notifications"))
                .LogTo(NullLogger.Instance).Build();
    }
}
