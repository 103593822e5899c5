using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Simulator;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Cli.Demo;

/// <summary>
/// Sends the story to the metrics topic, no faster than the detectors read: the embedded broker forgets what is more than a few megabytes
/// old, and an alert shall not come long after the simulated moment that it is about.
/// </summary>
internal sealed class FleetProducer : IDisposable
{
    // About half a megabyte.
    private const int MostUnread = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly IConsumer<byte[]?, byte[]?> _group;
    private readonly TopicPartition[] _partitions;
    private readonly string _topic;

    // Runs while the group's offsets can't be had.
    private readonly Stopwatch _silence = new();

    private long _samples;
    private long _elapsed;
    private long _sent;
    private long _read;
    private Error? _failure;

    public FleetProducer(KafkaOptions kafka, TopicNames topics, int partitions, string detectorGroup, ILogger log)
    {
        _topic = topics.Metrics;
        _partitions = [.. Enumerable.Range(0, partitions).Select(p => new TopicPartition(_topic, p))];
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka, "demo-fleet")).LogTo(log).Build();
        // Asks for the group's offsets only; it never joins.
        _group = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(kafka, "demo-fleet", detectorGroup)).LogTo(log).Build();
    }

    /// <summary>Samples sent so far.</summary>
    public long Samples => Interlocked.Read(ref _samples);

    /// <summary>Simulated time so far.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _elapsed));

    /// <summary>Sends the whole story, and returns when the detectors have committed the last record.</summary>
    /// <param name="fleet">The story.</param>
    /// <param name="duration">Wall time of the part with the faults; null for as fast as the detectors go, as the quiet part always
    /// is.</param>
    /// <param name="learned">Is called where the quiet part is over and read.</param>
    /// <param name="stop">Gives up.</param>
    public void Produce(FleetSimulator fleet, TimeSpan? duration, Action learned, CancellationToken stop)
    {
        var clock = new Stopwatch();
        var calm = (int)(fleet.Story.Calm / fleet.Story.Interval);
        var messages = new List<FleetMessage>();
        for (var index = 0; fleet.Next(messages); index++)
        {
            if (index == calm)
            {
                WaitForReaders(0, stop);
                learned();
                clock.Start();
            }

            foreach (var message in messages) Send(message);
            messages.Clear();
            Interlocked.Exchange(ref _elapsed, (fleet.Story.Interval * (index + 1)).Ticks);
            if (duration is { } whole && index >= calm)
                WaitUntil(whole * ((index + 1.0 - calm) / (fleet.Story.Moments - calm)), clock, stop);
            WaitForReaders(MostUnread, stop);
        }

        _producer.Flush(stop);
        WaitForReaders(0, stop);
    }

    /// <summary>Says that the training runs of the fleet are over.</summary>
    public void Finish(FleetSimulator fleet)
    {
        Send(fleet.Finish());
        _producer.Flush(Patience);
    }

    public void Dispose()
    {
        _group.Dispose();
        _producer.Dispose();
    }

    private void Send(in FleetMessage message)
    {
        _producer.Produce(
            _topic,
            new()
            {
                Key = Encoding.UTF8.GetBytes(message.Model),
                Value = message.Value,
                Timestamp = new Confluent.Kafka.Timestamp(message.Time.UnixMilliseconds, TimestampType.CreateTime),
            },
            report =>
            {
                if (report.Error.IsError) _failure = report.Error;
            });
        _sent++;
        Interlocked.Add(ref _samples, message.Samples);
    }

    private static void WaitUntil(TimeSpan time, Stopwatch clock, CancellationToken stop)
    {
        var ahead = time - clock.Elapsed;
        if (ahead > TimeSpan.FromMilliseconds(15)) stop.WaitHandle.WaitOne(ahead);
        stop.ThrowIfCancellationRequested();
    }

    private void WaitForReaders(int unread, CancellationToken stop)
    {
        while (_sent - _read > unread)
        {
            stop.ThrowIfCancellationRequested();
            if (_failure is { } failure) throw new KafkaException(failure);
            _read = ReadByDetectors();
            if (_sent - _read > unread) stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
        }
    }

    private long ReadByDetectors()
    {
        try
        {
            var committed = _group.Committed(_partitions, Patience).Sum(p => p.Offset == Offset.Unset ? 0 : p.Offset.Value);
            _silence.Reset();
            return committed;
        }
        catch (KafkaException failure) when (!failure.Error.EndsClient() && _silence.Elapsed < Patience)
        {
            // A cluster that has just started, or moves the group's coordinator, refuses for a while.
            _silence.Start();
            return _read;
        }
    }
}
