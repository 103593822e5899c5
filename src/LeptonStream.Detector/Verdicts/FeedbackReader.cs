using System.Collections.Concurrent;
using Confluent.Kafka;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector.Verdicts;

/// <summary>
/// Reads the verdicts of some partitions of the feedback topic, on a thread of its own, from the offsets that their owner names. It joins
/// no group and commits nothing: how far a partition's verdicts are heard is part of its state. Its client begins with the first partition.
/// All but the thread's own work is for the worker's thread.
/// </summary>
internal sealed partial class FeedbackReader(KafkaOptions kafka, TopicNames topics, ILogger logger) : IDisposable
{
    // Verdicts are people's: more than this wait in the topic.
    private const int MaxWaiting = 64;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<(int Turn, ConsumeResult<byte[]?, byte[]?> Record)> _found = new();
    private readonly ConcurrentDictionary<int, (int Turn, long From)> _followed = [];
    private readonly CancellationTokenSource _stop = new();
    private int _turns;
    private Task? _work;

    /// <summary>Whether the verdicts of a partition are read.</summary>
    public bool Follows(int partition) => _followed.ContainsKey(partition);

    /// <summary>Reads the verdicts of a partition.</summary>
    /// <param name="partition">Its number.</param>
    /// <param name="from">The offset of the first that is not heard yet.</param>
    public void Follow(int partition, long from)
    {
        _followed[partition] = (++_turns, from);
        _work ??= Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Leaves a partition that has another owner now.</summary>
    public void Leave(int partition) => _followed.TryRemove(partition, out _);

    /// <summary>The next record of a followed partition; null where none has come.</summary>
    public ConsumeResult<byte[]?, byte[]?>? Next()
    {
        // What was read before the partition was left and followed again is read again.
        while (_found.TryDequeue(out var found))
            if (_followed.TryGetValue(found.Record.Partition.Value, out var place) && place.Turn == found.Turn) return found.Record;
        return null;
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_work is { } work) BoundedClose.After(work, _stop.Dispose);
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Read();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Log.Again(logger, topics.Feedback, (failure as KafkaException)?.Error.Words() ?? failure.Message);
                _stop.Token.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private void Read()
    {
        var settings = ClientSettings.Consumer(kafka, "feedback", kafka.ClientId + "-feedback");
        // Nobody waits for a verdict by the millisecond.
        settings.FetchWaitMaxMs = 500;
        settings.QueuedMaxMessagesKbytes = 1024;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).LogTo(logger).Build();
        var assigned = new Dictionary<int, (int Turn, long Next)>();
        while (!_stop.IsCancellationRequested)
        {
            Assign(consumer, assigned);
            if (_found.Count >= MaxWaiting || assigned.Count == 0) _stop.Token.WaitHandle.WaitOne(Step);
            else if (consumer.Consume(Step) is { } record && assigned.TryGetValue(record.Partition.Value, out var place))
            {
                _followed.TryUpdate(record.Partition.Value, (place.Turn, record.Offset.Value + 1), (place.Turn, place.Next));
                assigned[record.Partition.Value] = (place.Turn, record.Offset.Value + 1);
                _found.Enqueue((place.Turn, record));
            }
        }
    }

    // All at once where anything has changed: partitions come and go with their owners.
    private void Assign(IConsumer<byte[]?, byte[]?> consumer, Dictionary<int, (int Turn, long Next)> assigned)
    {
        var wanted = _followed.ToArray();
        if (wanted.Length == assigned.Count
            && wanted.All(one => assigned.TryGetValue(one.Key, out var place) && place.Turn == one.Value.Turn)) return;
        assigned.Clear();
        foreach (var (partition, place) in wanted) assigned[partition] = (place.Turn, place.From);
        consumer.Assign(assigned.Select(one => new TopicPartitionOffset(topics.Feedback, one.Key, one.Value.Next)));
    }

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Warning, "{Topic} can't be read now and is tried again: {Reason}")]
        public static partial void Again(ILogger logger, string topic, string reason);
    }
}
