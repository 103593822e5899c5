using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Reads parts of partitions from one offset to another. Joins no group and commits nothing. A batch that can't be decoded is passed by:
/// the client itself would report it at the same offset without end.
/// </summary>
public sealed partial class LogReader : IDisposable
{
    // So often a batch is fetched before it counts as one that can't be decoded: its bytes may have been damaged on the way.
    private const int Attempts = 3;

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TopicPartition, List<OffsetRange>> _unreadable = [];
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly ILogger _logger;

    /// <param name="kafka">The cluster.</param>
    /// <param name="logger">Where batches that can't be decoded are logged.</param>
    /// <param name="role">Whoever reads, as a part of the client's name.</param>
    public LogReader(KafkaOptions kafka, ILogger logger, string role = "restore")
    {
        _logger = logger;
        var settings = ClientSettings.Consumer(kafka, role, $"{kafka.ClientId}-{role}");
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

    /// <summary>Records that could not be decoded so far.</summary>
    public long Undecoded => _unreadable.Values.Sum(ranges => ranges.Sum(range => range.To - range.From));

    /// <summary>Whether there is such a partition.</summary>
    /// <exception cref="KafkaException">Nobody answers, or the broker may not say.</exception>
    public bool Exists(TopicPartition partition, CancellationToken stop) =>
        PartitionsOf(partition.Topic, found => found.Contains(partition), stop).Contains(partition);

    /// <summary>The partitions of a topic; none where there is no such topic.</summary>
    /// <exception cref="KafkaException">Nobody answers, or the broker may not say.</exception>
    public IReadOnlyList<TopicPartition> PartitionsOf(string topic, CancellationToken stop) =>
        PartitionsOf(topic, found => found.Length > 0, stop);

    // That something is missing is believed where it comes again: a broker that has just started knows no topic.
    private TopicPartition[] PartitionsOf(string name, Func<TopicPartition[], bool> isEnough, CancellationToken stop)
    {
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        for (var attempt = 1; ; attempt++)
        {
            var topic = admin.GetMetadata(name, Answer).Topics.Single();
            if (topic.Error.IsError && topic.Error.Code is not (ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic))
                throw new KafkaException(topic.Error);
            TopicPartition[] found = [.. topic.Partitions.Select(partition => new TopicPartition(name, partition.PartitionId))];
            if (isEnough(found) || attempt == Attempts) return found;
            if (stop.WaitHandle.WaitOne(Absence)) throw new OperationCanceledException(stop);
        }
    }

    /// <summary>The records from one offset to before another, without those that can't be decoded.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(TopicPartition partition, long from, long to, CancellationToken stop)
    {
        var next = PassBy(partition, from);
        if (next >= to) yield break;
        _consumer.Assign(new TopicPartitionOffset(partition, next));
        while (next < to)
        {
            if (Next(partition, stop, out var isSilent) is not { } record)
            {
                if (FindReadable(partition, next, stop) is { } unreadable) next = PassBy(partition, unreadable.To);
                else if (isSilent)
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{partition.Name()} can't be read to its end"));
                if (next < to) _consumer.Assign(new TopicPartitionOffset(partition, next));
                continue;
            }

            // Where an offset is gone the client begins at the first there is, be that before.
            if (record.Offset.Value < next) continue;
            next = record.Offset.Value + (record.IsPartitionEOF ? 0 : 1);
            if (record.IsPartitionEOF && next >= to) break;
            if (!record.IsPartitionEOF && record.Offset.Value < to) yield return record;
        }

        _consumer.Unassign();
    }

    /// <summary>Looks whether the batch at an offset can be decoded, and if not, where the next one begins.</summary>
    /// <returns>The offsets that can't be read; null where they can.</returns>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public OffsetRange? FindReadable(TopicPartition partition, long from, CancellationToken stop)
    {
        var first = Batch.Readable;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if ((first = Look(partition, from, stop)).IsReadable) return null;
            if (stop.WaitHandle.WaitOne(Step)) throw new OperationCanceledException(stop);
        }

        var end = Ends(partition).High;
        // The batch's length is known to nobody: its end is searched for in steps that double, and then halve.
        var (inside, behind) = (from, from + 1);
        for (var step = 1L; behind < end && !IsBehind(behind); step *= 2) (inside, behind) = (behind, Math.Min(end, behind + step));
        while (behind - inside > 1)
        {
            var middle = inside + ((behind - inside) / 2);
            if (IsBehind(middle)) behind = middle;
            else inside = middle;
        }

        var range = new OffsetRange(from, behind);
        if (!_unreadable.TryGetValue(partition, out var known)) _unreadable.Add(partition, known = []);
        known.Add(range);
        Log.Unreadable(_logger, partition.Name(), range.From, range.To, first.Error);
        return range;

        bool IsBehind(long offset) => Look(partition, offset, stop) is var batch && (batch.IsReadable || batch.Offset > first.Offset);
    }

    public void Dispose() => _consumer.Dispose();

    private long PassBy(TopicPartition partition, long offset)
    {
        foreach (var range in _unreadable.GetValueOrDefault(partition) ?? [])
            if (range.From <= offset && offset < range.To) offset = range.To;
        return offset;
    }

    // Null where the batch that follows may be one that can't be decoded.
    private ConsumeResult<byte[]?, byte[]?>? Next(TopicPartition partition, CancellationToken stop, out bool isSilent)
    {
        isSilent = false;
        try
        {
            if (Wait(Patience, stop) is { } record) return record;
        }
        catch (ConsumeException failure) when (failure.Error.IsUndecodable())
        {
            return null;
        }

        // A broker that answers, but not with records: some damage makes the client wait without a word.
        Ends(partition);
        isSilent = true;
        return null;
    }

    // Whatever comes first is the batch at the offset; behind one that it can't decode the client may be anywhere.
    private Batch Look(TopicPartition partition, long offset, CancellationToken stop)
    {
        _consumer.Assign(new TopicPartitionOffset(partition, offset));
        try
        {
            return Wait(Answer, stop) is not null ? Batch.Readable : new(IsReadable: false, -1, "nothing comes");
        }
        catch (ConsumeException failure) when (failure.Error.IsUndecodable())
        {
            return new(IsReadable: false, failure.ConsumerRecord.Offset.Value, failure.Error.Reason);
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Wait(TimeSpan longest, CancellationToken stop)
    {
        for (var waited = TimeSpan.Zero; waited < longest; waited += Step)
        {
            stop.ThrowIfCancellationRequested();
            if (_consumer.Consume(Step) is { } record) return record;
        }

        return null;
    }

    private readonly record struct Batch(bool IsReadable, long Offset, string Error)
    {
        public static Batch Readable { get; } = new(true, -1, "");
    }

    private static partial class Log
    {
        [LoggerMessage(4031, LogLevel.Error, "{Partition}: records {From} to {To}, the last not among them, can't be decoded: {Reason}")]
        public static partial void Unreadable(ILogger logger, string partition, long from, long to, string reason);
    }
}
