using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace LeptonStream.State;

/// <summary>The kinds of blocks of a snapshot. A snapshot has its blocks in this order.</summary>
public enum SnapshotBlockKind : byte
{
    /// <summary>The layout, the partition and the clocks. One.</summary>
    Head = 0,

    /// <summary>A policy under which series run; its id is made of its bytes.</summary>
    Policy = 1,

    /// <summary>An entity with its rows and its training run.</summary>
    Entity = 2,

    /// <summary>The state that siblings share.</summary>
    Peers = 3,

    /// <summary>A series.</summary>
    Series = 4,

    /// <summary>An entity that was forgotten while its alert was open. Its id is its number.</summary>
    ForgottenEntity = 5,

    /// <summary>A series that was forgotten while its alert was open. Its id is its number.</summary>
    ForgottenSeries = 6,

    /// <summary>A part of a list of ids: ignored series, runs, open alerts. Its id is its number.</summary>
    List = 7,

    /// <summary>An event that waits to be let out. Its id is its number.</summary>
    Event = 8,

    /// <summary>A distribution that is watched for drift. Before it was there, the end had its number.</summary>
    Drift = 9,

    /// <summary>The versions of a model. Before they were there, the end had this number.</summary>
    Versions = 10,

    /// <summary>Number of blocks of each kind. One.</summary>
    End = 11,
}

/// <summary>A part of a snapshot that is written, compared and read by itself: one series, one entity.</summary>
public readonly ref struct SnapshotBlock
{
    // Length, kind, id and hash.
    private const int HeaderBytes = 4 + 1 + 16 + 8;

    /// <summary>
    /// Bytes of a block, at most: a forest of an entity with 64 metrics takes 200 KB, an event 120 KB, and the head 200 bytes for each
    /// model that ever had an alert.
    /// </summary>
    public const int MaxBytes = 1 << 26;

    /// <summary>Makes a block of bytes.</summary>
    /// <param name="kind">Kind of content.</param>
    /// <param name="id">Id among the blocks of its kind.</param>
    /// <param name="bytes">Its bytes, at most <see cref="MaxBytes"/>.</param>
    public SnapshotBlock(SnapshotBlockKind kind, UInt128 id, ReadOnlySpan<byte> bytes)
    {
        Kind = kind;
        Id = id;
        Bytes = bytes;
        Hash = HashOf(kind, id, bytes);
    }

    /// <summary>The kind of its content.</summary>
    public SnapshotBlockKind Kind { get; }

    /// <summary>Its key within its kind: the id of a series or an entity, else a number.</summary>
    public UInt128 Id { get; }

    /// <summary>XXH3 of kind, id and bytes: a block with the hash of the one before is unchanged.</summary>
    public ulong Hash { get; }

    /// <summary>Its bytes; valid as long as those that it was made of.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Bytes that it takes in a chunk.</summary>
    public int FramedBytes => HeaderBytes + Bytes.Length;

    /// <summary>Appends the block to a chunk: length, kind, id, hash and bytes, little-endian.</summary>
    public void WriteTo(IBufferWriter<byte> chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        var span = chunk.GetSpan(FramedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(span, Bytes.Length);
        span[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt128LittleEndian(span[5..], Id);
        BinaryPrimitives.WriteUInt64LittleEndian(span[21..], Hash);
        Bytes.CopyTo(span[HeaderBytes..]);
        chunk.Advance(FramedBytes);
    }

    /// <summary>Whether bytes begin with a whole block, or with what can't be the beginning of one.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return (uint)length > MaxBytes || bytes.Length - HeaderBytes >= length;
    }

    /// <summary>Takes the first block off a chunk.</summary>
    /// <param name="chunk">The chunk, not empty; what is left of it afterwards.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no block, or not those that were written.</exception>
    public static SnapshotBlock ReadFrom(ref ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < HeaderBytes)
            throw new SnapshotCorruptException($"a block of {chunk.Length} bytes, its header alone has {HeaderBytes}");
        var length = BinaryPrimitives.ReadInt32LittleEndian(chunk);
        if ((uint)length > (uint)(chunk.Length - HeaderBytes))
            throw new SnapshotCorruptException($"a block of {length} bytes where {chunk.Length - HeaderBytes} are left");
        var kind = (SnapshotBlockKind)chunk[4];
        var block = new SnapshotBlock(kind, BinaryPrimitives.ReadUInt128LittleEndian(chunk[5..]), chunk.Slice(HeaderBytes, length));
        if (kind > SnapshotBlockKind.End) throw new SnapshotCorruptException($"a block of kind {(byte)kind}");
        if (block.Hash != BinaryPrimitives.ReadUInt64LittleEndian(chunk[21..]))
            throw new SnapshotCorruptException($"a block of {kind} whose bytes are not those that were written");
        chunk = chunk[(HeaderBytes + length)..];
        return block;
    }

    private static ulong HashOf(SnapshotBlockKind kind, UInt128 id, ReadOnlySpan<byte> bytes) =>
        XxHash3.HashToUInt64(bytes, (long)((ulong)id ^ (ulong)(id >> 64) ^ ((ulong)kind << 56)));
}

/// <summary>Takes the blocks of a snapshot, one after the other.</summary>
public interface ISnapshotSink
{
    /// <summary>Takes a block; its bytes are valid during the call only.</summary>
    void Take(in SnapshotBlock block);
}
