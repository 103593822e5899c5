using System.Globalization;
using LeptonStream.Detection.Calendars;
using LeptonStream.Yaml;

namespace LeptonStream.Policies.Calendars;

/// <summary>Reads the <c>calendars</c> of a policy file, and the iCal files that they name.</summary>
/// <param name="folder">The folder of the policy file; null where the policies are a text alone.</param>
/// <param name="texts">The texts of files that came with the policies; null where they are to be read.</param>
internal sealed class CalendarReader(string? folder, IReadOnlyDictionary<string, string>? texts)
{
    private static readonly string[] Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    private static readonly (TimeSpan From, TimeSpan Until) WholeDay = (TimeSpan.Zero, TimeSpan.FromDays(1));

    private readonly Dictionary<string, DayCalendar> _calendars = new(StringComparer.Ordinal);

    /// <summary>The texts of the files, by their names.</summary>
    public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    /// <summary>The paths of the files, those that can't be read too.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Reads all calendars.</summary>
    public void Read(YamlSection root)
    {
        foreach (var section in root.Sections("calendars")) Calendar(section);
        if (Texts.Values.Sum(text => text.Length) is > CalendarTexts.MaxLength and var length)
            root.Wrong("calendars", $"name iCal files of {length} characters, {CalendarTexts.MaxLength} are allowed together");
    }

    /// <summary>The calendar that a field names; null where it names none.</summary>
    public DayCalendar? Named(YamlSection section, string field)
    {
        if (section.Text(field) is not { } name) return null;
        if (_calendars.TryGetValue(name, out var calendar)) return calendar;
        section.Wrong(field,
            $"names '{name}', which is no calendar; there are: {string.Join(", ", _calendars.Keys.DefaultIfEmpty("none"))}");
        return null;
    }

    /// <summary>The days of a calendar and the day that they are like: <c>like: {calendar: holidays, day: sunday}</c>.</summary>
    public DayLike? Like(YamlSection section)
    {
        if (section.OptionalSection("like") is not { } like) return null;
        if (like.RequiredText("calendar").Length == 0 | like.RequiredText("day").Length == 0) return null;
        var (calendar, day) = (Named(like, "calendar"), like.OneOf("day", Weekdays));
        like.End();
        return calendar is null || day is null ? null : new(calendar, (DayOfWeek)Array.IndexOf(Weekdays, day));
    }

    private void Calendar(YamlSection section)
    {
        var name = section.RequiredText("name");
        var zone = section.TimeZone("time_zone");
        var hours = Hours(section);
        var spans = new List<CalendarSpan>();
        spans.AddRange(Days(section).Select(day => CalendarDays.Of(day, hours, zone)));
        spans.AddRange(WeekdaysOf(section).Select(day => CalendarDays.Of(day, hours, zone)));
        if (section.Text("ical_file") is { Length: > 0 } file && TextOf(section, file) is { } text)
            spans.AddRange(Holidays(section, "ical_file", $"{file}: ", text, zone));
        if (section.Text("ical") is { } inline) spans.AddRange(Holidays(section, "ical", "", inline, zone));
        if (!((string[])["days", "weekdays", "ical_file", "ical"]).Any(section.Has))
            section.Wrong(section.Line, "", "names no day; it can name days, weekdays, ical_file and ical");
        section.End();
        try
        {
            if (name.Length > 0 && !_calendars.TryAdd(name, new(name, spans)))
                section.Wrong("name", $"'{name}' is the name of another calendar, too");
        }
        catch (ArgumentException tooMany)
        {
            section.Wrong("name", $"'{name}' {tooMany.Message}");
        }
    }

    private static List<CalendarSpan> Holidays(YamlSection section, string field, string file, string text, TimeZoneInfo zone)
    {
        var spans = HolidayFile.Read(text, zone, out var error);
        if (error is not null) section.Wrong(field, $"{file}{error}");
        return spans;
    }

    private string? TextOf(YamlSection section, string file)
    {
        if (texts is not null && texts.TryGetValue(file, out var kept)) return Texts[file] = kept;
        if (folder is null)
        {
            section.Wrong("ical_file", $"{file} can't be read here: write its text as ical");
            return null;
        }

        var path = Path.Combine(folder, file);
        Files.Add(path);
        if (YamlText.Read(path, out var unreadable) is { } text) return Texts[file] = text;
        section.Wrong("ical_file", unreadable!);
        return null;
    }

    // 2026-11-11, 2026-12-24..2026-12-26, or 12-25 of each year.
    private static List<DateOnly> Days(YamlSection section)
    {
        var days = new List<DateOnly>();
        foreach (var (text, line) in section.Texts("days") ?? [])
        {
            var ends = text.Split("..");
            if (Date(ends[0]) is { } from && ends.Length <= 2 && (ends.Length == 1 ? from : Date(ends[1])) is { } until)
            {
                if (until < from) section.Wrong(line, "days", $"holds '{text}', which ends before it begins");
                else if (until.DayNumber - from.DayNumber >= DayCalendar.MaxSpans)
                    section.Wrong(line, "days", $"holds '{text}': more than {DayCalendar.MaxSpans} days");
                else days.AddRange(Enumerable.Range(0, until.DayNumber - from.DayNumber + 1).Select(from.AddDays));
            }
            else if (Date("2020-" + text) is { } each)
            {
                days.AddRange(CalendarDays.All.Where(day => day.Month == each.Month && day.Day == each.Day));
            }
            else
            {
                section.Wrong(line, "days", $"holds '{text}': write a day such as 2026-11-11, days such as "
                    + "2026-12-24..2026-12-26, or 12-25 of each year");
            }
        }

        return days;
    }

    private static IEnumerable<DateOnly> WeekdaysOf(YamlSection section)
    {
        var wanted = new HashSet<DayOfWeek>();
        foreach (var (text, line) in section.Texts("weekdays") ?? [])
        {
            var day = Array.IndexOf(Weekdays, text);
            if (day >= 0) wanted.Add((DayOfWeek)day);
            else section.Wrong(line, "weekdays", $"holds '{text}': it must be {string.Join(", ", Weekdays)}");
        }

        return wanted.Count == 0 ? [] : CalendarDays.All.Where(day => wanted.Contains(day.DayOfWeek));
    }

    private static (TimeSpan From, TimeSpan Until) Hours(YamlSection section)
    {
        if (section.Text("hours") is not { } text) return WholeDay;
        var ends = text.Split('-');
        if (ends.Length == 2 && Clock(ends[0]) is { } from && Clock(ends[1]) is { } until)
        {
            if (from < until) return (from, until);
            section.Wrong("hours", $"is '{text}', which ends before it begins: hours of the next day are those of another calendar");
            return WholeDay;
        }

        section.Wrong("hours", $"is '{text}': write hours such as 08:00-18:00, up to 24:00");
        return WholeDay;
    }

    private static DateOnly? Date(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static TimeSpan? Clock(string text) => text == "24:00" ? TimeSpan.FromDays(1)
        : TimeSpan.TryParseExact(text, "hh\\:mm", CultureInfo.InvariantCulture, out var time) ? time : null;
}
