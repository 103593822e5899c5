using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Kafka;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>Reads the alerts topic from its beginning while detectors die, as a consumer of it would.</summary>
internal sealed class AlertReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<(int Partition, long Offset, EventPrint Event)> _read = [];
    private readonly ConcurrentDictionary<string, long> _seen = [];
    private readonly Task _work;

    public AlertReader(DetectorOnKafka rig) =>
        _work = Task.Factory.StartNew(() => Run(rig), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>When the first event of a model could be read (<see cref="Stopwatch.GetTimestamp"/>); null where none was yet.</summary>
    public long? SeenAt(string model) => _seen.TryGetValue(model, out var when) ? when : null;

    /// <summary>Ends the reading once so many events were read, and returns them by partition and offset.</summary>
    public List<EventPrint> End(int atLeast)
    {
        SpinWait.SpinUntil(() => _work.IsCompleted || Count() >= atLeast, Patience);
        _stop.Cancel();
        _work.GetAwaiter().GetResult();
        return [.. _read.OrderBy(read => read.Partition).ThenBy(read => read.Offset).Select(read => read.Event)];
    }

    public void Dispose()
    {
        _stop.Cancel();
        _work.ContinueWith(work => _ = work.Exception, TaskScheduler.Default).Wait();
        _stop.Dispose();
    }

    private int Count()
    {
        lock (_read) return _read.Count;
    }

    private void Run(DetectorOnKafka rig)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(rig.Options, "reader", "reader")).Build();
        consumer.Assign(Enumerable.Range(0, rig.Partitions).Select(partition =>
            new TopicPartitionOffset(rig.Topics.Alerts, partition, Offset.Beginning)));
        while (!_stop.IsCancellationRequested)
        {
            if (consumer.Consume(100) is not { } alert) continue;
            lock (_read) _read.Add((alert.Partition.Value, alert.Offset.Value, EventPrint.Of(alert.Message.Value!)));
            _seen.TryAdd(Encoding.UTF8.GetString(alert.Message.Key!), Stopwatch.GetTimestamp());
        }
    }
}
