using System.IO.Compression;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Compressed payloads, and those that grow to more than anybody wants.</summary>
public sealed class DecompressorTests
{
    private static readonly FormatLimits Limits = new() { DecompressedBytes = 1 << 20 };

    [Test]
    public void TryRead_OfEveryEncoding_GivesThePayload([Values("gzip", "deflate", "zstd", "snappy", "identity")] string encoding)
    {
        using var decompressor = new Decompressor();
        foreach (var length in (int[])[0, 1, 1000, 100_000, 1 << 20])
        {
            var payload = new byte[length];
            new Random(length).NextBytes(payload.AsSpan(0, length / 2));
            var reason = decompressor.TryRead(encoding, Compress(encoding, payload), Limits, out var plain);
            Assert.That(reason, Is.EqualTo(RefusalReason.None));
            Assert.That(plain.SequenceEqual(payload), Is.True, $"{length} bytes");
        }
    }

    [Test]
    public void TryRead_OfABomb_StopsAtTheLimit([Values("gzip", "deflate", "zstd", "snappy")] string encoding)
    {
        using var decompressor = new Decompressor();
        var bomb = Compress(encoding, new byte[(1 << 20) + 1]);
        Assert.That(decompressor.TryRead(encoding, bomb, Limits, out _), Is.EqualTo(RefusalReason.TooLargeDecompressed));
        var large = Compress(encoding, new byte[64 << 20]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reason = decompressor.TryRead(encoding, large, Limits, out _);
        Assert.That(reason, Is.EqualTo(RefusalReason.TooLargeDecompressed).Or.EqualTo(RefusalReason.TooLarge));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20));
    }

    [Test]
    public void TryRead_OfASnappyHeaderThatItsBlockCannotKeep_TakesNoMemory()
    {
        using var decompressor = new Decompressor();
        byte[] liar = [0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x01];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(decompressor.TryRead("snappy", liar, FormatLimits.Default, out _), Is.EqualTo(RefusalReason.BadCompression));
        var batch = new PointBatch();
        var outcome = new FormatCatalog().ByName("prometheus_remote_write")!.Read(liar, batch, FormatLimits.Default);
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2 << 20));
    }

    [Test]
    public void TryRead_OfSomethingElse_IsRefused([Values("gzip", "deflate", "zstd", "snappy")] string encoding)
    {
        using var decompressor = new Decompressor();
        var good = Compress(encoding, new byte[10_000]);
        Assert.That(Read("no compression at all, is it"u8), Is.EqualTo(RefusalReason.BadCompression));
        // A line format would not miss the rest.
        Assert.That(Read(good.AsSpan(0, good.Length / 2)), Is.EqualTo(RefusalReason.BadCompression));
        Assert.That(decompressor.TryRead("br", good, Limits, out _), Is.EqualTo(RefusalReason.Unsupported));

        RefusalReason Read(ReadOnlySpan<byte> payload) => decompressor.TryRead(encoding, payload, Limits, out _);
    }

    [Test]
    public void ByLook_OfCompressedPayloads_SeesTheirMarks()
    {
        Assert.That(Decompressor.ByLook(Compress("gzip", [1, 2, 3])), Is.EqualTo("gzip"));
        Assert.That(Decompressor.ByLook(Compress("zstd", [1, 2, 3])), Is.EqualTo("zstd"));
        Assert.That(Decompressor.ByLook("{}"u8), Is.Null);
    }

    private static byte[] Compress(string encoding, byte[] payload)
    {
        if (encoding == "identity") return payload;
        if (encoding == "snappy") return Snappier.Snappy.CompressToArray(payload);
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
        })
        {
            stream.Write(payload);
        }

        return packed.ToArray();
    }
}
