using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka.Status;

/// <summary>Reads the status topic: the last status of each partition of each role. Joins no group and leaves no trace.</summary>
/// <remarks>
/// A status bears the time of its writer's clock, which may be another than the reader's. Of one that comes while somebody follows the
/// topic the reader's own clock says when it came, so that nobody is dead, or of a time to come, because a host's clock is off.
/// </remarks>
/// <param name="kafka">The cluster.</param>
/// <param name="topics">The topics.</param>
/// <param name="logger">Takes what the client says.</param>
/// <param name="time">The clock of whoever follows the topic, reading every few seconds; null for one who reads once.</param>
public sealed class StatusReader(KafkaOptions kafka, TopicNames topics, ILogger logger, TimeProvider? time = null) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, PartitionStatus> _statuses = [];
    private readonly Dictionary<TopicPartition, long> _positions = [];
    private bool _isFollowed;
    private readonly IConsumer<byte[]?, byte[]?> _consumer =
        new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(kafka, "status", kafka.ClientId + "-status")).LogTo(logger).Build();

    /// <summary>Reads on to the end of the topic.</summary>
    /// <returns>The last status of each role and partition; empty where there is no such topic, or nobody has written to it.</returns>
    /// <exception cref="KafkaException">The cluster does not answer.</exception>
    public IReadOnlyCollection<PartitionStatus> Read(CancellationToken stop)
    {
        if (_positions.Count == 0) Assign();
        var ends = Ends();
        if (ends.Any(end => end.Value < _positions[end.Key]))
        {
            // The topic was deleted and created again.
            _statuses.Clear();
            Assign();
            ends = Ends();
        }

        while (ends.Any(end => _positions[end.Key] < end.Value))
        {
            stop.ThrowIfCancellationRequested();
            if (_consumer.Consume(Patience) is not { } record)
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{topics.Status} can't be read to its end"));
            Take(record);
        }

        _isFollowed = time is not null;
        return _statuses.Values;
    }

    /// <summary>Number of partitions of the metrics topic; 0 where there is none.</summary>
    /// <exception cref="KafkaException">The cluster does not answer.</exception>
    public int InputPartitions() => PartitionsOf(topics.Metrics).Count;

    /// <summary>Whether a topic holds records.</summary>
    /// <exception cref="KafkaException">The cluster does not answer.</exception>
    public bool HoldsRecords(string topic) => PartitionsOf(topic)
        .Select(partition => _consumer.QueryWatermarkOffsets(new(topic, partition.PartitionId), Patience))
        .Any(log => log.High > log.Low);

    public void Dispose() => _consumer.Dispose();

    private Dictionary<TopicPartition, long> Ends() =>
        _positions.Keys.ToDictionary(partition => partition, partition => _consumer.QueryWatermarkOffsets(partition, Patience).High.Value);

    private void Assign()
    {
        _positions.Clear();
        _isFollowed = false;
        foreach (var partition in PartitionsOf(topics.Status))
        {
            var one = new TopicPartition(topics.Status, partition.PartitionId);
            _positions.Add(one, _consumer.QueryWatermarkOffsets(one, Patience).Low.Value);
        }

        _consumer.Assign(_positions.Select(position => new TopicPartitionOffset(position.Key, position.Value)));
    }

    // To ask for a topic by its name may make it.
    private List<PartitionMetadata> PartitionsOf(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        return admin.GetMetadata(Patience).Topics.Find(found => found.Topic == topic)?.Partitions ?? [];
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> record)
    {
        _positions[record.TopicPartition] = record.Offset.Value + 1;
        if (record.Message.Key is not { } key) return;
        if (record.Message.Value is not { } value) _statuses.Remove(Encoding.UTF8.GetString(key));
        else if (PartitionStatus.Read(value) is { } status)
            _statuses[status.Key] = _isFollowed ? status with { At = time!.GetUtcNow() } : status;
    }
}
