using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.State;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector.Snapshots;

/// <summary>Reads parts of partitions from one offset to another. Joins no group and commits nothing.</summary>
internal sealed class LogReader : IDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;

    public LogReader(KafkaOptions kafka, ILogger logger)
    {
        var settings = ClientSettings.Consumer(kafka, "restore", kafka.ClientId + "-restore");
        settings.EnablePartitionEof = true;
        // The real end: also of what a transaction that nobody ends keeps others from reading.
        settings.IsolationLevel = IsolationLevel.ReadUncommitted;
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).LogTo(logger).Build();
    }

    /// <summary>The first offset of a partition and the one behind its last, as the broker says now.</summary>
    /// <exception cref="KafkaException">The broker does not answer, or there is no such partition.</exception>
    public (long Low, long High) Ends(TopicPartition partition)
    {
        var ends = _consumer.QueryWatermarkOffsets(partition, Answer);
        return (ends.Low.Value, ends.High.Value);
    }

    /// <summary>The records from one offset to before another.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    /// <exception cref="SnapshotCorruptException">They can't be read.</exception>
    public IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(TopicPartition partition, long from, long to, CancellationToken stop)
    {
        if (from >= to) yield break;
        _consumer.Assign(new TopicPartitionOffset(partition, from));
        for (var next = from; next < to;)
        {
            var record = Next(partition, stop);
            next = record.Offset.Value + (record.IsPartitionEOF ? 0 : 1);
            if (record.IsPartitionEOF && next >= to) break;
            if (!record.IsPartitionEOF && record.Offset.Value < to) yield return record;
        }

        _consumer.Unassign();
    }

    public void Dispose() => _consumer.Dispose();

    private ConsumeResult<byte[]?, byte[]?> Next(TopicPartition partition, CancellationToken stop)
    {
        try
        {
            for (var waited = TimeSpan.Zero; waited < Patience; waited += Step)
            {
                stop.ThrowIfCancellationRequested();
                if (_consumer.Consume(Step) is { } record) return record;
            }
        }
        catch (ConsumeException failure) when (!failure.Error.EndsClient())
        {
            throw new SnapshotCorruptException($"{partition} can't be read: {failure.Error.Reason}");
        }

        throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{partition} can't be read to its end"));
    }

    private static TimeSpan Step => TimeSpan.FromMilliseconds(200);
}
