using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Kafka;

namespace LeptonStream.Testing;

/// <summary>Writes to and reads from topics on behalf of a test, without a group and without leaving traces.</summary>
public sealed class TopicProbe : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly KafkaOptions _options;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly ConcurrentDictionary<string, IConsumer<byte[]?, byte[]?>> _askers = [];

    public TopicProbe(KafkaOptions options)
    {
        _options = options;
        var settings = ClientSettings.Producer(options, "probe");
        // Tests send what a careful client would refuse to.
        settings.MessageMaxBytes = 8 * 1024 * 1024;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(settings).Build();
    }

    /// <summary>Writes records to one partition, in order, and returns when the broker has them all.</summary>
    public void Produce(string topic, int partition, IEnumerable<Message<byte[]?, byte[]?>> records)
    {
        var failed = new List<string>();
        foreach (var record in records)
            _producer.Produce(new TopicPartition(topic, partition), record, report =>
            {
                if (report.Error.IsError) lock (failed) failed.Add(report.Error.Reason);
            });
        _producer.Flush(Patience);
        if (failed.Count > 0) throw new InvalidOperationException($"{failed.Count} records refused by {topic}/{partition}: {failed[0]}");
    }

    public void ProduceText(string topic, int partition, params string[] values) => Produce(topic, partition,
        values.Select(value => new Message<byte[]?, byte[]?> { Key = "key"u8.ToArray(), Value = Encoding.UTF8.GetBytes(value) }));

    /// <summary>The header of the newest snapshot of a partition.</summary>
    public ConsumeResult<byte[]?, byte[]?> NewestHeader(string stateTopic, int partition) => Read(stateTopic)
        .Last(record => record.Partition.Value == partition && record.Message.Key.AsSpan().StartsWith("header/"u8));

    /// <summary>
    /// Everything that is in a topic, by partition and offset. Waits until there are at least <paramref name="atLeast"/> records;
    /// returns what there is when the time is over.
    /// </summary>
    public List<ConsumeResult<byte[]?, byte[]?>> Read(string topic, int atLeast = 0, TimeSpan? within = null)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(_options, "probe", "probe")).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Select(p => new TopicPartition(topic, p.PartitionId))
            .ToArray();
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        var results = new List<ConsumeResult<byte[]?, byte[]?>>();
        for (var deadline = DateTime.UtcNow + (within ?? Patience); ;)
        {
            var ends = partitions.ToDictionary(p => p, p => consumer.QueryWatermarkOffsets(p, Patience));
            while (partitions.Any(p =>
                ends[p].High > ends[p].Low && (consumer.Position(p) == Offset.Unset || consumer.Position(p) < ends[p].High))
                && DateTime.UtcNow < deadline)
                if (consumer.Consume(100) is { } result) results.Add(result);
            if (results.Count >= atLeast || DateTime.UtcNow >= deadline) break;
            Thread.Sleep(50);
        }

        return [.. results.OrderBy(r => r.Partition.Value).ThenBy(r => r.Offset.Value)];
    }

    /// <summary>How many records lie in a topic without transactions, without reading them.</summary>
    public long Count(string topic) => Ends(topic).Values.Sum(ends => ends.High - ends.Low);

    /// <summary>The first offset of each partition and the one behind its last.</summary>
    public Dictionary<int, (long Low, long High)> Ends(string topic)
    {
        var asker = _askers.GetOrAdd("probe",
            name => new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(_options, "probe", name)).Build());
        // Whoever is asked for the ends must know of all partitions.
        using var admin = new DependentAdminClientBuilder(asker.Handle).Build();
        return admin.GetMetadata(topic, Patience).Topics.Single().Partitions.ToDictionary(partition => partition.PartitionId, partition =>
        {
            var ends = asker.QueryWatermarkOffsets(new(topic, partition.PartitionId), Patience);
            return (ends.Low.Value, ends.High.Value);
        });
    }

    /// <summary>The offset a group has committed for a partition; null where it has none, or where nobody can tell now.</summary>
    public long? Committed(string group, string topic, int partition)
    {
        // A client of its own for each question would cost more than what is waited for.
        var consumer = _askers.GetOrAdd(group,
            name => new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(_options, "probe", name)).Build());
        try
        {
            var offset = consumer.Committed([new TopicPartition(topic, partition)], Patience).Single().Offset;
            return offset == Offset.Unset ? null : offset.Value;
        }
        catch (KafkaException moving) when (moving.Error.Code is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupLoadInProgress
            or ErrorCode.GroupCoordinatorNotAvailable)
        {
            return null;
        }
    }

    /// <summary>A header of a record as text; null where it has none of that name.</summary>
    public static string? Header(ConsumeResult<byte[]?, byte[]?> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    public void Dispose()
    {
        foreach (var asker in _askers.Values) asker.Dispose();
        _producer.Dispose();
    }
}
