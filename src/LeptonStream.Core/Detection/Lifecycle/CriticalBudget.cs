using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// Keeps the promise of the critical line, one critical alert of its own in so much time per series, whatever the series is like: an
/// allowance that grows by one in each such time, begins at one and holds two at most. A series that steps every day is reported every day,
/// but pages nobody after the second time unless others agree.
/// </summary>
internal struct CriticalBudget
{
    private const double First = 1;
    private const double Max = 2;

    private double _allowance;
    private long _nanoseconds;
    private bool _isAsked;

    /// <summary>Whether it was ever asked.</summary>
    public readonly bool IsAsked => _isAsked;

    /// <summary>Takes one from the allowance; false where there is none.</summary>
    /// <param name="now">Event time.</param>
    /// <param name="period">The time in which the allowance grows by one.</param>
    public bool TryTake(Timestamp now, TimeSpan period)
    {
        _allowance = !_isAsked ? First : Math.Min(Max, _allowance + Math.Max(0, (now - new Timestamp(_nanoseconds)) / period));
        _nanoseconds = now.UnixNanoseconds;
        _isAsked = true;
        if (_allowance < 1) return false;
        _allowance--;
        return true;
    }

    /// <summary>Gives back what was taken last.</summary>
    public void Return() => _allowance++;

    public readonly void Save(StateWriter state)
    {
        state.Write(_allowance);
        state.Write(_nanoseconds);
        state.Write(_isAsked);
    }

    public static CriticalBudget Load(ref StateReader state) =>
        new() { _allowance = state.ReadDouble(), _nanoseconds = state.ReadInt64(), _isAsked = state.ReadBoolean() };
}
