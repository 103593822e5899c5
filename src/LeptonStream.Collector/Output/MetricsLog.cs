using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector.Quality;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Collector.Output;

/// <summary>
/// Reads the newest part of <c>lepton.metrics</c>: from where each partition ended at the last call. It joins no group, and reads only the
/// partitions of the models that are asked for, so that in ordinary minutes it asks for ends and reads nothing.
/// </summary>
internal sealed partial class MetricsLog(
    IOptions<KafkaOptions> kafka, TopicNames topics, TimeProvider time, ILogger<MetricsLog> logger) : ISampleLog, IDisposable
{
    // About a minute of what a collector writes at most. Of more the newest count: they tell as well who still sends.
    private const long MostRecords = 200_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(5);

    private readonly NativeJsonFormat _format = new(FormatLimits.Default);
    private readonly SampleBatch _batch = new();
    private readonly OnceAMinute _line = new(time);
    private Task<Found> _work = Task.FromResult(Found.Nothing);
    private Dictionary<int, long> _ends = [];
    private LogReader? _reader;
    private int _partitions;
    private long _asked;

    /// <inheritdoc/>
    public async Task<LogTail?> Look(IReadOnlyCollection<string> models, IReadOnlyCollection<string> wanted, CancellationToken stop)
    {
        // A call that a broker holds up goes on behind its caller's back, and the client must not be asked twice at a time.
        if (!_work.IsCompleted) return null;
        var before = _ends;
        _ends = [];
        var work = _work = Task.Run(() => Read(models, wanted, before, stop), CancellationToken.None);
        try
        {
            var found = await work.WaitAsync(Limit, stop);
            _ends = found.Ends;
            _line.Reset();
            return found.Tail;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !stop.IsCancellationRequested)
        {
            // Then each replica judges what it hears.
            if (_line.IsDue()) Log.Unreadable(logger, topics.Metrics, failure.Message);
            return null;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
    }

    // A client must not be closed under a call.
    public void Dispose() => BoundedClose.After(_work, () => _reader?.Dispose());

    private Found Read(
        IReadOnlyCollection<string> models, IReadOnlyCollection<string> wanted, Dictionary<int, long> before, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        _reader ??= new(kafka.Value, logger, "others");
        if (_partitions == 0 || time.GetElapsedTime(_asked) > AskAgain)
            (_partitions, _asked) = (_reader.PartitionsOf(topics.Metrics, limit.Token).Count, time.GetTimestamp());
        if (_partitions == 0) return Found.Nothing;

        var ends = new Dictionary<int, long>();
        foreach (var partition in models.Select(PartitionOf).Distinct())
        {
            limit.Token.ThrowIfCancellationRequested();
            ends[partition] = _reader.Ends(new(topics.Metrics, partition)).High;
        }

        if (wanted.Count == 0) return new(ends, null);
        var tail = new LogTail();
        foreach (var partition in wanted.ToLookup(PartitionOf))
        {
            if (!before.TryGetValue(partition.Key, out var from)) continue;
            Read(new(topics.Metrics, partition.Key), from, ends[partition.Key], [.. partition], tail, limit.Token);
        }

        return new(ends, tail);
    }

    private void Read(TopicPartition partition, long from, long to, HashSet<string> models, LogTail into, CancellationToken stop)
    {
        foreach (var record in _reader!.Read(partition, Math.Max(from, to - MostRecords), to, stop))
        {
            if (record.Message is not { Key: { } key, Value: { } value }) continue;
            var model = Encoding.UTF8.GetString(key);
            if (!models.Contains(model)) continue;
            var at = Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs);
            if (_format.Read(value, at, _batch, out _) != RejectReason.None) continue;
            foreach (ref readonly var entity in _batch.Entities) into.Add(model, entity.Id, entity.Time.UnixNanoseconds);
        }
    }

    private int PartitionOf(string model) => KeyPartition.Of(Encoding.UTF8.GetBytes(model), _partitions);

    private sealed record Found(Dictionary<int, long> Ends, LogTail? Tail)
    {
        public static Found Nothing { get; } = new([], null);
    }

    private static partial class Log
    {
        [LoggerMessage(5027, LogLevel.Warning,
            "The end of {Topic} can't be read, so the quality of data counts only what came to this collector: {Reason}")]
        public static partial void Unreadable(ILogger logger, string topic, string reason);
    }
}
