using System.Runtime.Serialization;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Detection.Calendars;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Policies.Calendars;

/// <summary>The events of an iCal file as spans of time. Recurring ones without an end are spelt out to 2040.</summary>
internal static class HolidayFile
{
    // Steps without an event after which a rule is taken to have none, as on the thirtieth of February. A daily one of 1970 takes 18,000.
    private const int MaxFruitless = 30_000;

    private static readonly CalDateTime First = new(CalendarDays.First.ToDateTime(TimeOnly.MinValue), "UTC");

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">The zone of whole days, and of times that name none.</param>
    /// <param name="error">What is wrong; null where nothing is.</param>
    public static List<CalendarSpan> Read(string text, TimeZoneInfo zone, out string? error)
    {
        try
        {
            if (Calendar.Load(text) is not { Events.Count: > 0 } calendar) error = "it holds no event of an iCalendar";
            else if (calendar.Events.Any(day => day.Start is null)) error = "an event has no DTSTART";
            else if (calendar.Events.FirstOrDefault(day => day.RecurrenceRule?.Frequency < FrequencyType.Daily) is { } often)
                error = $"the event '{often.Summary}' recurs more often than once a day";
            else if (calendar.Events.FirstOrDefault(day => EndsEarly(day, zone)) is { } early)
                error = $"the event '{early.Summary}' ends before it begins";
            else return Spell(calendar, zone, out error);
        }
        catch (Exception wrong) when (wrong is SerializationException or ArgumentException or FormatException or InvalidOperationException
            or EvaluationException)
        {
            error = $"it is no iCalendar that can be read: {wrong.Message}";
        }

        return [];
    }

    private static List<CalendarSpan> Spell(Calendar calendar, TimeZoneInfo zone, out string? error)
    {
        error = null;
        var spans = new List<CalendarSpan>();
        var end = WallTime.ToInstant(CalendarDays.End.ToDateTime(TimeOnly.MinValue), zone);
        var options = new EvaluationOptions { MaxUnmatchedIncrementsLimit = MaxFruitless };
        foreach (var day in calendar.GetOccurrences<CalendarEvent>(First, options))
        {
            var from = InstantOf(day.Period.StartTime, zone);
            if (from >= end) break;
            if (((CalendarEvent)day.Source).Status == EventStatus.Cancelled) continue;
            var until = day.Period.EffectiveEndTime is { } given ? InstantOf(given, zone) : from;
            CalendarDays.Split(from, until < end ? until : end, zone, spans);
            if (spans.Count <= DayCalendar.MaxSpans) continue;
            error = $"it holds more than {DayCalendar.MaxSpans} days";
            break;
        }

        return spans;
    }

    private static bool EndsEarly(CalendarEvent day, TimeZoneInfo zone) =>
        day.End is { } end && InstantOf(end, zone) < InstantOf(day.Start!, zone);

    private static Timestamp InstantOf(CalDateTime time, TimeZoneInfo zone) => time.IsFloating
        ? WallTime.ToInstant(time.Value, zone)
        : Timestamp.FromDateTimeOffset(new DateTimeOffset(time.AsUtc));
}
