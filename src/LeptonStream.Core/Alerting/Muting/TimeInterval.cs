using LeptonStream.Samples;

namespace LeptonStream.Alerting.Muting;

/// <summary>A named interval of time, such as business hours: it holds where one of its periods does.</summary>
/// <param name="Name">The name that routes use.</param>
/// <param name="Periods">The periods; without any it never holds.</param>
public sealed record TimeInterval(string Name, IReadOnlyList<TimePeriod> Periods)
{
    /// <summary>Whether it holds at a time.</summary>
    public bool Contains(Timestamp time) => Periods.Any(period => period.Contains(time));
}

/// <summary>
/// A recurring period of the calendar: every field that is given must hold, and a field holds where one of its ranges does. It is read off
/// the clock on the wall of its time zone: an hour that summer time leaves out never comes, one that comes twice counts twice.
/// </summary>
public sealed record TimePeriod
{
    /// <summary>Minutes of the day, 0 to 1440; the last one is outside.</summary>
    public IReadOnlyList<ValueRange>? Minutes { get; init; }

    /// <summary>Days of the week, 0 (Sunday) to 6.</summary>
    public IReadOnlyList<ValueRange>? Weekdays { get; init; }

    /// <summary>Days of the month, 1 to 31, or counted from its end: -1 is the last one.</summary>
    public IReadOnlyList<ValueRange>? DaysOfMonth { get; init; }

    /// <summary>Months, 1 to 12.</summary>
    public IReadOnlyList<ValueRange>? Months { get; init; }

    /// <summary>Years.</summary>
    public IReadOnlyList<ValueRange>? Years { get; init; }

    /// <summary>The time zone whose clocks count.</summary>
    /// <value>The default value is UTC.</value>
    public TimeZoneInfo Location { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether it holds at a time.</summary>
    public bool Contains(Timestamp time)
    {
        var clock = TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), Location);
        var minute = (clock.Hour * 60) + clock.Minute;
        var days = DateTime.DaysInMonth(clock.Year, clock.Month);
        return (Minutes is null || Minutes.Any(range => range.First <= minute && minute < range.Last))
            && Holds(Weekdays, (int)clock.DayOfWeek)
            && (DaysOfMonth is null || DaysOfMonth.Any(range => HoldsOnDay(range, clock.Day, days)))
            && Holds(Months, clock.Month)
            && Holds(Years, clock.Year);
    }

    private static bool Holds(IReadOnlyList<ValueRange>? ranges, int value) =>
        ranges is null || ranges.Any(range => range.First <= value && value <= range.Last);

    // A range that begins behind the end of a short month is not in it, and does not reach into the next one.
    private static bool HoldsOnDay(ValueRange range, int day, int days)
    {
        var first = range.First < 0 ? days + range.First + 1 : range.First;
        var last = range.Last < 0 ? days + range.Last + 1 : range.Last;
        return first <= day && day <= last;
    }
}

/// <summary>Whole numbers from the first to the last.</summary>
/// <param name="First">The first one.</param>
/// <param name="Last">The last one.</param>
public readonly record struct ValueRange(int First, int Last);
