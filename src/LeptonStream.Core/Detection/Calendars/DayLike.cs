using LeptonStream.Samples;

namespace LeptonStream.Detection.Calendars;

/// <summary>Days that follow the profile of another day of the week: a public holiday that is a Sunday.</summary>
/// <param name="Calendar">The days.</param>
/// <param name="Weekday">The day that they are like.</param>
public sealed record DayLike(DayCalendar Calendar, DayOfWeek Weekday)
{
    /// <summary>
    /// The time by which a profile is asked, and taught: the same hour of the last such day before, or the time as it is. Allocates
    /// nothing.
    /// </summary>
    public Timestamp At(Timestamp time) =>
        Calendar.WeekdayOf(time) is >= 0 and var day ? time - TimeSpan.FromDays((day - (int)Weekday + 7) % 7) : time;
}
