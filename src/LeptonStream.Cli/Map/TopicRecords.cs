using Confluent.Kafka;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Cli.Map;

/// <summary>
/// The newest or the oldest records of a topic, in the order in which they came. Joins no group and commits nothing; what cannot be decoded
/// is passed by.
/// </summary>
internal sealed class TopicRecords(KafkaOptions kafka, string topic, int most, bool fromStart)
{
    // Large records in large numbers fit into no memory.
    private const long MostBytes = 256 << 20;

    // Of a topic, the record that goes first comes out first where there are more than wanted.
    private readonly PriorityQueue<ConsumeResult<byte[]?, byte[]?>, (long Time, int Partition, long Offset)> _kept = new(
        fromStart ? Comparer<(long, int, long)>.Create((one, other) => other.CompareTo(one)) : null);

    private long _bytes;

    /// <summary>Its partitions.</summary>
    public int Partitions { get; private set; }

    /// <summary>Offsets that there are.</summary>
    public long Count { get; private set; }

    /// <summary>Records that could not be decoded.</summary>
    public long Undecoded { get; private set; }

    /// <summary>Whether there are fewer records than asked for, since more take too much memory.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads them.</summary>
    /// <exception cref="KafkaException">No broker answers, or it says no.</exception>
    /// <exception cref="InvalidOperationException">There is no such topic.</exception>
    public IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(CancellationToken stop)
    {
        using var log = new LogReader(kafka, NullLogger.Instance, "map");
        var partitions = log.PartitionsOf(topic, stop);
        if (partitions.Count == 0) throw new InvalidOperationException($"there is no topic '{topic}' on {kafka.BootstrapServers}");
        Partitions = partitions.Count;
        foreach (var partition in partitions)
        {
            var (low, high) = log.Ends(partition);
            Count += high - low;
            Keep(log.Read(partition, fromStart ? low : Math.Max(low, high - most), fromStart ? Math.Min(high, low + most) : high, stop));
        }

        Undecoded = log.Undecoded;
        return _kept.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element);
    }

    // The time of a record is not before that of one ahead of it in its partition: so the order of a partition stays.
    private void Keep(IEnumerable<ConsumeResult<byte[]?, byte[]?>> records)
    {
        var time = long.MinValue;
        foreach (var record in records)
        {
            time = Math.Max(time, record.Message.Timestamp.UnixTimestampMs);
            _kept.Enqueue(record, (time, record.Partition.Value, record.Offset.Value));
            _bytes += SizeOf(record);
            while (_kept.Count > most || (_bytes > MostBytes && _kept.Count > 1))
            {
                IsCut |= _kept.Count <= most;
                _bytes -= SizeOf(_kept.Dequeue());
            }
        }
    }

    private static int SizeOf(ConsumeResult<byte[]?, byte[]?> record) => record.Message.Value?.Length ?? 0;
}
