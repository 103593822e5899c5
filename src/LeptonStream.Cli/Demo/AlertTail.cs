using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using LeptonStream.Simulator;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Cli.Demo;

/// <summary>Reads the alerts topic from its beginning and compares its events with the script.</summary>
internal sealed class AlertTail : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly TopicPartition[] _partitions;
    private readonly Verdicts _verdicts;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AlertEvent> _open = [];
    private readonly HashSet<string> _ids = [];
    private readonly Dictionary<int, long> _next = [];

    public AlertTail(KafkaOptions kafka, TopicNames topics, int partitions, Verdicts verdicts, ILogger log)
    {
        _verdicts = verdicts;
        _partitions = [.. Enumerable.Range(0, partitions).Select(p => new TopicPartition(topics.Alerts, p))];
        // A group is a must for the client; without subscription and commits it never comes to be.
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(kafka, "demo", "lepton-demo")).LogTo(log).Build();
        _consumer.Assign(_partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
    }

    /// <summary>Reads until stopped.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record) Take(record);
    }

    /// <summary>Whether everything that is in the topic now has been read.</summary>
    public bool IsAtEnd()
    {
        var ends = _partitions.ToDictionary(p => p.Partition.Value, p => _consumer.QueryWatermarkOffsets(p, Patience));
        lock (_lock) return ends.All(end => _next.GetValueOrDefault(end.Key, end.Value.Low.Value) >= end.Value.High.Value);
    }

    /// <summary>The alerts that are known now.</summary>
    public AlertView View()
    {
        lock (_lock) return new(_verdicts.Faults, [.. _verdicts.FalseAlerts], _verdicts.Consequences, [.. _open.Values], _ids.Count);
    }

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (Probe.Read(record.Message.Key, record.Message.Value) is not null)
        {
            lock (_lock) _next[record.Partition.Value] = record.Offset.Value + 1;
            return;
        }

        if (!AlertEventJson.TryRead(record.Message.Value, out var alert, out var error))
            throw new InvalidDataException($"{record.TopicPartitionOffset.Name()} is no alert event: {error}");
        lock (_lock)
        {
            _next[record.Partition.Value] = record.Offset.Value + 1;
            // The same event twice is one event: a worker that took over may repeat it.
            if (!_ids.Add(alert!.Id)) return;
            if (alert.Type == AlertEventType.Resolved) _open.Remove(alert.AlertId);
            else _open[alert.AlertId] = alert;
            _verdicts.Take(alert);
        }
    }
}

/// <summary>The alerts of the topic so far.</summary>
/// <param name="Faults">One verdict per fault.</param>
/// <param name="FalseAlerts">Alerts where nothing was wrong.</param>
/// <param name="Consequences">Alerts that count with a fault without finding it.</param>
/// <param name="Open">The last event of each alert that is open.</param>
/// <param name="Events">Number of different events.</param>
internal sealed record AlertView(
    IReadOnlyList<Verdict> Faults, IReadOnlyList<FalseAlert> FalseAlerts, int Consequences, IReadOnlyList<AlertEvent> Open, int Events);
