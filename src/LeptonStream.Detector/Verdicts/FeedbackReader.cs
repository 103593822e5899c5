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
    private const int MostWaiting = 1_000;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<Action<IConsumer<byte[]?, byte[]?>>> _orders = new();
    private readonly ConcurrentQueue<ConsumeResult<byte[]?, byte[]?>> _found = new();
    private readonly HashSet<int> _followed = [];
    private readonly CancellationTokenSource _stop = new();
    private Task? _work;

    /// <summary>Whether the verdicts of a partition are read.</summary>
    public bool Follows(int partition) => _followed.Contains(partition);

    /// <summary>Reads the verdicts of a partition.</summary>
    /// <param name="partition">Its number.</param>
    /// <param name="from">The offset of the first that is not heard yet.</param>
    public void Follow(int partition, long from)
    {
        if (!_followed.Add(partition)) return;
        var place = new TopicPartitionOffset(topics.Feedback, partition, from);
        _orders.Enqueue(consumer => consumer.IncrementalAssign([place]));
        _work ??= Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Leaves a partition that has another owner now.</summary>
    public void Leave(int partition)
    {
        if (!_followed.Remove(partition)) return;
        var place = new TopicPartition(topics.Feedback, partition);
        _orders.Enqueue(consumer => consumer.IncrementalUnassign([place]));
    }

    /// <summary>The next record of a followed partition; null where none has come.</summary>
    public ConsumeResult<byte[]?, byte[]?>? Next()
    {
        while (_found.TryDequeue(out var record))
            if (_followed.Contains(record.Partition.Value)) return record;
        return null;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _work?.ContinueWith(_ => _stop.Dispose(), TaskScheduler.Default);
    }

    private void Run()
    {
        var settings = ClientSettings.Consumer(kafka, "feedback", kafka.ClientId + "-feedback");
        // Nobody waits for a verdict by the millisecond.
        settings.FetchWaitMaxMs = 500;
        settings.QueuedMaxMessagesKbytes = 1024;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).LogTo(logger).Build();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                while (_orders.TryDequeue(out var order)) order(consumer);
                if (_found.Count >= MostWaiting) _stop.Token.WaitHandle.WaitOne(Step);
                else if (consumer.Consume(Step) is { } record) _found.Enqueue(record);
            }
            catch (KafkaException failure)
            {
                Log.Again(logger, topics.Feedback, failure.Error.Words());
                _stop.Token.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Warning, "{Topic} can't be read now and is tried again: {Reason}")]
        public static partial void Again(ILogger logger, string topic, string reason);
    }
}
