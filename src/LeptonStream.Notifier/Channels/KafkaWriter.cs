using Confluent.Kafka;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Notifier.Channels;

/// <summary>The one producer of all channels that write to topics; made when the first one writes.</summary>
internal sealed class KafkaWriter(KafkaOptions options) : IDisposable
{
    private readonly Lazy<IProducer<string, byte[]>> _producer = new(() =>
        new ProducerBuilder<string, byte[]>(ClientSettings.Producer(options, "notifications")).LogTo(NullLogger.Instance).Build());

    /// <summary>Writes one record, and waits for the broker.</summary>
    /// <exception cref="KafkaException">The broker did not take it.</exception>
    public Task<DeliveryResult<string, byte[]>> Write(string topic, Message<string, byte[]> message, CancellationToken cancellation) =>
        _producer.Value.ProduceAsync(topic, message, cancellation);

    public void Dispose()
    {
        if (_producer.IsValueCreated) _producer.Value.Dispose();
    }
}
