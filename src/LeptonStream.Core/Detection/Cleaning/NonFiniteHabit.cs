using LeptonStream.Samples;

namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// Tells unusual values that are no finite number from usual ones: a quantile without traffic is NaN now and then, every night, and at the
/// weekend. A stretch of them is unusual on a series that had numbers, unless it is at most twice as long as those before. A stretch that
/// was reported may have been an incident: it teaches the length at which it was, and twice that the next time. A long one is usual where
/// two before it began at the same hour, of the last days or of the same weekday. All zeros is the state of a series that was never seen.
/// </summary>
internal struct NonFiniteHabit
{
    // All of these are chosen by hand.
    private const double LongerThanUsual = 2;

    // That teaches a stretch whatever was known before it.
    private const double LeastSeconds = 1800;

    // The length that is usual at any hour is no longer than this.
    private const double MostSeconds = 4 * 3600;
    private const double DaySeconds = 86_400;

    // A habit fades, and is gone after as long without a value that is no number.
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    private long _since;
    private long _last;
    private double _longestSeconds;
    private StretchPair _ofDay;
    private StretchPair _ofWeek;
    private bool _isRun;
    private bool _isReported;

    /// <summary>Takes a value that is no finite number, and says whether that is unusual for the series.</summary>
    /// <param name="time">Event time.</param>
    /// <param name="isKnown">Whether the series had numbers before.</param>
    public bool OnNonFinite(Timestamp time, bool isKnown)
    {
        if (!_isRun) Begin(time);
        _last = time.UnixNanoseconds;
        if (!isKnown || IsUsual(time)) return false;
        return _isReported = true;
    }

    /// <summary>Takes a number: a stretch without numbers that came before it is over.</summary>
    public void OnNumber(Timestamp time)
    {
        if (!_isRun) return;
        var seconds = Length(time);
        var most = _isReported ? Math.Min(MostSeconds, Math.Max(LeastSeconds, LongerThanUsual * _longestSeconds)) : MostSeconds;
        _longestSeconds = Math.Max(_longestSeconds, Math.Min(seconds, most));
        if (seconds > DaySeconds) _ofWeek.Add(_since, seconds);
        else if (seconds > LeastSeconds) _ofDay.Add(_since, seconds);
        _isRun = false;
    }

    private void Begin(Timestamp time)
    {
        if (_longestSeconds > 0) _longestSeconds *= Math.Clamp(1 - ((time - new Timestamp(_last)) / Memory), 0, 1);
        (_since, _isRun, _isReported) = (time.UnixNanoseconds, true, false);
    }

    private readonly bool IsUsual(Timestamp time)
    {
        var most = Math.Max(LongerThanUsual * _longestSeconds, Math.Max(_ofDay.MostAt(_since, 1), _ofWeek.MostAt(_since, 7)));
        return most > 0 && Length(time) <= most;
    }

    private readonly double Length(Timestamp time) => time.SecondsSince(new(_since));
}
