using System.Numerics;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Detection.Habits;

/// <summary>
/// A burst that came at its hour, up or down: when it came the last time, on which days before, how far it goes and for how long. 32 bytes;
/// all zeros is none.
/// </summary>
internal struct Burst
{
    private const int Day = 86_400;
    private const float Half = (float)HabitPlan.Half;
    private const uint LastWeek = (1 << 8) - 2;
    private const uint ThreeWeeks = (1 << 22) - 2;
    private const uint Weekly = 1 << 7 | 1 << 14 | 1 << 21;

    // Seconds since the Unix epoch.
    private uint _start;

    // Bit d: it came d days before its last time.
    private uint _days;
    private float _base;
    private float _peak;

    // How far it went the last time.
    private float _top;

    // How long it lasted before its last time, and that time.
    private int _seconds;
    private int _lasted;

    // The day, counted from the last time, on which its hour was not seen whole; 0 for none.
    private int _unseen;

    public readonly bool IsUsed => _days != 0;

    /// <summary>On how many days of the last month it came: what is seldom makes room.</summary>
    public readonly int Times => BitOperations.PopCount(_days);

    /// <summary>The last time it came, in seconds since the Unix epoch.</summary>
    public readonly long Start => _start;

    /// <summary>The value that it goes to, in the series' unit.</summary>
    public readonly double Peak => _peak;

    public static Burst Begin(long now, double from, double to) =>
        new() { _start = (uint)now, _days = 1, _base = (float)from, _peak = (float)to, _top = (float)to };

    /// <summary>The whole days since it came, and the seconds since it was due at a time; from a little before that.</summary>
    public readonly (int Day, int At) Place(long now)
    {
        var days = Math.DivRem(now - _start + HabitPlan.JitterSeconds, Day, out var at);
        return ((int)Math.Min(days, int.MaxValue), (int)at - HabitPlan.JitterSeconds);
    }

    /// <summary>
    /// Whether it may come, last or just have ended at this place. One that lasts longer than half as long again as ever before hangs.
    /// </summary>
    public readonly bool Covers(int at) => at <= HabitPlan.JitterSeconds + (_days == 1
        ? _lasted
        : Math.Min((int)(HabitPlan.Longer * _seconds), HabitPlan.LongestSeconds));

    /// <summary>Whether a value is that of the burst, or one on the way there: half as far.</summary>
    public readonly bool Reaches(double value) => (value - _base) / (_peak - (double)_base) >= Half;

    /// <summary>Whether a value lies between the usual one and the burst's, or a little outside.</summary>
    public readonly bool Holds(double value)
    {
        var room = HabitPlan.Room * Math.Abs(_peak - (double)_base);
        return value >= Math.Min(_base, _peak) - room && value <= Math.Max(_base, _peak) + room;
    }

    /// <summary>
    /// Whether it is known: it came on three days of the last seven; or in two of the last three weeks, and on no other day of them.
    /// </summary>
    /// <param name="day">Days since it came.</param>
    public readonly bool IsKnown(int day)
    {
        var days = DaysBefore(day) & ThreeWeeks;
        return BitOperations.PopCount(days & LastWeek) >= HabitPlan.KnownDays
            || (BitOperations.PopCount(days) >= 2 && (days & ~Weekly) == 0);
    }

    /// <summary>Whether it is missed: due, and later than it ever is.</summary>
    /// <param name="day">Days since it came.</param>
    /// <param name="at">Seconds since it was due.</param>
    public readonly bool IsMissing(int day, int at) => day > 0 && at > HabitPlan.JitterSeconds && IsDue(day);

    // Every day; or in each of the last three weeks, and on no other day of them.
    private readonly bool IsDue(int day) => _unseen != day
        && (IsDaily(day) || (DaysBefore(day) & ThreeWeeks) == Weekly);

    /// <summary>Whether it came on each of the last six days; or on the last three, and a week ago.</summary>
    /// <param name="day">Days since it came, from 1.</param>
    public readonly bool IsDaily(int day)
    {
        var days = DaysBefore(day);
        return Has(days, 1, 2, 3) && (Has(days, 7) || Has(days, 4, 5, 6));
    }

    /// <summary>Comes again, so many days after the last time.</summary>
    public void Come(int day, int at, double value)
    {
        var room = Math.Abs(Half * (_peak - _base));
        _days = DaysBefore(day) | 1;
        // Half of how early or late it is; the whole course of a long burst is no delay.
        _start = (uint)(_start + ((long)day * Day) + (at <= HabitPlan.JitterSeconds ? at / 2 : 0));
        _peak = Math.Clamp(_top, _peak - room, _peak + room);
        _top = (float)value;
        _seconds = Math.Max(_seconds, _lasted);
        _lasted = 0;
        _unseen = 0;
    }

    /// <summary>Goes on: takes how far it goes and for how long.</summary>
    /// <returns>Whether it is short enough to be a burst.</returns>
    public bool GoOn(int at, double value, double intervalSeconds)
    {
        var pause = Math.Max(HabitPlan.PauseSeconds, 2 * intervalSeconds);
        if (Reaches(value) && at <= Math.Max(_lasted, _seconds) + pause) _lasted = Math.Max(_lasted, at);
        if (Reaches(value) && Math.Abs(value - _base) > Math.Abs(_top - (double)_base)) _top = (float)value;
        // The first time, there is nothing yet to hold it against.
        if (_days == 1) _peak = _top;
        return _lasted <= HabitPlan.LongestSeconds || _days != 1;
    }

    /// <summary>Does not count the last time: it went as far at another hour, too.</summary>
    public void LeaveOut() => _days &= ~1u;

    /// <summary>Takes a hole in the data: whoever was not there to see does not say that it did not come.</summary>
    public void MissHole(long from, long to)
    {
        var (day, _) = Place(to);
        var due = _start + ((long)day * Day);
        if (from < due + HabitPlan.JitterSeconds && to > due - HabitPlan.JitterSeconds) _unseen = day;
    }

    public readonly void Save(StateWriter state)
    {
        state.Write((int)_start);
        state.Write((int)_days);
        state.Write((double)_base);
        state.Write((double)_peak);
        state.Write((double)_top);
        state.Write(_seconds);
        state.Write(_unseen);
        state.Write(_lasted);
    }

    public static Burst Load(ref StateReader state) => new()
    {
        _start = (uint)state.ReadInt32(),
        _days = (uint)state.ReadInt32(),
        _base = (float)state.ReadFinite(),
        _peak = (float)state.ReadFinite(),
        _top = (float)state.ReadFinite(),
        _seconds = state.ReadInt32(),
        _unseen = state.ReadInt32(),
        _lasted = state.IsBefore(StateLayout.FaultsSince) ? 0 : state.ReadInt32(),
    };

    private readonly uint DaysBefore(int day) => day < 32 ? _days << day : 0;

    private static bool Has(uint days, params ReadOnlySpan<int> all)
    {
        foreach (var day in all)
            if ((days & (1u << day)) == 0) return false;
        return true;
    }
}
