using System.IO.Hashing;

namespace LeptonStream.Detector.Snapshots;

/// <summary>The hash of a chunk's bytes: XXH3, 64 bits.</summary>
internal static class ChunkHash
{
    public static ulong Of(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);
}
