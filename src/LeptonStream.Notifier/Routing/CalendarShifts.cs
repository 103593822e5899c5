using System.Runtime.Serialization;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using LeptonStream.Alerting.OnCall;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Notifier.Routing;

/// <summary>Shifts of an iCalendar file: each event is one, and its summary names a receiver.</summary>
internal sealed class CalendarShifts : IShiftCalendar
{
    // A time without a zone counts on the schedule's clock, up to so far from UTC.
    private static readonly TimeSpan Farthest = TimeSpan.FromHours(16);

    private readonly Calendar _calendar;
    private readonly TimeZoneInfo _zone;

    private CalendarShifts(Calendar calendar, TimeZoneInfo zone)
    {
        _calendar = calendar;
        _zone = zone;
        Participants = [.. calendar.Events.Select(PersonOf).Distinct()];
    }

    public IReadOnlyList<string> Participants { get; }

    /// <summary>Reads a calendar.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="zone">The time zone of times that name none.</param>
    /// <param name="error">What is wrong, where it is none.</param>
    public static CalendarShifts? Parse(string text, TimeZoneInfo zone, out string? error)
    {
        error = null;
        try
        {
            if (Calendar.Load(text) is not { Events.Count: > 0 } calendar) error = "it holds no event of an iCalendar";
            else if (calendar.Events.Any(shift => shift.Start is null)) error = "an event has no DTSTART";
            else if (calendar.Events.Any(shift => PersonOf(shift).Length == 0)) error = "an event has no SUMMARY, which names the receiver";
            else if (calendar.Events.Any(shift => shift.RecurrenceRule?.Frequency < FrequencyType.Daily))
                error = "an event recurs more often than once a day";
            else
            {
                var shifts = new CalendarShifts(calendar, zone);
                _ = shifts.At(Timestamp.FromDateTimeOffset(calendar.Events.Min(shift => shift.Start!.AsUtc)));
                return shifts;
            }
        }
        catch (Exception wrong) when (wrong is SerializationException or ArgumentException or FormatException or InvalidOperationException)
        {
            error = $"it is no iCalendar: {wrong.Message}";
        }

        return null;
    }

    /// <summary>The shift of a time; of several at once the one that began last.</summary>
    public OnCallShift? At(Timestamp time)
    {
        var from = new CalDateTime((time - Farthest).ToDateTimeOffset().UtcDateTime);
        return _calendar.GetOccurrences<CalendarEvent>(from)
            .TakeWhile(occurrence => InstantOf(occurrence.Period.StartTime) <= time + Farthest)
            .Select(ShiftOf).LastOrDefault(shift => shift.From <= time && time < shift.Until);
    }

    private OnCallShift ShiftOf(Occurrence occurrence)
    {
        var from = InstantOf(occurrence.Period.StartTime);
        var until = occurrence.Period.EffectiveEndTime is { } end ? InstantOf(end) : from;
        return new(PersonOf((CalendarEvent)occurrence.Source), from, until);
    }

    private Timestamp InstantOf(CalDateTime time) => time.IsFloating
        ? WallTime.ToInstant(time.Value, _zone)
        : Timestamp.FromDateTimeOffset(new DateTimeOffset(time.AsUtc));

    private static string PersonOf(CalendarEvent shift) => shift.Summary?.Trim() ?? "";
}
