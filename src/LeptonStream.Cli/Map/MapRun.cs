using Confluent.Kafka;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Collector.Topics;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Cli.Map;

/// <summary>Everything that a payload became.</summary>
/// <param name="Name">The file, or the record.</param>
/// <param name="Record">The place of the record; null of a file.</param>
/// <param name="Format">Its format, and how it was decided.</param>
/// <param name="IsRead">Whether anything of it could be read; of a topic, a dead letter is one of which nothing can.</param>
/// <param name="Points">The points that it has, and what was refused of it.</param>
/// <param name="Mapped">The samples, and what was dropped.</param>
internal sealed record MappedPayload(
    string Name, TopicPartitionOffset? Record, string Format, bool IsRead, PointBatch Points, MappedBatch Mapped)
{
    /// <summary>How many samples and things beside them it became.</summary>
    public int SampleCount => Mapped.SampleCount + Mapped.Distributions.Length + Mapped.Versions.Length;
}

/// <summary>Reads payloads of one source and maps them, one after the other, as the collector does with records of a topic.</summary>
internal sealed class MapRun : IDisposable
{
    // Of one payload; more are not for people to read.
    private const int MostDrops = 10_000;

    private readonly SourceTopic _source;
    private readonly FormatLimits _limits;
    private readonly FormatDecision _formats;
    private readonly PointMapper _mapper;
    private readonly Decompressor _decompressor = new();
    private readonly PointBatch _points = new() { ListsLeftOut = true };
    private readonly MappedBatch _mapped = new(MostDrops);

    /// <param name="config">The rules.</param>
    /// <param name="source">The source: its name and its format.</param>
    /// <param name="limits">How much a payload may hold.</param>
    /// <param name="schemas">Avro schemas by their ids; null without a registry.</param>
    public MapRun(CollectorConfig config, SourceTopic source, in FormatLimits limits, Func<int, string?>? schemas = null)
    {
        (_source, _limits) = (source, limits);
        _formats = new(source, new FormatCatalog { Schemas = schemas }, NullLogger.Instance);
        _mapper = new(config);
    }

    public void Dispose() => _decompressor.Dispose();

    /// <summary>Maps a record of a topic. The result holds until the next.</summary>
    public MappedPayload Map(ConsumeResult<byte[]?, byte[]?> record)
    {
        var format = Read(new(record), out var isRead);
        return Map(record.TopicPartitionOffset.Name(), record, format, isRead, new LogRecord(record).UnixMilliseconds * 1_000_000);
    }

    /// <summary>Maps the payload of a file. The result holds until the next.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="received">When it came, where it says no times.</param>
    public MappedPayload Map(string file, byte[] payload, Samples.Timestamp received)
    {
        var record = new ConsumeResult<byte[]?, byte[]?> { Message = new() { Value = payload } };
        var format = Read(new(record), out var isRead);
        return Map(file, null, format, isRead, NewestOr(received));
    }

    private MappedPayload Map(string name, ConsumeResult<byte[]?, byte[]?>? record, string format, bool isRead, long now)
    {
        _mapped.Clear();
        _mapper.Map(_points, new SourceContext(_source.Name, SourceLabels.None, record?.Partition.Value ?? 0), now, _mapped);
        return new(name, record?.TopicPartitionOffset, format, isRead, _points, _mapped);
    }

    private string Read(in LogRecord record, out bool isRead)
    {
        _points.Clear();
        isRead = false;
        var encoding = FormatDecision.EncodingOf(record);
        var reason = _decompressor.TryRead(encoding, record.Value, _limits, out var payload);
        if (reason != RefusalReason.None) return $"{(encoding.Length == 0 ? "a payload" : encoding)}, which can't be read: {reason}";
        var choice = _formats.Of(record, payload);
        if (choice.Format is null) return $"unknown: {choice.Reason}";
        isRead = choice.Format.Read(payload, _points, _limits) != FormatOutcome.Refused;
        return $"{choice.Format.Name} ({choice.Reason})";
    }

    // Recorded payloads are of any time: their own newest is their now.
    private long NewestOr(Samples.Timestamp received)
    {
        var newest = long.MinValue;
        foreach (ref readonly var point in _points.Points)
            if (point.HasTime && point.Time > newest) newest = point.Time;
        return newest == long.MinValue ? received.UnixNanoseconds : newest;
    }
}
