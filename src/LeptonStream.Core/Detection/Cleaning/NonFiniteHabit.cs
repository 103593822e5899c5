using LeptonStream.Samples;

namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// Tells unusual values that are no finite number from usual ones: a quantile without traffic is NaN every night. A stretch of them is
/// unusual on a series that had numbers, unless it is at most twice as long as the longest from which the series came back in the last
/// week. All zeros is the state of a series that was never seen.
/// </summary>
internal struct NonFiniteHabit
{
    private const double LongerThanUsual = 2;

    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    private long _since;
    private long _last;
    private double _longestSeconds;
    private bool _isRun;

    /// <summary>Takes a value that is no finite number, and says whether that is unusual for the series.</summary>
    /// <param name="time">Event time.</param>
    /// <param name="isKnown">Whether the series had numbers before.</param>
    public bool OnNonFinite(Timestamp time, bool isKnown)
    {
        if (!_isRun && _longestSeconds > 0 && time - new Timestamp(_last) > Memory) _longestSeconds = 0;
        if (!_isRun) _since = time.UnixNanoseconds;
        _isRun = true;
        _last = time.UnixNanoseconds;
        return isKnown && (_longestSeconds == 0 || Length(time) > LongerThanUsual * _longestSeconds);
    }

    /// <summary>Takes a number: a stretch without numbers that came before it is over.</summary>
    public void OnNumber(Timestamp time)
    {
        if (!_isRun) return;
        _longestSeconds = Math.Max(_longestSeconds, Length(time));
        _isRun = false;
    }

    private readonly double Length(Timestamp time) => (time - new Timestamp(_since)).TotalSeconds;
}
