using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Produces records that nobody waits for, and that may be lost. It is another producer than that of alerts: these would wait where a
/// partition of the others takes nothing.
/// </summary>
/// <param name="kafka">Address of Kafka and credentials.</param>
/// <param name="role">The role, for the client's id.</param>
/// <param name="logger">The role's log.</param>
public sealed partial class UnawaitedProducer(KafkaOptions kafka, string role, ILogger logger) : IDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private IProducer<byte[]?, byte[]?>? _producer;

    /// <summary>Produces a record.</summary>
    public void Publish(string topic, Message<byte[]?, byte[]?> message)
    {
        try
        {
            _producer ??= new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.UnawaitedProducer(kafka, role)).LogTo(logger).Build();
            _producer.Produce(topic, message);
        }
        catch (ProduceException<byte[]?, byte[]?> lost)
        {
            Log.NotPublished(logger, topic, lost.Error.Reason);
        }
    }

    public void Dispose()
    {
        if (_producer is { } producer) BoundedClose.Run(producer.Dispose, CloseLimit);
    }

    private static partial class Log
    {
        [LoggerMessage(4014, LogLevel.Debug, "A record for {Topic} is lost: {Reason}")]
        public static partial void NotPublished(ILogger logger, string topic, string reason);
    }
}
