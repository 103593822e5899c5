using System.Buffers.Binary;

namespace LeptonStream.Collector.Output;

/// <summary>
/// The partition of a key, as Kafka's producers choose it: MurmurHash2 without its sign. The client does this by itself and tells nobody.
/// </summary>
internal static class KeyPartition
{
    private const uint Seed = 0x9747b28c;
    private const uint Factor = 0x5bd1e995;

    /// <summary>The partition.</summary>
    public static int Of(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        for (; key.Length >= 4; key = key[4..])
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(key) * Factor;
            word = (word ^ (word >> 24)) * Factor;
            hash = (hash * Factor) ^ word;
        }

        for (var i = key.Length - 1; i >= 0; i--) hash ^= (uint)key[i] << (8 * i);
        if (key.Length > 0) hash *= Factor;
        hash = (hash ^ (hash >> 13)) * Factor;
        return hash ^ (hash >> 15);
    }
}
