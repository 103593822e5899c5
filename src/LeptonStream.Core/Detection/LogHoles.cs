using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection;

/// <summary>
/// Stretches of log time in which no record of a partition came: outages of the broker rather than of all its producers. Whoever is
/// silent after one gets time to come back. Where records always come so far apart, it is none: else nobody would ever be silent there.
/// </summary>
internal sealed class LogHoles
{
    /// <summary>Bytes that it takes in a snapshot.</summary>
    public const int Bytes = (Kept * 2 * sizeof(long)) + sizeof(int);

    private const int Kept = 4;

    // Two stretches of about its length, within ten times that before it, make one ordinary; the time of those in between does not count.
    private const int Ordinary = 2;
    private const int Near = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(20);

    private readonly (Timestamp End, TimeSpan Length)[] _last = new (Timestamp, TimeSpan)[Kept];
    private int _next;

    /// <summary>Whether the stretch between two records is a hole. To be asked of each, in order.</summary>
    /// <param name="before">Log time of the earlier record; <see cref="Timestamp.Never"/> where there was none.</param>
    /// <param name="after">Log time of the later one.</param>
    public bool IsOne(Timestamp before, Timestamp after)
    {
        if (before.IsNever || after - before <= Shortest) return false;
        var length = after - before;
        var (alike, since) = (0, length);
        for (var back = 1; back <= Kept; back++)
        {
            var (end, known) = _last[(_next + Kept - back) % Kept];
            if (known >= length / 2 && known <= length * 4 && after - end <= since + (length * Near)) alike++;
            since += known;
        }

        _last[_next] = (after, length);
        _next = (_next + 1) % Kept;
        return alike < Ordinary;
    }

    /// <summary>Forgets the holes: their times are of a clock that was wrong.</summary>
    public void Clear() => Array.Clear(_last);

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        foreach (var (end, length) in _last)
        {
            state.Write(end.UnixNanoseconds);
            state.Write(length.Ticks);
        }

        state.Write(_next);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        foreach (ref var one in _last.AsSpan()) one = (new(state.ReadInt64()), new(state.ReadInt64()));
        _next = state.ReadInt32();
        if (_next is < 0 or >= Kept) throw new SnapshotCorruptException($"hole {_next} of {Kept}");
    }
}
