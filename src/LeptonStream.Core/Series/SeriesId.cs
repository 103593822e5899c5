using System.Buffers.Binary;
using System.IO.Hashing;

namespace LeptonStream.Series;

/// <summary>
/// A 128-bit hash (XXH128) of a model, labels and metric: what series and entities are found by. Equal in every process and version.
/// </summary>
public readonly record struct SeriesId
{
    // Halves, since a 128-bit number begins where 16 divides: it would widen whatever holds it.
    private readonly ulong _high;
    private readonly ulong _low;

    /// <param name="value">The hash.</param>
    public SeriesId(UInt128 value) => (_high, _low) = ((ulong)(value >> 64), (ulong)value);

    /// <summary>The hash.</summary>
    public UInt128 Value => new(_high, _low);

    /// <summary>
    /// The id of an entity from its canonical bytes: model, then name and value of each label in order of names, each ended by 0xFF (no
    /// byte of UTF-8).
    /// </summary>
    public static SeriesId OfEntity(ReadOnlySpan<byte> canonical) => new(XxHash128.HashToUInt128(canonical));

    /// <summary>The id of one metric of an entity.</summary>
    public static SeriesId OfMetric(SeriesId entity, ReadOnlySpan<byte> metric)
    {
        // Two independent 64-bit seeds keep the entity's 128 bits in the result without copying the name.
        var low = XxHash3.HashToUInt64(metric, (long)entity._low);
        var high = XxHash3.HashToUInt64(metric, (long)entity._high);
        return new(new UInt128(high, low));
    }

    /// <summary>A deterministic id of 128 bits from a few numbers, for events and alerts.</summary>
    public static UInt128 Derive(UInt128 basis, long first, long second, long third)
    {
        Span<byte> bytes = stackalloc byte[40];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, basis);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], first);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], second);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], third);
        return XxHash128.HashToUInt128(bytes);
    }

    /// <summary>32 hex digits.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
