using LeptonStream.Samples;

namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// Tells values that are no number where they are new from those that are usual: a quantile without traffic is NaN every night. A stretch
/// of them is told on a series that had numbers, unless it is no longer than twice the longest from which the series came back in the last
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

    /// <summary>Takes a value that is no number; whether it is to be told.</summary>
    /// <param name="time">Event time.</param>
    /// <param name="isKnown">Whether the series had numbers before.</param>
    public bool IsNews(Timestamp time, bool isKnown)
    {
        if (!_isRun && _longestSeconds > 0 && time - new Timestamp(_last) > Memory) _longestSeconds = 0;
        if (!_isRun) _since = time.UnixNanoseconds;
        _isRun = true;
        _last = time.UnixNanoseconds;
        return isKnown && (_longestSeconds == 0 || Length(time) > LongerThanUsual * _longestSeconds);
    }

    /// <summary>Takes a number: what came before it, if it was none, was survived.</summary>
    public void Survive(Timestamp time)
    {
        if (!_isRun) return;
        _longestSeconds = Math.Max(_longestSeconds, Length(time));
        _isRun = false;
    }

    private readonly double Length(Timestamp time) => (time - new Timestamp(_since)).TotalSeconds;
}
