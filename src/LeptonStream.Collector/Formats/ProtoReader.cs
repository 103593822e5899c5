using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Walks protobuf messages in place. A message is the bytes up to an end, which its caller got from <see cref="Message"/>. Wrong bytes
/// make <see cref="TryTag"/> return false and <see cref="IsFailed"/> true; nothing is read outside the bytes.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private const int WireBits = 3;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Where the next byte is.</summary>
    public readonly int At => _at;

    /// <summary>Whether the bytes are no protobuf.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>Where that was noticed.</summary>
    public int FailedAt { get; private set; }

    /// <summary>Reads the tag of the next field of the message that ends at <paramref name="end"/>; false at its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTag(int end, out uint tag)
    {
        if (_at < end)
        {
            tag = (uint)Varint();
            if (tag >= 1 << WireBits) return true;
            // Field 0, even as the last byte.
            Fail();
        }

        tag = 0;
        if (_at != end) Fail();
        return false;
    }

    /// <summary>Reads a length; returns where the message, text or packed field behind it ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Message(int end)
    {
        var length = Varint();
        var room = end - _at;
        if (room >= 0 && length <= (ulong)room) return _at + (int)length;
        Fail();
        return _at;
    }

    /// <summary>Reads a length and steps over as many bytes; their place is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int Start, int Length) Bytes(int end)
    {
        var last = Message(end);
        var start = _at;
        _at = last;
        return (start, last - start);
    }

    /// <summary>Reads a length and the text behind it, whose bytes a batch has from <paramref name="copyAt"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Text Text(int end, int copyAt)
    {
        var (start, length) = Bytes(end);
        return new(copyAt + start, length);
    }

    /// <summary>Reads a message of two texts, a name and a value: a label of Prometheus.</summary>
    public (Text Name, Text Value) Pair(int end, int copyAt)
    {
        Text name = default, value = default;
        while (TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: name = Text(end, copyAt); break;
                case (2 << 3) | 2: value = Text(end, copyAt); break;
                default: Skip(tag, end); break;
            }
        }

        return (name, value);
    }

    /// <summary>Reads a varint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Varint()
    {
        var at = _at;
        if ((uint)at < (uint)_bytes.Length && _bytes[at] < 0x80)
        {
            _at = at + 1;
            return _bytes[at];
        }

        return LongVarint();
    }

    /// <summary>Reads a varint whose sign is its lowest bit.</summary>
    public long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Fixed64()
    {
        if (_bytes.Length - _at < sizeof(ulong))
        {
            Fail();
            return 0;
        }

        var value = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_at..]);
        _at += sizeof(ulong);
        return value;
    }

    /// <summary>Reads a double.</summary>
    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    /// <summary>Steps over the value of a field.</summary>
    public void Skip(uint tag, int end)
    {
        switch (tag & 7)
        {
            case 0: Varint(); break;
            case 1: Step(sizeof(ulong)); break;
            case 2: _at = Message(end); break;
            case 5: Step(sizeof(uint)); break;
            default: Fail(); break; // Groups, which proto3 has not.
        }
    }

    /// <summary>Steps to the end of a message.</summary>
    public void SkipTo(int end) => _at = end;

    public void Fail()
    {
        if (!IsFailed) FailedAt = _at;
        IsFailed = true;
        _at = _bytes.Length;
    }

    private void Step(int bytes)
    {
        if (_bytes.Length - _at < bytes) Fail();
        else _at += bytes;
    }

    private ulong LongVarint()
    {
        const int MostBytes = 10;
        var value = 0UL;
        for (var i = 0; i < MostBytes && _at < _bytes.Length; i++)
        {
            var unit = _bytes[_at++];
            value |= (ulong)(unit & 0x7F) << (7 * i);
            if (unit < 0x80) return value;
        }

        Fail();
        return 0;
    }
}
