using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Collector.Output;
using LeptonStream.Resilience;

namespace LeptonStream.Collector.Edge.Output;

/// <summary>
/// Sends the spool to Kafka: (1) read the next records, (2) send them with their ids, (3) wait until Kafka has all of them, (4) move the
/// cursor. One batch is on its way at a time, and the client sends it until it is taken, so that the order is that of the spool. Where the
/// process dies between (3) and (4) the records come again, with the same ids and times, and the detector refuses them as duplicates.
/// </summary>
internal sealed class SpoolForwarder(
    EdgeFolder folder, MetricsProducer producer, CollectorMetrics metrics, ClockSkew skew, TimeProvider time)
{
    /// <summary>The header that holds a record's id: the spool's, a hyphen, and the sequence.</summary>
    public const string IdHeader = "lepton-sample-id";

    private const int BatchRecords = 500;
    private const int BatchBytes = 512 << 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    private readonly SpoolReader _reader = folder.Samples.ReadFrom(folder.Sent.Next);
    private readonly List<SpoolRecord> _batch = [];
    private readonly BackOff _backOff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    private long _began;
    private string? _failure;

    /// <summary>Reason in plain words for which nothing gets to Kafka now; null where it does, or nothing waits.</summary>
    public string? Trouble => Volatile.Read(ref _failure) is { } failure ? failure
        : Volatile.Read(ref _began) is > 0 and var began && time.GetElapsedTime(began) > Slow
            ? $"no answer for {time.GetElapsedTime(began).TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)} s"
            : null;

    /// <summary>Sends until it is asked to stop.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            if (!await Round(stop)) await Task.Delay(Pause, time, stop);
    }

    /// <summary>Sends the next batch.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> Round(CancellationToken stop)
    {
        // :: (1) Read.
        _batch.Clear();
        if (_reader.Read(_batch, BatchRecords, BatchBytes) == 0) return false;

        // :: (2) Send, (3) wait.
        IReadOnlyList<Message<byte[]?, byte[]?>> records = [.. _batch.Select(MessageOf)];
        while (records.Count > 0) records = await Send(records, stop);

        // :: (4) Move on.
        var next = _batch[^1].Sequence + 1;
        folder.Sent.Next = next;
        folder.Samples.MarkRead(next, _batch[^1].Time);
        return true;
    }

    private async Task<IReadOnlyList<Message<byte[]?, byte[]?>>> Send(
        IReadOnlyList<Message<byte[]?, byte[]?>> records, CancellationToken stop)
    {
        Volatile.Write(ref _began, time.GetTimestamp());
        var before = time.GetUtcNow();
        // The client gives up no record: what is not answered when the role stops is sent at the next start.
        var result = await producer.Send(records).WaitAsync(stop);
        Volatile.Write(ref _began, 0);
        metrics.Sent(result);
        if (result.BrokerTime is { } broker) skew.Observe(before, broker, time.GetUtcNow());
        Volatile.Write(ref _failure, result.Reason);
        if (result.IsDone) _backOff.Reset();
        else await Task.Delay(_backOff.NextDelay(), time, stop);
        return result.Unsent;
    }

    private Message<byte[]?, byte[]?> MessageOf(SpoolRecord record) => new()
    {
        Key = record.Key,
        Value = record.Value,
        Headers = new Headers { { IdHeader, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{folder.Id:N}-{record.Sequence}")) } },
    };
}
