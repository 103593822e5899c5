namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>
/// A log on disk with bounds: records are appended at its end, readers go along it each at its own pace, and the oldest segment goes
/// first. Any thread may use it.
/// </summary>
/// <remarks>
/// <para>A record is written before <see cref="Append"/> returns, so that a kill of the process does not lose it; <see cref="Sync"/> makes
/// it safe from a loss of power. At the start what was being written is cut off behind the last good checksum. A record whose bytes the
/// disk has changed is lost alone: readers go on with the next that is whole, and <see cref="TakeDamage"/> says which are lost.</para>
/// <para>Where the disk is full the oldest segment makes room. Where even that does not help, records go to memory, to go on being read,
/// until the disk takes them again. Appending never waits for room and never fails.</para>
/// <para>A sequence is never given twice: after a start they go on behind a leap, since a loss of power may have taken records whose
/// numbers a reader has passed on already.</para>
/// </remarks>
internal sealed partial class Spool : IDisposable
{
    private const long Leap = 1 << 20;
    private const int NoSpace = 28;
    private const int Quota = 122;
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SpoolSettings _settings;
    private readonly FileStream _owner;
    private readonly List<SpoolSegment> _segments;
    private readonly DateTimeOffset _opened;
    private byte[] _frame = new byte[4 << 10];
    private long _next;
    private long _read = -1;
    private long _readTime;
    private long _triedDisk;

    /// <param name="settings">Place and bounds.</param>
    /// <param name="atLeast">The lowest sequence to go on with: behind all that its readers remember.</param>
    /// <exception cref="IOException">The folder can't be used, or another process uses it.</exception>
    public Spool(SpoolSettings settings, long atLeast = 0)
    {
        _settings = settings;
        Directory.CreateDirectory(settings.Folder);
        _owner = new(Path.Combine(settings.Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        (_read, _opened) = (atLeast - 1, settings.Time.GetUtcNow());
        _segments = FileSegment.OpenAll(settings.Folder, settings.Time.GetTimestamp(), Lose);
        FindLostEnds();
        var behind = Math.Max(atLeast, _segments.Count == 0 ? 0 : _segments[^1].Last + 1);
        _next = behind == 0 ? 0 : (behind + Leap - 1) / Leap * Leap;
    }

    /// <summary>Records that went before <see cref="MarkRead"/> reached them, or could not be read, since the start.</summary>
    public long Dropped { get; private set; }

    /// <summary>Reason in plain words for which records are in memory; null while the disk takes them.</summary>
    public string? DiskTrouble { get; private set; }

    /// <summary>The sequence of the next record.</summary>
    public long Next
    {
        get
        {
            lock (_lock) return _next;
        }
    }

    /// <summary>Bytes of all records.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _segments.Sum(segment => segment.Length);
        }
    }

    /// <summary>A time that no record before is unread, in milliseconds since 1970; null where all are marked as read.</summary>
    public long? UnreadSince
    {
        get
        {
            lock (_lock)
                return _segments.Find(segment => segment.Last > _read) is { } oldest ? Math.Max(oldest.FirstTime, _readTime) : null;
        }
    }

    /// <summary>Appends a record.</summary>
    /// <param name="time">Now, in milliseconds since 1970.</param>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Its sequence.</returns>
    public long Append(long time, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        lock (_lock)
        {
            var sequence = _next++;
            var length = SpoolFrame.BytesOf(key.Length, value.Length);
            if (_frame.Length < length) _frame = new byte[Math.Max(length, _frame.Length * 2)];
            SpoolFrame.Write(_frame, sequence, time, key, value);
            Store(_frame.AsSpan(0, length), sequence, time);
            while (_segments.Count > 1 && _segments.Sum(segment => segment.Length) > _settings.MaxBytes) DropOldest();
            return sequence;
        }
    }

    /// <summary>A reader that begins at a sequence, or behind it where that is gone.</summary>
    public SpoolReader ReadFrom(long sequence) => new(this, sequence);

    /// <summary>All records before this sequence were read by the reader that matters; later ones count as dropped when they go.</summary>
    /// <param name="before">The sequence.</param>
    /// <param name="time">The time of the last record before it, in milliseconds since 1970; 0 where it is not known.</param>
    public void MarkRead(long before, long time = 0)
    {
        lock (_lock) (_read, _readTime) = (Math.Max(_read, before - 1), Math.Max(_readTime, time));
    }

    /// <summary>Removes segments that nobody needs any more, and those that are too old. To be called from time to time.</summary>
    /// <param name="neededFrom">The lowest sequence that a reader still needs.</param>
    public void Trim(long neededFrom)
    {
        lock (_lock)
        {
            // The newest stays, so that a start knows the last sequence.
            while (_segments.Count > 1 && (_segments[0].Last < neededFrom || AgeOf(_segments[1]) > _settings.MaxAge)) DropOldest();
        }
    }

