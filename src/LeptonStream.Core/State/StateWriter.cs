using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace LeptonStream.State;

/// <summary>Writes the bytes of a snapshot: little-endian, floating point as raw bits, so that what is read back is bit-equal.</summary>
public sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Writes a float's bits.</summary>
    public void Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes a whole number.</summary>
    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>Writes a whole number.</summary>
    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    /// <summary>Writes a truth value as one byte.</summary>
    public void Write(bool value)
    {
        _buffer.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        _buffer.Advance(1);
    }

    /// <summary>Writes a 128-bit number.</summary>
    public void Write(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_buffer.GetSpan(16), value);
        _buffer.Advance(16);
    }

    /// <summary>Writes the floats' bits, without their number.</summary>
    public void Write(ReadOnlySpan<float> values)
    {
        var span = _buffer.GetSpan(values.Length * 4);
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(span[(i * 4)..], values[i]);
        _buffer.Advance(values.Length * 4);
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
        Encoding.UTF8.GetBytes(text, _buffer.GetSpan(bytes));
        _buffer.Advance(bytes);
    }

    /// <summary>Writes bytes as they are, without their number.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.GetSpan(bytes.Length));
        _buffer.Advance(bytes.Length);
    }

    /// <summary>Writes a block of plain numbers with its length and its XXH3, so that a reader never takes other bytes for it.</summary>
    public void WriteBlock(ReadOnlySpan<byte> block)
    {
        Write(block.Length);
        Write((long)XxHash3.HashToUInt64(block));
        block.CopyTo(_buffer.GetSpan(block.Length));
        _buffer.Advance(block.Length);
    }
}
