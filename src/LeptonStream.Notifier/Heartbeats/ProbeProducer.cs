using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Heartbeats;

/// <summary>Sends probes to the metrics topic.</summary>
internal sealed class ProbeProducer(IOptions<KafkaOptions> options, TopicNames topics, ILogger<ProbeProducer> logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lazy<IProducer<byte[]?, byte[]?>> _producer = new(() =>
        new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(options.Value, "probes")).LogTo(logger).Build());

    /// <summary>Sends a probe to every partition, and waits until the broker has them all.</summary>
    /// <returns>Number of partitions.</returns>
    /// <exception cref="KafkaException">The broker does not answer, has no such topic, or did not take one.</exception>
    public async Task<int> Send(Probe probe, CancellationToken stop)
    {
        var partitions = await Task.Run(Partitions, stop);
        await Task.WhenAll(partitions.Select(partition =>
            _producer.Value.ProduceAsync(new TopicPartition(topics.Metrics, partition), ProbeRecord.Of(probe), stop)));
        return partitions.Length;
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated) BoundedClose.Run(_producer.Value.Dispose, Patience);
    }

    private int[] Partitions()
    {
        using var admin = new DependentAdminClientBuilder(_producer.Value.Handle).Build();
        var topic = admin.GetMetadata(topics.Metrics, Patience).Topics.Single();
        if (topic.Error.IsError) throw new KafkaException(topic.Error);
        return [.. topic.Partitions.Select(partition => partition.PartitionId)];
    }
}
