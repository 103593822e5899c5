using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Unicode;

namespace LeptonStream.State;

/// <summary>Reads what a <see cref="StateWriter"/> wrote, in the same order.</summary>
/// <param name="bytes">The snapshot.</param>
public ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

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

    /// <summary>Reads a block into memory of its length.</summary>
    /// <exception cref="SnapshotCorruptException">It has another length or other bytes than were written, or the snapshot ends
    /// here.</exception>
    public void ReadBlock(Span<byte> block)
    {
        var length = ReadInt32();
        if (length != block.Length) throw new SnapshotCorruptException($"a block of {length} bytes where {block.Length} belong");
        var hash = (ulong)ReadInt64();
        var bytes = Take(length);
        if (XxHash3.HashToUInt64(bytes) != hash) throw new SnapshotCorruptException("a block whose bytes are not those that were written");
        bytes.CopyTo(block);
    }

    /// <summary>Reads bytes as they are.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void ReadRaw(Span<byte> bytes) => Take(bytes.Length).CopyTo(bytes);

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || _rest.Length < length) throw new SnapshotCorruptException($"ends {length - _rest.Length} bytes early");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
