using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection;

/// <summary>
/// Notices that the clock of the log, the newest time of its records, is wrong: one record with a time far ahead has moved it, and those
/// that follow are long before it. A clock that stands still forgets, ends and misses nothing until the records catch up, in years perhaps.
/// A function of the records' times only.
/// </summary>
internal sealed class ClockWatch
{
    /// <summary>Bytes that it takes in a snapshot.</summary>
    public const int Bytes = (2 * sizeof(long)) + sizeof(int);

    /// <summary>So many records in a row that are behind say that a jump was none, where the clock has not gone on since.</summary>
    public const int AfterJump = 100;

    /// <summary>So many say it of any clock: fewer may be the backlog of a producer that was away.</summary>
    public const int Otherwise = 10_000;

    private static readonly TimeSpan Behind = TimeSpan.FromMinutes(1);

    // A shorter one is over soon.
    private static readonly TimeSpan Jump = TimeSpan.FromHours(1);

    private Timestamp _jumped = Timestamp.Never;
    private Timestamp _newest = Timestamp.Never;
    private int _behind;

    /// <summary>Looks at a record's time. To be asked of each, before the clock moves.</summary>
    /// <param name="clock">The clock; <see cref="Timestamp.Never"/> before the first record.</param>
    /// <param name="logTime">The record's time.</param>
    /// <returns>The time to set the clock back to; null where it stays.</returns>
    public Timestamp? Take(Timestamp clock, Timestamp logTime)
    {
        if (clock.IsNever) return null;
        if (logTime >= clock - Behind)
        {
            if (logTime - clock > Jump) _jumped = logTime;
            (_behind, _newest) = (0, Timestamp.Never);
            return null;
        }

        _newest = Timestamp.Later(_newest, logTime);
        var isAfterJump = !_jumped.IsNever && clock - _jumped < Behind;
        if (++_behind < (isAfterJump ? AfterJump : Otherwise)) return null;
        var right = _newest;
        (_behind, _newest, _jumped) = (0, Timestamp.Never, Timestamp.Never);
        return right;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_jumped.UnixNanoseconds);
        state.Write(_newest.UnixNanoseconds);
        state.Write(_behind);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void Load(ref StateReader state)
    {
        _jumped = new(state.ReadInt64());
        _newest = new(state.ReadInt64());
        _behind = state.ReadInt32();
    }
}
