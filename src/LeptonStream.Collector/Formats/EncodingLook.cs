namespace LeptonStream.Collector.Formats;

/// <summary>Names the packing or encoding of a payload that is not read, so that nobody looks for the fault in its contents.</summary>
internal static class EncodingLook
{
    private const string Packed = "which is not unpacked here: send it plain, with gzip or zstd, or let Kafka's client compress "
        + "(compression.type)";

    public const string Wide = "it is UTF-16: send UTF-8";

    /// <summary>Whether it is JSON in UTF-16. A byte order mark alone may be the length of a Snappy block.</summary>
    public static bool IsWide(ReadOnlySpan<byte> payload) => payload is [0xFF, 0xFE, (byte)'{' or (byte)'[', 0, ..]
        or [0xFE, 0xFF, 0, (byte)'{' or (byte)'[', ..] or [(byte)'{' or (byte)'[', 0, not 0, 0, ..];

    /// <summary>Its packing, and that it is not read; null where its first bytes are those of none.</summary>
    public static string? PackedIn(ReadOnlySpan<byte> payload) => payload switch
    {
        [0x04, 0x22, 0x4D, 0x18, ..] => $"it is an LZ4 frame, {Packed}",
        [0xFF, 0x06, 0, 0, (byte)'s', (byte)'N', (byte)'a', (byte)'P', (byte)'p', (byte)'Y', ..] => $"it is framed Snappy, {Packed}",
        [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0, ..] => $"it is Snappy as Java frames it, {Packed}",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, ..] => $"it is bzip2, {Packed}",
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => $"it is xz, {Packed}",
        [0x78, 0x01 or 0x9C or 0xDA, ..] => $"it is zlib, {Packed}",
        _ => null,
    };
}
