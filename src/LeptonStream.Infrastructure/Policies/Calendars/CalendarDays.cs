using LeptonStream.Alerting.OnCall;
using LeptonStream.Detection.Calendars;
using LeptonStream.Samples;

namespace LeptonStream.Policies.Calendars;

/// <summary>Days of a time zone as spans of time. A day is 23 or 25 hours long where the clock changes.</summary>
internal static class CalendarDays
{
    /// <summary>The first day that calendars know.</summary>
    public static readonly DateOnly First = new(2020, 1, 1);

    /// <summary>The day after the last that they know.</summary>
    public static readonly DateOnly End = new(2040, 1, 1);

    /// <summary>All days, in order.</summary>
    public static IEnumerable<DateOnly> All => Enumerable.Range(0, End.DayNumber - First.DayNumber).Select(First.AddDays);

    /// <summary>The hours of a day.</summary>
    /// <param name="day">The day.</param>
    /// <param name="hours">From and until, as the clock shows them.</param>
    /// <param name="zone">The zone.</param>
    public static CalendarSpan Of(DateOnly day, (TimeSpan From, TimeSpan Until) hours, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new(WallTime.ToInstant(midnight + hours.From, zone), WallTime.ToInstant(midnight + hours.Until, zone), (int)day.DayOfWeek);
    }

    /// <summary>Adds a span, cut where days of the zone begin.</summary>
    public static void Split(Timestamp from, Timestamp until, TimeZoneInfo zone, List<CalendarSpan> spans)
    {
        while (from < until && spans.Count <= DayCalendar.MaxSpans)
        {
            var local = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from.ToDateTimeOffset(), zone).DateTime);
            var midnight = WallTime.ToInstant(local.AddDays(1).ToDateTime(TimeOnly.MinValue), zone);
            var end = midnight <= from || until < midnight ? until : midnight;
            spans.Add(new(from, end, (int)local.DayOfWeek));
            from = end;
        }
    }
}
