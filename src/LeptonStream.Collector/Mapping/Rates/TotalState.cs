namespace LeptonStream.Collector.Mapping.Rates;

/// <summary>
/// Turns the points of a total into rates. A total that fell, or that counts since another time, has begun again. Where its start is known
/// and lies behind the last point, it counted from zero since then; otherwise nothing is guessed, as in the detector
/// (<see cref="LeptonStream.Detection.Cleaning.CounterRate"/>): that point is a new baseline.
/// </summary>
internal struct TotalState
{
    // A server of a large model takes minutes to load it: until then its totals stand.
    private const long Start = 5L * 60 * 1_000_000_000;

    private double _value;
    private long _time;
    private long _start;
    private long _resetAt;
    private WriterWatch _writers;
    private bool _hasBegun;

    /// <summary>Takes a point of a total.</summary>
    /// <param name="value">The total.</param>
    /// <param name="time">When, in nanoseconds.</param>
    /// <param name="start">Since when it counts; 0 where nobody knows.</param>
    /// <param name="increase">How much it grew, and in how many seconds; only set for <see cref="DropReason.None"/>.</param>
    public DropReason Take(double value, long time, long start, out Increase increase)
    {
        increase = default;
        if (value < 0) return DropReason.Negative;
        if (!_hasBegun) return Begin(value, time, start, DropReason.Baseline);
        if (time == _time) return DropReason.Duplicate;
        if (time < _time) return DropReason.OutOfOrder;
        if (_writers.AreTwo(_value, value, time, _start, start)) return Begin(value, time, start, DropReason.Collision);
        if (value < _value || IsOtherStart(start)) return BeginAgain(value, time, start, out increase);
        if (HasJustRestarted(value, time)) return Begin(value, time, start, DropReason.Restarting);
        increase = new(value - _value, Seconds(_time, time), IsFromZero: false);
        return Begin(value, time, start, DropReason.None);
    }

    /// <summary>Takes the change between two times.</summary>
    public DropReason TakeChange(double value, long time, long start, out Increase increase)
    {
        increase = default;
        if (start == 0 && !_hasBegun) return Begin(0, time, start, DropReason.Baseline);
        if (_hasBegun && time == _time) return DropReason.Duplicate;
        if (_hasBegun && time < _time) return DropReason.OutOfOrder;
        if (_hasBegun && start != 0 && start < _time - WriterWatch.Jitter) return DropReason.Overlap;
        var from = start == 0 ? _time : start;
        if (from >= time) return DropReason.Overlap;
        increase = new(value, Seconds(from, time), IsFromZero: true);
        return Begin(0, time, start, DropReason.None);
    }

    /// <summary>Counts from this point on, whatever was before.</summary>
    public DropReason Rebase(double value, long time, long start, DropReason reason)
    {
        _resetAt = time;
        return Begin(value, time, start, reason);
    }

    private DropReason BeginAgain(double value, long time, long start, out Increase increase)
    {
        var isKnown = start > _time && start < time && value > 0;
        increase = isKnown ? new(value, Seconds(start, time), IsFromZero: true) : default;
        return Rebase(value, time, start, isKnown ? DropReason.None : DropReason.Reset);
    }

    private readonly bool IsOtherStart(long start) => WriterWatch.AreOther(start, _start);

    // Whether the total still stands where it began again, or just left it: then it holds the rush of those who waited.
    private bool HasJustRestarted(double value, long time)
    {
        if (_resetAt == 0) return false;
        var (stood, stands) = (_time > _resetAt, value == _value && time - _resetAt <= Start);
        if (!stands) _resetAt = 0;
        return stands || (stood && value != _value);
    }

    private DropReason Begin(double value, long time, long start, DropReason reason)
    {
        (_value, _time, _start, _hasBegun) = (value, time, start, true);
        return reason;
    }

    private static double Seconds(long from, long to) => (to - from) / 1e9;
}

/// <summary>The growth of a total.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Seconds">In how many seconds, above 0.</param>
/// <param name="IsFromZero">Whether it counted from zero, and not from the point before.</param>
internal readonly record struct Increase(double Amount, double Seconds, bool IsFromZero)
{
    /// <summary>Per second.</summary>
    public double Rate => Math.Min(Amount / Seconds, double.MaxValue);
}
