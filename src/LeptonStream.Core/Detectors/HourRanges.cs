using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>The ranges of the means that a series has shown at each hour (UTC) of earlier days.</summary>
internal struct HourRanges
{
    public TimeOfDayDetector.EveryHour Low;
    public TimeOfDayDetector.EveryHour High;

    /// <summary>The hours that were seen, a bit each.</summary>
    public int Seen;

    /// <summary>The width of all of them together; 0 where none was seen.</summary>
    public readonly double Width
    {
        get
        {
            var (low, high) = (double.MaxValue, double.MinValue);
            for (var hour = 0; hour < TimeOfDayDetector.Hours; hour++)
                if (HasSeen(hour)) (low, high) = (Math.Min(low, Low[hour]), Math.Max(high, High[hour]));
            return Math.Max(0, high - low);
        }
    }

    /// <summary>The range of the hour of a time; null where it was never seen.</summary>
    public readonly HourRange? At(Timestamp time)
    {
        var hour = TimeOfDayDetector.HourOf(time);
        return HasSeen(hour) ? new HourRange(Low[hour], High[hour]) : null;
    }

    private readonly bool HasSeen(int hour) => (Seen & (1 << hour)) != 0;
}

/// <summary>The range of the means that a series has shown at an hour of earlier days.</summary>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest.</param>
internal readonly record struct HourRange(double Low, double High)
{
    public double Width => High - Low;

    public double Middle => (Low + High) / 2;

    /// <summary>How far outside a value lies; not above 0 where it lies inside.</summary>
    public double Beyond(double value) => Math.Max(value - High, Low - value);

    public bool Contains(double value) => SideOf(value) == 0;

    /// <summary>1 where a value lies above, −1 below, 0 inside.</summary>
    public int SideOf(double value) => value > High ? 1 : value < Low ? -1 : 0;
}
