using System.IO.Compression;
using System.Text;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>The description of a layout as it lies beside a state: UTF-8, compressed with Brotli.</summary>
public static class PackedLayout
{
    // Of some hundred short lines nothing is left to gain.
    private const int Quality = 9;
    private const int Window = 18;

    /// <summary>Packs a description.</summary>
    /// <param name="text">The description.</param>
    public static byte[] Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, packed, out var length, Quality, Window)
            ? packed[..length]
            : throw new InvalidOperationException("the description of the layout can't be packed");
    }

    /// <summary>Reads what <see cref="Of"/> made, of a bounded length.</summary>
    /// <param name="packed">Its bytes.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no such text, or it is too long.</exception>
    public static string Read(ReadOnlySpan<byte> packed)
    {
        var bytes = new byte[StateLayout.MaxTextLength];
        return BrotliDecoder.TryDecompress(packed, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw new SnapshotCorruptException("the description of its layout can't be read");
    }
}
