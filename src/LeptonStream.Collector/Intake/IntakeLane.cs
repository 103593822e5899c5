using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Points;
using LeptonStream.Series;

namespace LeptonStream.Collector.Intake;

/// <summary>
/// Turns payloads into records, one at a time: its formats, points and samples are used again and again. What it made of a payload is valid
/// until the next.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The decompressor holds managed memory and nothing else.")]
internal sealed partial class IntakeLane
{
    // A small payload may repeat long labels in each of its records.
    private const long MostRecordBytes = 64 * 1024 * 1024;

    private long _bytes;
    private readonly Decompressor _decompressor = new();
    private readonly ArrayBufferWriter<byte> _json = new(4 * 1024);
    private SeriesId[] _ids = new SeriesId[64];
    private bool[] _mayPass = new bool[64];

    public FormatCatalog Formats { get; } = new();

    public PointBatch Points { get; } = new();

    public MappedBatch Mapped { get; } = new();

    /// <summary>Whether the same payload came before: then points that are known are no fault of it.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>The records that the payload became.</summary>
    public List<Message<byte[]?, byte[]?>> Records { get; private set; } = [];

    /// <summary>Bytes of those records.</summary>
    public long RecordBytes => TooMuch is null ? _bytes : 0;

    /// <summary>Samples in those records.</summary>
    public int Samples { get; private set; }

    /// <summary>Samples that the limit of series refused.</summary>
    public int BeyondSeries { get; private set; }

    /// <summary>Why the payload became no records though it was read; null where it did.</summary>
    public string? TooMuch { get; private set; }

    /// <summary>Takes the compression off a payload.</summary>
    /// <param name="payload">As it came.</param>
    /// <param name="encoding">How it is compressed, in the words of <c>Content-Encoding</c>; empty where it is not.</param>
    /// <param name="limits">How much it may hold.</param>
    /// <param name="problem">Why it can't be had; none where it can.</param>
    /// <returns>The payload; valid until the next one.</returns>
    public ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> payload, string encoding, in FormatLimits limits, out RefusalReason problem)
    {
        Begin();
        problem = _decompressor.TryRead(encoding, payload, limits, out var plain);
        return plain;
    }

    /// <summary>Reads the points of a payload.</summary>
    public FormatOutcome Read(IPayloadFormat format, ReadOnlySpan<byte> payload, in FormatLimits limits)
    {
        Begin();
        return format.Read(payload, Points, limits);
    }

    /// <summary>
    /// Whether the records of the points that were read may be had: asked before the mapping learns them, since a payload that is refused
    /// comes again in parts.
    /// </summary>
    /// <param name="limit">The most bytes.</param>
    /// <param name="bytes">How many bytes they may get.</param>
    public bool MayBecomeRecords(long limit, out long bytes)
    {
        limit = Math.Min(limit, MostRecordBytes);
        bytes = RecordSizes.AtMost(Points);
        if (bytes <= limit) return true;
        TooMuch = TooManyBytes(limit);
        return false;
    }

    private static string TooManyBytes(long limit) => $"it becomes records of more than {limit} bytes: send fewer points at once";

    /// <summary>Forgets the payload before.</summary>
    public void Begin()
    {
        Points.Clear();
        Mapped.Clear();
        Records = [];
        Samples = BeyondSeries = 0;
        TooMuch = null;
    }

    /// <summary>Maps the points that were read. The caller sees to it that nobody else uses the mapper.</summary>
    public void Map(PointMapper mapper, in SourceContext source, long receivedAt) => mapper.Map(Points, source, receivedAt, Mapped);

    /// <summary>Writes the records of what was mapped.</summary>
    /// <param name="limit">The limit of series; null for none.</param>
    public void Write(SeriesLimit? limit)
    {
        _bytes = 0;
        foreach (ref readonly var message in Mapped.Messages)
        {
            var samples = Mapped.SamplesOf(message);
            if (limit is not null && Exceeds(limit, samples)) samples = Passing(samples);
            if (samples.IsEmpty) continue;
            _json.ResetWrittenCount();
            NativeMessages.Write(message, samples, _json);
            Samples += samples.Length;
            if (!TryAdd(message.Entity)) return;
        }

        if (WriteDistributions(limit) && WriteVersions(limit)) WriteEnded();
    }

    // The record that was written; false where that is too much.
    private bool TryAdd(MappedEntity entity)
    {
        _bytes += _json.WrittenCount;
        if (_bytes > MostRecordBytes)
        {
            Records = [];
            Samples = 0;
            TooMuch = TooManyBytes(MostRecordBytes);
            return false;
        }

        Records.Add(new() { Key = entity.Key, Value = _json.WrittenSpan.ToArray() });
        return true;
    }

    private bool Exceeds(SeriesLimit limit, ReadOnlySpan<MappedSample> samples)
    {
        if (_ids.Length < samples.Length)
        {
            _ids = new SeriesId[samples.Length * 2];
            _mayPass = new bool[_ids.Length];
        }

        for (var i = 0; i < samples.Length; i++) _ids[i] = samples[i].Series.Id;
        var refused = limit.Check(_ids.AsSpan(0, samples.Length), _mayPass);
        BeyondSeries += refused;
        return refused > 0;
    }

    private MappedSample[] Passing(ReadOnlySpan<MappedSample> samples)
    {
        var passing = new List<MappedSample>(samples.Length);
        for (var i = 0; i < samples.Length; i++)
            if (_mayPass[i]) passing.Add(samples[i]);
        return [.. passing];
    }
}
