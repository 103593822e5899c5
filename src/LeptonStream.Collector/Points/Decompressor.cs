using System.IO.Compression;
using LeptonStream.Collector.Formats;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace LeptonStream.Collector.Points;

/// <summary>
/// Takes the compression off a payload, never more than a limit. Its memory is used again; an instance belongs to one thread at a time.
/// </summary>
public sealed class Decompressor : IDisposable
{
    // RFC 9659: no decoder need take a window of more than 8 MiB.
    private const int MostWindowBits = 23;
    private const int MostBytesKept = 4 << 20;

    private byte[] _plain = new byte[64 << 10];
    private byte[] _packed = [];

    /// <summary>The compressions that <see cref="TryRead"/> knows, as <c>Content-Encoding</c> names them.</summary>
    public static IReadOnlyList<string> Encodings { get; } = ["gzip", "deflate", "zstd", "snappy"];

    /// <summary>
    /// The compression that a payload begins with, null where it begins with none. Snappy's blocks have no mark and are not seen.
    /// </summary>
    public static string? ByLook(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08])) return "gzip";
        return payload.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? "zstd" : null;
    }

    /// <summary>Decompresses a payload.</summary>
    /// <param name="encoding">One of <see cref="Encodings"/>, in any case and with <c>x-</c> before it; or none.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="limits">How much it may hold, before and after.</param>
    /// <param name="plain">The result; valid until the next call.</param>
    /// <returns>None, or why it can't be had.</returns>
    public RefusalReason TryRead(string encoding, ReadOnlySpan<byte> payload, in FormatLimits limits, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (payload.Length > limits.Bytes) return RefusalReason.TooLarge;
        if (_plain.Length > MostBytesKept) _plain = new byte[MostBytesKept];
        var name = encoding.Trim().ToLowerInvariant();
        if (name.StartsWith("x-", StringComparison.Ordinal)) name = name[2..];
        switch (name)
        {
            case "":
            case "none":
            case "identity":
                plain = payload;
                return RefusalReason.None;
            case "snappy":
                return TrySnappy(payload, limits.DecompressedBytes, out plain);
            case "gzip":
            case "deflate":
            case "zstd":
                return TryStream(name, payload, limits.DecompressedBytes, out plain);
            default:
                return RefusalReason.Unsupported;
        }
    }

    private RefusalReason TrySnappy(ReadOnlySpan<byte> payload, int most, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        var reason = SnappyBlock.Check(payload, most, out var length);
        if (reason != RefusalReason.None) return reason;
        Grow(length);
        if (!SnappyBlock.TryRead(payload, _plain.AsSpan(0, length))) return RefusalReason.BadCompression;
        plain = _plain.AsSpan(0, length);
        return RefusalReason.None;
    }

    private RefusalReason TryStream(string encoding, ReadOnlySpan<byte> payload, int most, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (_packed.Length < payload.Length || _packed.Length > MostBytesKept) _packed = new byte[payload.Length];
        payload.CopyTo(_packed);
        try
        {
            using var stream = Open(encoding, new MemoryStream(_packed, 0, payload.Length, writable: false));
            var used = 0;
            while (true)
            {
                if (used == _plain.Length) Grow(Math.Min((int)Math.Min(2L * _plain.Length, int.MaxValue), most + 1));
                if (used > most) return RefusalReason.TooLargeDecompressed;
                var read = stream.Read(_plain, used, Math.Min(_plain.Length, most + 1) - used);
                if (read == 0) break;
                used += read;
            }

            plain = _plain.AsSpan(0, used);
            return RefusalReason.None;
        }
        catch (Exception wrong) when (wrong is InvalidDataException or ZstdException or IOException)
        {
            return RefusalReason.BadCompression;
        }
    }

    // HTTP's "deflate" is zlib.
    private static Stream Open(string encoding, MemoryStream packed)
    {
        if (encoding == "gzip") return new GZipStream(packed, CompressionMode.Decompress);
        if (encoding == "deflate") return new ZLibStream(packed, CompressionMode.Decompress);
        var zstd = new DecompressionStream(packed);
        zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MostWindowBits);
        return zstd;
    }

    private void Grow(int bytes)
    {
        if (_plain.Length < bytes) Array.Resize(ref _plain, bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain = [];
        _packed = [];
    }
}
