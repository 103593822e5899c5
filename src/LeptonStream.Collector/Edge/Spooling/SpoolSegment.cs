using System.Buffers;

namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>
/// A part of the spool: records one behind the other, in a file or in memory. Used under the lock of its <see cref="Spool"/>.
/// </summary>
internal abstract class SpoolSegment : IDisposable
{
    /// <summary>The lowest sequence that a record of it may have.</summary>
    public required long First { get; init; }

    /// <summary>The sequence of its last record; below <see cref="First"/> where it has none.</summary>
    public long Last { get; private set; } = -1;

    /// <summary>The time of its first record, in milliseconds since 1970.</summary>
    public long FirstTime { get; private set; }

    /// <summary>Number of its records.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of its records.</summary>
    public long Length { get; private set; }

    /// <summary>Whether nothing is appended to it any more, since it is of an earlier run: sequences leap in between.</summary>
    public bool IsSealed { get; init; }

    /// <summary>Whether it is gone.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Whether it survives the process.</summary>
    public abstract bool IsOnDisk { get; }

    /// <summary>Appends a record. Where it fails nothing is appended.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Append(ReadOnlySpan<byte> frame, long sequence, long time)
    {
        Write(frame, Length);
        Note(frame.Length, sequence, time);
    }

    /// <summary>Finds the records that are whole, from the beginning to the first that is not.</summary>
    /// <returns>Bytes behind them, of records that were being written when the process or the machine ended.</returns>
    public long Scan(long size)
    {
        var at = 0L;
        while (TryRead(at, size, out var frame))
        {
            using (frame)
            {
                if (!SpoolFrame.TryReadHead(frame.Span, out var sequence, out var time, out _) || sequence <= Last) break;
                Note(frame.Span.Length, sequence, time);
                at += frame.Span.Length;
            }
        }

        return size - Length;
    }

    /// <summary>Reads the record at a place.</summary>
    /// <param name="at">The place; it moves behind the record.</param>
    /// <param name="record">The record.</param>
    /// <returns>False at the end, and where the bytes are not those that were written.</returns>
    public bool TryRead(ref long at, out SpoolRecord record)
    {
        record = default;
        if (!TryRead(at, Length, out var frame)) return false;
        using (frame)
        {
            if (!SpoolFrame.TryRead(frame.Span, out record)) return false;
            at += frame.Span.Length;
            return true;
        }
    }

    /// <summary>Gives up what lies behind a place, since its bytes are not those that were written.</summary>
    public void CutAt(long at, long last) => (Length, Last) = (at, Math.Max(First - 1, last));

    /// <summary>Removes it for good.</summary>
    public void Delete()
    {
        IsDeleted = true;
        Dispose();
        Remove();
    }

    /// <summary>Makes sure that a loss of power does not take its records.</summary>
    public abstract void Sync();

    public abstract void Dispose();

    protected abstract void Write(ReadOnlySpan<byte> bytes, long at);

    // As many as there are.
    protected abstract int Read(Span<byte> into, long at);

    protected abstract void Remove();

    private void Note(int bytes, long sequence, long time)
    {
        if (Count++ == 0) FirstTime = time;
        Last = sequence;
        Length += bytes;
    }

    private bool TryRead(long at, long end, out Frame frame)
    {
        frame = default;
        Span<byte> start = stackalloc byte[SpoolFrame.HeaderBytes];
        if (end - at < start.Length || Read(start, at) < start.Length) return false;
        if (SpoolFrame.LengthOf(start) is not (> 0 and var length) || length > end - at) return false;
        frame = new(length);
        if (Read(frame.Span, at) == length) return true;
        frame.Dispose();
        return false;
    }

    /// <summary>A borrowed buffer.</summary>
    private readonly struct Frame(int length) : IDisposable
    {
        private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(length);

        public Span<byte> Span => _buffer.AsSpan(0, length);

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
