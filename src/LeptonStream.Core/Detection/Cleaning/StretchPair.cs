namespace LeptonStream.Detection.Cleaning;

/// <summary>The two newest long stretches without numbers that may come again at their hour. All zeros is none.</summary>
internal struct StretchPair
{
    private const long Hour = 3_600_000_000_000;
    private const long Day = 24 * Hour;

    // Traffic does not end at the same minute every evening.
    private const long Tolerance = 3 * Hour;

    // A night after two others, and so much longer at most.
    private const double LongerThanUsual = 2;
    private const double MoreSeconds = 4 * 3600;

    private long _newest;
    private long _before;
    private double _newestSeconds;
    private double _beforeSeconds;

    /// <summary>Takes a stretch that is over.</summary>
    /// <param name="began">Event time of its beginning, in nanoseconds.</param>
    /// <param name="seconds">Its length.</param>
    public void Add(long began, double seconds)
    {
        (_before, _beforeSeconds) = (_newest, _newestSeconds);
        (_newest, _newestSeconds) = (began, seconds);
    }

    /// <summary>For how many seconds another is usual: where both came at its hour; else 0.</summary>
    /// <param name="began">Event time of its beginning, in nanoseconds.</param>
    /// <param name="days">After how many days they come again: 1 or 7.</param>
    public readonly double MostAt(long began, int days)
    {
        if (!Repeats(began - _newest, days) || !Repeats(began - _before, days)) return 0;
        var usual = Math.Min(_newestSeconds, _beforeSeconds);
        return Math.Min(LongerThanUsual * usual, usual + MoreSeconds);
    }

    // The night after a weekend is the fifth day after the last but one.
    private static bool Repeats(long after, int days)
    {
        var phase = after % (days * Day);
        return after > 0 && after <= (days == 1 ? 5 : 2 * days) * Day + Tolerance && Math.Min(phase, (days * Day) - phase) <= Tolerance;
    }
}
