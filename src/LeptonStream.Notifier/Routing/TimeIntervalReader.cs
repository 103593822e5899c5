using System.Globalization;
using System.Text.RegularExpressions;
using LeptonStream.Alerting.Muting;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>Reads the <c>time_intervals</c> of a file, and the older <c>mute_time_intervals</c>.</summary>
internal static partial class TimeIntervalReader
{
    private static readonly string[] Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    private static readonly string[] Months =
    [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ];

    private static readonly string[] Fields = ["time_intervals", "mute_time_intervals"];

    public static IReadOnlyList<TimeInterval> ReadAll(YamlSection document)
    {
        TimeInterval[] intervals = [.. Fields.SelectMany(document.Sections).Select(Read)];
        foreach (var twice in intervals.GroupBy(interval => interval.Name).Where(group => group.Count() > 1))
            document.Wrong(Fields[0], $"defines '{twice.Key}' twice");
        return intervals;
    }

    private static TimeInterval Read(YamlSection section)
    {
        var name = section.RequiredText("name");
        var periods = section.Sections("time_intervals").Select(Period).ToArray();
        section.End();
        return new TimeInterval(name, periods);
    }

    private static TimePeriod Period(YamlSection section)
    {
        var period = new TimePeriod
        {
            Minutes = section.Has("times") ? [.. section.Sections("times").Select(Times)] : null,
            Weekdays = Ranges(section, "weekdays", Weekday, "write a day such as monday, or monday:friday; the week begins on Sunday"),
            DaysOfMonth = Ranges(section, "days_of_month", text => Number(text, -31, 31) is var day and not 0 ? day : null,
                "write a day from 1 to 31, or from -31 to -1 counted from the month's end, or two such as 1:15", IsDayRange),
            Months = Ranges(section, "months", Month, "write a month such as january or 1, or two such as january:march"),
            Years = Ranges(section, "years", text => Number(text, 1, 9999), "write a year such as 2026, or two such as 2026:2028"),
            Location = Location(section),
        };
        section.End();
        return period;
    }

    private static ValueRange Times(YamlSection section)
    {
        var (start, end) = (Minute(section, "start_time"), Minute(section, "end_time"));
        if (start is { } from && end is { } to && from >= to)
            section.Wrong("end_time", "must be after start_time; a time over midnight is two, one to 24:00 and one from 00:00");
        section.End();
        return new ValueRange(start ?? 0, end ?? 0);
    }

    private static int? Minute(YamlSection section, string field)
    {
        var text = section.Text(field);
        if (text is not null && Clock().IsMatch(text))
            return (int.Parse(text[..2], CultureInfo.InvariantCulture) * 60) + int.Parse(text[3..], CultureInfo.InvariantCulture);
        section.Wrong(field, text is null ? "is missing" : $"is '{text}': write a time from '00:00' to '24:00', in quotes");
        return null;
    }

    private static List<ValueRange>? Ranges(
        YamlSection section, string field, Func<string, int?> read, string form, Func<ValueRange, bool>? isRange = null)
    {
        if (section.Texts(field) is not { } texts) return null;
        var ranges = new List<ValueRange>();
        foreach (var (text, line) in texts)
        {
            var ends = text.ToLowerInvariant().Split(':');
            var range = new ValueRange(read(ends[0]) ?? int.MaxValue, read(ends[^1]) ?? int.MaxValue);
            if (ends.Length > 2 || range.First == int.MaxValue || range.Last == int.MaxValue)
                section.Wrong(line, field, $"holds '{text}': {form}");
            else if (!(isRange?.Invoke(range) ?? range.First <= range.Last))
                section.Wrong(line, field, $"holds '{text}', whose end is before its beginning");
            ranges.Add(range);
        }

        return ranges;
    }

    // The shortest month has 28 days: what lies before that in it does so in all.
    private static bool IsDayRange(ValueRange range)
    {
        if (range is { First: < 0, Last: > 0 }) return false;
        return (range.First < 0 ? 28 + range.First : range.First) <= (range.Last < 0 ? 28 + range.Last : range.Last);
    }

    private static int? Weekday(string text) => Array.IndexOf(Weekdays, text) is >= 0 and var day ? day : null;

    private static int? Month(string text) => Array.IndexOf(Months, text) is >= 0 and var month ? month + 1 : Number(text, 1, 12);

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : null;

    // The zone of this machine, in Go's words.
    private static TimeZoneInfo Location(YamlSection section) =>
        section.Text("location") == "Local" ? TimeZoneInfo.Local : section.TimeZone("location");

    [GeneratedRegex("^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();
}
