using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>
/// A record as bytes, little-endian: length of all that follows the checksum (4), CRC-32C of that and of the length (4), sequence (8),
/// time (8), length of the key (4), key, value.
/// </summary>
internal static class SpoolFrame
{
    /// <summary>Bytes before the key.</summary>
    public const int HeaderBytes = Prefix + 20;

    /// <summary>Bytes of a record, at most; as many as the collector makes of one payload.</summary>
    public const int MostBytes = 64 << 20;

    private const int Prefix = 8;

    /// <summary>Bytes that a record takes.</summary>
    public static int BytesOf(int key, int value) => HeaderBytes + key + value;

    /// <summary>Writes a record to the beginning of a buffer that is large enough.</summary>
    public static void Write(Span<byte> into, long sequence, long time, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var body = into[Prefix..BytesOf(key.Length, value.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(body, sequence);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], time);
        BinaryPrimitives.WriteInt32LittleEndian(body[16..], key.Length);
        key.CopyTo(body[20..]);
        value.CopyTo(body[(20 + key.Length)..]);
        BinaryPrimitives.WriteInt32LittleEndian(into, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], Checksum(body));
    }

    /// <summary>The bytes that the frame has which begins so; −1 where none can begin so.</summary>
    /// <param name="start">At least <see cref="HeaderBytes"/> bytes.</param>
    public static int LengthOf(ReadOnlySpan<byte> start)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(start);
        return length is >= HeaderBytes - Prefix and <= MostBytes ? length + Prefix : -1;
    }

    /// <summary>Whether a frame may begin so, and with which sequence; its checksum is not looked at.</summary>
    /// <param name="start">At least <see cref="HeaderBytes"/> bytes.</param>
    /// <param name="sequence">The sequence.</param>
    public static bool MayBegin(ReadOnlySpan<byte> start, out long sequence)
    {
        sequence = BinaryPrimitives.ReadInt64LittleEndian(start[Prefix..]);
        var key = BinaryPrimitives.ReadInt32LittleEndian(start[(Prefix + 16)..]);
        return LengthOf(start) is > 0 and var length && key >= 0 && key <= length - HeaderBytes;
    }

    /// <summary>Reads a record.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="record">The record, in arrays of its own.</param>
    /// <returns>Whether its bytes are those that were written.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out SpoolRecord record)
    {
        record = default;
        if (!TryReadHead(frame, out var sequence, out var time, out var key)) return false;
        record = new(sequence, time, frame.Slice(HeaderBytes, key).ToArray(), frame[(HeaderBytes + key)..].ToArray());
        return true;
    }

    /// <summary>Checks a record, and reads its numbers.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> frame, out long sequence, out long time, out int key)
    {
        var body = frame[Prefix..];
        sequence = BinaryPrimitives.ReadInt64LittleEndian(body);
        time = BinaryPrimitives.ReadInt64LittleEndian(body[8..]);
        key = BinaryPrimitives.ReadInt32LittleEndian(body[16..]);
        return key >= 0 && key <= body.Length - 20 && Checksum(body) == BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        // The length is a part of it: a file system may leave zeros where a write was lost, and zeros must be no record.
        var crc = BitOperations.Crc32C(uint.MaxValue, (uint)bytes.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
