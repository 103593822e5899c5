using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using LeptonStream.Detection.Snapshots;

namespace LeptonStream.State;

/// <summary>Reads what a <see cref="StateWriter"/> wrote, in the same order.</summary>
/// <param name="bytes">The snapshot.</param>
public ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The way from the layout that was written; null where it is this program's own.</summary>
    internal LayoutMigration? Migration { get; init; }

    /// <summary>Whether the states were written by a version before this one.</summary>
    internal readonly bool IsBefore(int version) => Migration is { } written && written.Version < version;

    /// <summary>Whether everything was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads a float.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads a whole number that must lie in 0..<paramref name="most"/>.</summary>
    /// <exception cref="SnapshotCorruptException">It doesn't, or the snapshot ends here.</exception>
    public int ReadCount(int most)
    {
        var value = ReadInt32();
        return (uint)value <= (uint)most ? value : throw new SnapshotCorruptException($"a count of {value}, at most {most} is possible");
    }

    /// <summary>Reads a value of an enum that was written as a number.</summary>
    /// <param name="unknown">The value that stands for one that this program does not know: a later version has written it.</param>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    internal T ReadEnum<T>(T unknown)
        where T : struct, Enum => TryReadEnum<T>() ?? unknown;

    /// <summary>Reads a value of an enum that was written as a number; null for one that this program does not know.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    internal T? TryReadEnum<T>()
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), ReadInt32());
        return Enum.IsDefined(value) ? value : null;
    }

    /// <summary>Reads a byte.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes end.</exception>
    public byte ReadByte() => Take(1)[0];

    /// <summary>Reads a truth value.</summary>
    /// <exception cref="SnapshotCorruptException">The byte is neither 0 nor 1, or the snapshot ends here.</exception>
    public bool ReadBoolean() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw new SnapshotCorruptException($"a truth value of {other}"),
    };

    /// <summary>Reads a 128-bit number.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    /// <summary>Reads a text, or null.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no UTF-8, or the snapshot ends here.</exception>
    public string? ReadText()
    {
        var length = ReadInt32();
        if (length == -1) return null;
        if (length < 0) throw new SnapshotCorruptException($"a text of {length} bytes");
        var bytes = Take(length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new SnapshotCorruptException("a text that is no UTF-8");
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="SnapshotCorruptException">There is none, the bytes are no UTF-8, or the snapshot ends here.</exception>
    public string ReadName() => ReadText() ?? throw new SnapshotCorruptException("a name is missing");

    /// <summary>Reads a finite float.</summary>
    /// <exception cref="SnapshotCorruptException">It is not finite, or the snapshot ends here.</exception>
    public double ReadFinite() => ReadDouble() is var value && double.IsFinite(value)
        ? value
        : throw new SnapshotCorruptException($"{value} where a finite number belongs");

    /// <summary>Fails unless everything was read.</summary>
    /// <exception cref="SnapshotCorruptException">There is more.</exception>
    public readonly void End()
    {
        if (!AtEnd) throw new SnapshotCorruptException($"goes on for {_rest.Length} bytes");
    }

    /// <summary>Reads as many floats as fit.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void Read(Span<float> values)
    {
        var span = Take(values.Length * 4);
        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(span[(i * 4)..]);
    }

    /// <summary>Reads as many floats as fit.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void Read(Span<double> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = ReadDouble();
    }

    /// <summary>Reads bytes as they were written.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public ReadOnlySpan<byte> ReadRaw(int length) => Take(length);

    /// <summary>Reads a block into memory of its length.</summary>
    /// <exception cref="SnapshotCorruptException">It has another length or other bytes than were written, or the snapshot ends
    /// here.</exception>
    public void ReadBlock(scoped Span<byte> block) => TakeBlock(block.Length).CopyTo(block);

    /// <summary>Reads a block into memory that is laid out otherwise than what was written.</summary>
    /// <param name="block">The memory.</param>
    /// <param name="move">The way from one to the other; null where they are the same.</param>
    /// <exception cref="SnapshotCorruptException">It is no block of that layout, or the snapshot ends here.</exception>
    internal void ReadBlock(scoped Span<byte> block, StructMove? move)
    {
        if (move is null) ReadBlock(block);
        else move.Move(TakeBlock(move.FromBytes), block);
    }

    /// <summary>Reads a struct that was written as a block.</summary>
    /// <exception cref="SnapshotCorruptException">It is no block of that struct, or the snapshot ends here.</exception>
    internal void ReadBlock<T>(scoped ref T value)
        where T : unmanaged => ReadBlock(MemoryMarshal.AsBytes(new Span<T>(ref value)), Migration?.MoveOf(typeof(T)));

    /// <summary>Reads as many structs as fit, written one after the other.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    internal void ReadRaw<T>(scoped Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        if (Migration?.MoveOf(typeof(T)) is not { } move)
        {
            Take(bytes.Length).CopyTo(bytes);
            return;
        }

        foreach (ref var value in values) move.Move(Take(move.FromBytes), MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    private ReadOnlySpan<byte> TakeBlock(int expected)
    {
        var length = ReadInt32();
        if (length != expected) throw new SnapshotCorruptException($"a block of {length} bytes where {expected} belong");
        var hash = (ulong)ReadInt64();
        var bytes = Take(length);
        return XxHash3.HashToUInt64(bytes) == hash
            ? bytes
            : throw new SnapshotCorruptException("a block whose bytes are not those that were written");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || _rest.Length < length) throw new SnapshotCorruptException($"ends {length - _rest.Length} bytes early");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