    /// <summary>Makes sure that a loss of power does not take what is written by now.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Sync()
    {
        SpoolSegment? newest;
        lock (_lock) newest = _segments.Count == 0 ? null : _segments[^1];
        try
        {
            // Without the lock: it may take long, and others go on appending.
            newest?.Sync();
        }
        catch (ObjectDisposedException)
        {
            // It was dropped meanwhile.
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var segment in _segments) segment.Dispose();
            _owner.Dispose();
        }
    }

    /// <summary>Reads on. For <see cref="SpoolReader"/>.</summary>
    internal int Read(SpoolReader reader, List<SpoolRecord> into, int mostRecords, int mostBytes)
    {
        lock (_lock)
        {
            var (count, bytes) = (0, 0);
            while (count < mostRecords && bytes < mostBytes && Find(reader) is { } segment)
            {
                if (!segment.TryRead(ref reader.At, Lose, out var record))
                {
                    reader.Next = segment.Last + 1;
                    continue;
                }

                if (record.Sequence < reader.Next) continue;
                reader.Next = record.Sequence + 1;
                into.Add(record);
                count++;
                bytes += record.Bytes;
            }

            return count;
        }
    }

    // The wall clock is asked at the start alone: a host whose clock jumps a year ahead, and back when it finds its time server, must not
    // lose what waits.
    private TimeSpan AgeOf(SpoolSegment segment)
    {
        var before = segment.IsSealed ? _opened - DateTimeOffset.FromUnixTimeMilliseconds(segment.FirstTime) : TimeSpan.Zero;
        return _settings.Time.GetElapsedTime(segment.Since) + (before > TimeSpan.Zero ? before : TimeSpan.Zero);
    }

    private SpoolSegment? Find(SpoolReader reader)
    {
        if (reader.Segment is { IsDeleted: false } at && at.Last >= reader.Next) return at;
        reader.Segment = _segments.Find(segment => segment.Last >= reader.Next);
        reader.At = 0;
        return reader.Segment;
    }

    private void Store(ReadOnlySpan<byte> frame, long sequence, long time)
    {
        var newest = _segments.Count == 0 ? null : _segments[^1];
        if (newest is null or { IsOnDisk: true } || _settings.Time.GetElapsedTime(_triedDisk) >= DiskPause)
        {
            if (TryStoreOnDisk(newest, frame, sequence, time)) return;
            _triedDisk = _settings.Time.GetTimestamp();
        }

        StoreInMemory(frame, sequence, time);
    }

    private bool TryStoreOnDisk(SpoolSegment? newest, ReadOnlySpan<byte> frame, long sequence, long time)
    {
        while (true)
        {
            try
            {
                if (newest is not { IsOnDisk: true, IsSealed: false }
                    || (newest.Count > 0 && newest.Length + frame.Length > _settings.SegmentBytes))
                {
                    newest?.Sync();
                    newest = FileSegment.Create(_settings.Folder, sequence, _settings.Time.GetTimestamp());
                    _segments.Add(newest);
                }

                newest.Append(frame, sequence, time);
                DiskTrouble = null;
                return true;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                DiskTrouble = failure.Message;
                // An empty one that was made in vain.
                if (newest is { Count: 0 }) Remove(newest);
                // Only where room is what is missing does it help to make some.
                if (failure.HResult is not (NoSpace or Quota) || !_segments.Exists(segment => segment.IsOnDisk && segment != newest))
                    return false;
                DropOldest();
                newest = _segments.Count == 0 ? null : _segments[^1];
            }
        }
    }

    private void StoreInMemory(ReadOnlySpan<byte> frame, long sequence, long time)
    {
        var newest = _segments.Count == 0 ? null : _segments[^1];
        if (newest is not MemorySegment || newest.Length + frame.Length > _settings.MemoryBytes)
        {
            if (_segments.FindAll(segment => !segment.IsOnDisk) is { Count: > 1 } held) Remove(held[0]);
            _segments.Add(newest = new MemorySegment { First = sequence, Since = _settings.Time.GetTimestamp() });
        }

        newest.Append(frame, sequence, time);
    }

    private void DropOldest() => Remove(_segments[0]);

    private void Remove(SpoolSegment segment)
    {
        // Those of its holes are counted already.
        var unread = Math.Max(segment.First - 1, _read);
        Dropped += Math.Max(0, segment.Last - unread - segment.LostBehind(unread));
        _segments.Remove(segment);
        try
        {
            segment.Delete();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            DiskTrouble = failure.Message;
        }
    }
}
