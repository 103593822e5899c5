using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Feedback;
using LeptonStream.State;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The record that makes a snapshot whole: of which partition, at which offsets, under which policies and layout, and where its chunks are.
/// It is written after all of them are acknowledged.
/// </summary>
internal sealed record SnapshotHeader
{
    /// <summary>The version of this record and of the journal.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The version of a record that names the parts of a header that is larger than a record may be.</summary>
    public const int FormatInParts = 2;

    // More than there will ever be, and far from where numbers end.
    public const long MostNumber = 1L << 60;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>One more than that of the snapshot before; even and odd ones take turns in the topic.</summary>
    public required long Number { get; init; }

    /// <summary>The loop that wrote it: host and process id, and its number where the process has several.</summary>
    public required string Instance { get; init; }

    /// <summary>The input topic's id; null where the cluster does not tell ids.</summary>
    public Guid? MetricsId { get; init; }

    /// <summary>The alerts topic's id; null where the cluster does not tell ids.</summary>
    public Guid? AlertsId { get; init; }

    /// <summary>The input partition.</summary>
    public required int Partition { get; init; }

    /// <summary>How many partitions the input topic had; 0 where that was not known.</summary>
    public int Partitions { get; init; }

    /// <summary>The input offset to read next.</summary>
    public required long Next { get; init; }

    /// <summary>The offset in the partition's alerts from which on events may follow from records at <see cref="Next"/> or later.</summary>
    public required long AlertsFrom { get; init; }

    /// <summary>The offset in the partition's state from which on there may be entries of the journal that follow.</summary>
    public required long JournalFrom { get; init; }

    /// <summary>The number of the journal's next entry.</summary>
    public required long Sequence { get; init; }

    /// <summary>The layout of the states (<see cref="Detection.Snapshots.StateLayout"/>).</summary>
    public required UInt128 Layout { get; init; }

    /// <summary>
    /// The description of that layout, packed (<see cref="PackedLayout"/>); null where it was written by a version that wrote none.
    /// </summary>
    public byte[]? Description { get; init; }

    /// <summary>The text of the policies in force; null for the built-in ones.</summary>
    public string? Policies { get; init; }

    /// <summary>The verdicts that hold beside them; null for none.</summary>
    public IReadOnlyList<StandingVerdict>? Verdicts { get; init; }

    /// <summary>The offset of the first verdict that is not heard yet, in the partition of the feedback topic.</summary>
    public long FeedbackNext { get; init; }

    /// <summary>The feedback topic's id; null where there was none, or the cluster does not tell ids.</summary>
    public Guid? FeedbackId { get; init; }

    /// <summary>The fingerprint of both.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The log time of the first record of the state, in nanoseconds; null where there was none.</summary>
    public long? FirstLogTime { get; init; }

    /// <summary>The log time of its last record, in nanoseconds.</summary>
    public long LogTime { get; init; }

    /// <summary>
    /// Time since that record, in units of 100 ns, that the partition was told of; 0 where it was written by a version that did not say.
    /// </summary>
    public long Silence { get; init; }

    /// <summary>
    /// Whether it was made while records were judged again: behind <see cref="AlertsFrom"/> there may be events from before it, too.
    /// </summary>
    public bool? IsOfReplay { get; init; }

    /// <summary>The chunks, in their order.</summary>
    public required IReadOnlyList<SnapshotChunk> Chunks { get; init; }

    /// <summary>
    /// Where this header is too large for a record: the records that together hold all of it. Large fields are in them only.
    /// </summary>
    public IReadOnlyList<SnapshotChunk>? Parts { get; init; }

    /// <summary>The bytes of all chunks.</summary>
    [JsonIgnore]
    public long Bytes => Chunks.Sum(chunk => (long)chunk.Length);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, SnapshotJson.Default.SnapshotHeader);

    /// <summary>The header as a record of bounded size that names its parts.</summary>
    public SnapshotHeader InParts(IReadOnlyList<SnapshotChunk> parts) =>
        this with { Format = FormatInParts, Policies = null, Verdicts = null, Description = null, Chunks = [], Parts = parts };

    /// <summary>Reads a record's value.</summary>
    /// <exception cref="SnapshotCorruptException">It is no header that this program knows.</exception>
    public static SnapshotHeader Read(ReadOnlyMemory<byte> value)
    {
        try
        {
            // A format that is not known may lack what this one needs.
            if (FormatOf(value) is var format && format is not (CurrentFormat or FormatInParts))
                throw new SnapshotCorruptException($"its header has format {format}, {CurrentFormat} and {FormatInParts} are known");
            var header = JsonSerializer.Deserialize(value.Span, SnapshotJson.Default.SnapshotHeader);
            return header is { Number: >= 0 and < MostNumber, Next: >= 0, Sequence: >= 0 and < MostNumber, Partitions: >= 0 }
                && JournalEntry.CanBeSilence(header.Silence)
                ? header
                : throw new SnapshotCorruptException("its header has numbers that can't be");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new SnapshotCorruptException($"its header can't be read: {wrong.Message}");
        }
    }

    /// <summary>The number in a record's value, also in one of a format that is not known; −1 where it has none.</summary>
    public static long NumberOf(ReadOnlyMemory<byte> value) =>
        Field(value, "number") is { } number && number.TryGetInt64(out var known) && known is >= 0 and < MostNumber ? known : -1;

    // Null where there is none.
    private static int? FormatOf(ReadOnlyMemory<byte> value) =>
        Field(value, "format") is { } format && format.TryGetInt32(out var known) ? known : null;

    private static JsonElement? Field(ReadOnlyMemory<byte> value, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var field)
                && field.ValueKind == JsonValueKind.Number ? field.Clone() : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>A part of a snapshot's bytes, as a record of the state topic.</summary>
/// <param name="Offset">The record's offset.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">Their XXH3.</param>
internal sealed record SnapshotChunk(long Offset, int Length, ulong Hash);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotHeader))]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
