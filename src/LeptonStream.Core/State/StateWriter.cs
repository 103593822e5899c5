using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace LeptonStream.State;

/// <summary>Writes the bytes of a snapshot: little-endian, floating point as raw bits, so that what is read back is bit-equal.</summary>
public sealed class StateWriter
{
    private byte[] _bytes = new byte[512];
    private int _used;

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _used);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _used = 0;

    /// <summary>Writes a float's bits.</summary>
    public void Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes a whole number.</summary>
    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    /// <summary>Writes a whole number.</summary>
    public void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    /// <summary>Writes a truth value as one byte.</summary>
    public void Write(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes a 128-bit number.</summary>
    public void Write(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Take(16), value);

    /// <summary>Writes the floats' bits, without their number.</summary>
    public void Write(ReadOnlySpan<float> values)
    {
        var span = Take(values.Length * 4);
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(span[(i * 4)..], values[i]);
    }

    /// <summary>Writes the floats' bits, without their number.</summary>
    public void Write(ReadOnlySpan<double> values)
    {
        foreach (var value in values) Write(value);
    }

    /// <summary>Writes a text: its bytes of UTF-8 and how many they are; −1 for null.</summary>
    public void Write(string? text)
    {
        if (text is null)
        {
            Write(-1);
            return;
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        Write(bytes);
        Encoding.UTF8.GetBytes(text, Take(bytes));
    }

    /// <summary>Writes bytes as they are, without their number.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Writes a block of plain numbers with its length and its XXH3, so that a reader never takes other bytes for it.</summary>
    public void WriteBlock(ReadOnlySpan<byte> block)
    {
        Write(block.Length);
        Write((long)XxHash3.HashToUInt64(block));
        block.CopyTo(Take(block.Length));
    }

    private Span<byte> Take(int length)
    {
        if (_bytes.Length - _used < length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + length));
        _used += length;
        return _bytes.AsSpan(_used - length, length);
    }
}
