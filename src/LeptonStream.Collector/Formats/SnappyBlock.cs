using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>Snappy's block format.</summary>
internal static class SnappyBlock
{
    // Three bytes stand for 64 at most.
    private const int MostTimes = 64;

    /// <summary>Decompresses a block behind the texts of a batch.</summary>
    public static RefusalReason TryRead(ReadOnlySpan<byte> block, PointBatch into, int mostBytes, out Text plain)
    {
        plain = default;
        var reason = Check(block, mostBytes, out var length);
        if (reason != RefusalReason.None) return reason;
        if (!TryRead(block, into.Room(length))) return RefusalReason.BadCompression;
        plain = into.Keep(length);
        return RefusalReason.None;
    }

    /// <summary>Reads how long a block gets. Memory is not taken at the word of a header that its block can't keep.</summary>
    public static RefusalReason Check(ReadOnlySpan<byte> block, int mostBytes, out int length)
    {
        length = 0;
        if (!TryLength(block, out var said)) return RefusalReason.BadCompression;
        if (said > (ulong)block.Length * MostTimes) return RefusalReason.BadCompression;
        if (said > (ulong)mostBytes) return RefusalReason.TooLargeDecompressed;
        length = (int)said;
        return RefusalReason.None;
    }

    /// <summary>Decompresses a block into exactly as many bytes as it gets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, Span<byte> plain)
    {
        try
        {
            return Snappier.Snappy.TryDecompress(block, plain, out var written) && written == plain.Length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Reads the length that stands first.</summary>
    public static bool TryLength(ReadOnlySpan<byte> block, out ulong length)
    {
        length = 0;
        for (var i = 0; i < Math.Min(block.Length, 5); i++)
        {
            length |= (ulong)(block[i] & 0x7F) << (7 * i);
            if (block[i] < 0x80) return length <= uint.MaxValue;
        }

        return false;
    }
}
