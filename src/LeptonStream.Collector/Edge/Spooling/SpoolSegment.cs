using System.Buffers;

namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>
/// A part of the spool: records one behind the other, in a file or in memory. Used under the lock of its <see cref="Spool"/>.
/// </summary>
internal abstract class SpoolSegment : IDisposable
{
    private const int WindowBytes = 64 << 10;

    // By the place where they begin.
    private readonly Dictionary<long, Hole> _holes = [];

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

    /// <summary>When it was made or opened, by a clock that nobody sets.</summary>
    public required long Since { get; init; }

    /// <summary>Bytes behind the last whole record that were there when it was opened.</summary>
    public long Cut { get; private set; }

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

    /// <summary>
    /// Finds the records that are whole. Damaged ones between them are holes; what is behind the last whole one is cut off.
    /// </summary>
    /// <param name="size">Bytes that there are.</param>
    /// <param name="lost">Gets the first and the last sequence of each hole.</param>
    public void Scan(long size, Action<long, long> lost)
    {
        for (var at = 0L; at < size;)
        {
            var next = Math.Max(First, Last + 1);
            if (TryHead(at, size, next, out var head))
            {
                Note(head.Bytes, head.Sequence, head.Time);
                at = Length;
            }
            else if (FindNext(at, size, next) is { } found)
            {
                AddHole(at, found.At, next, found.Sequence - 1, lost);
                at = Length = found.At;
            }
            else
            {
                break;
            }
        }

        Cut = size - Length;
    }

    /// <summary>Reads the record at a place, or the first behind it that is as it was written.</summary>
    /// <param name="at">The place; it moves behind the record.</param>
    /// <param name="lost">Gets the first and the last sequence of each hole that nobody has met before.</param>
    /// <param name="record">The record.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(ref long at, Action<long, long> lost, out SpoolRecord record)
    {
        for (record = default; at < Length;)
        {
            if (_holes.TryGetValue(at, out var hole))
            {
                at = hole.End;
                continue;
            }

            if (TryRead(at, Length, out var frame))
            {
                using (frame)
                {
                    if (SpoolFrame.TryRead(frame.Span, out record))
                    {
                        at += frame.Span.Length;
                        return true;
                    }
                }
            }

            // The disk has changed a byte since it was written.
            var first = LastBefore(at) + 1;
            if (FindNext(at, Length, first) is { } next) AddHole(at, next.At, first, next.Sequence - 1, lost);
            else AddHole(at, Length, first, Last, lost);
        }

        return false;
    }

    /// <summary>Records of holes behind a sequence.</summary>
    public long LostBehind(long sequence) => _holes.Values.Sum(hole => Math.Max(0, hole.Last - Math.Max(hole.First - 1, sequence)));

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

    private void AddHole(long at, long end, long first, long last, Action<long, long> lost)
    {
        _holes.Add(at, new(end, first, last));
        if (last >= first) lost(first, last);
    }

    // The next frame behind a damaged one. Its place is the one that the damaged length names, where it is of the next record; otherwise
    // the length is what is damaged, and the nearest is searched for. Each record that is lost in between has at least a header.
    private (long At, long Sequence)? FindNext(long at, long end, long first)
    {
        Span<byte> start = stackalloc byte[SpoolFrame.HeaderBytes];
        if (end - at >= start.Length && Read(start, at) == start.Length && SpoolFrame.LengthOf(start) is > 0 and var length
            && length <= end - at && IsNext(at + length, out var sequence) && sequence == first + 1) return (at + length, sequence);
        using var window = new Frame(WindowBytes);
        for (var from = at + 1; end - from >= SpoolFrame.HeaderBytes; from += WindowBytes - SpoolFrame.HeaderBytes + 1)
        {
            ReadOnlySpan<byte> bytes = window.Span[..Read(window.Span[..(int)Math.Min(WindowBytes, end - from)], from)];
            for (var i = 0; i <= bytes.Length - SpoolFrame.HeaderBytes; i++)
                if (SpoolFrame.MayBegin(bytes[i..], out sequence) && IsNext(from + i, out sequence)) return (from + i, sequence);
        }

        return null;

        bool IsNext(long place, out long its)
        {
            its = -1;
            if (place >= end || !TryHead(place, end, first, out var head)) return false;
            its = head.Sequence;
            return its - first <= (place - at) / SpoolFrame.HeaderBytes;
        }
    }

    private long LastBefore(long place)
    {
        var last = First - 1;
        for (var at = 0L; at < place;)
        {
            if (_holes.TryGetValue(at, out var hole)) (at, last) = (hole.End, hole.Last);
            else if (TryHead(at, Length, First, out var head)) (at, last) = (at + head.Bytes, head.Sequence);
            else break;
        }

        return last;
    }

    private bool TryHead(long at, long end, long least, out (int Bytes, long Sequence, long Time) head)
    {
        head = default;
        if (!TryRead(at, end, out var frame)) return false;
        using (frame)
        {
            if (!SpoolFrame.TryReadHead(frame.Span, out var sequence, out var time, out _) || sequence < least) return false;
            head = (frame.Span.Length, sequence, time);
            return true;
        }
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

    private readonly record struct Hole(long End, long First, long Last);

    /// <summary>A borrowed buffer.</summary>
    private readonly struct Frame(int length) : IDisposable
    {
        private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(length);

        public Span<byte> Span => _buffer.AsSpan(0, length);

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
