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
    public const int Bytes = (3 * sizeof(long)) + sizeof(int);

    /// <summary>
    /// So many records in a row that go on where the clock was before a jump say that it was none, if that was within a day of the clock.
    /// </summary>
    public const int AfterJump = 100;

    /// <summary>So many say it of any clock: fewer may be the backlog of a producer that was away.</summary>
    public const int Otherwise = 10_000;

    private static readonly TimeSpan Behind = TimeSpan.FromMinutes(1);

    // A shorter one is over soon.
    private static readonly TimeSpan Jump = TimeSpan.FromHours(1);

    // A producer that was ahead for longer was the clock.
    private static readonly TimeSpan Doubted = TimeSpan.FromDays(1);

    // The clock before a jump and behind it.
    private Timestamp _before = Timestamp.Never;
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
            // Two that are ahead need not agree: the clock was right before the first.
            if (logTime - clock > Jump) (_before, _jumped) = (IsDoubted(clock) ? _before : clock, logTime);
            (_behind, _newest) = (0, Timestamp.Never);
            return null;
        }

        _newest = Timestamp.Later(_newest, logTime);
        var isAfterJump = IsDoubted(clock) && _newest < _jumped && _newest > _before - Behind;
        if (++_behind < (isAfterJump ? AfterJump : Otherwise)) return null;
        var right = _newest;
        (_behind, _newest) = (0, Timestamp.Never);
        // It may be that of the one that was less ahead.
        _jumped = isAfterJump && right - _before > Jump ? right : Timestamp.Never;
        return right;
    }

    private bool IsDoubted(Timestamp clock) => !_jumped.IsNever && clock - _jumped < Doubted;

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_before.UnixNanoseconds);
        state.Write(_jumped.UnixNanoseconds);
        state.Write(_newest.UnixNanoseconds);
        state.Write(_behind);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void Load(ref StateReader state)
    {
        _before = new(state.ReadInt64());
        _jumped = new(state.ReadInt64());
        _newest = new(state.ReadInt64());
        _behind = state.ReadInt32();
    }
}
