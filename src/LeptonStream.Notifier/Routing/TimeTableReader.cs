using System.Globalization;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Samples;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>
/// Reads who is on call (<c>schedules</c>) and when work is planned (<c>maintenance</c>): additions to Alertmanager's files.
/// </summary>
/// <param name="receivers">The names of the receivers that are defined.</param>
/// <param name="intervals">The time intervals that are defined.</param>
/// <param name="folder">The folder from which relative names of files count.</param>
internal sealed class TimeTableReader(IReadOnlySet<string> receivers, IReadOnlyList<TimeInterval> intervals, string folder)
{
    private const int LongestTurn = 366;

    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    public (IReadOnlyList<OnCallSchedule> Schedules, IReadOnlyList<MaintenanceWindow> Maintenance) Read(YamlSection document)
    {
        OnCallSchedule[] schedules = [.. document.Sections("schedules").Select(Schedule)];
        foreach (var twice in schedules.GroupBy(schedule => schedule.Name).Where(group => group.Count() > 1))
            document.Wrong("schedules", $"defines '{twice.Key}' twice");
        return (schedules, [.. document.Sections("maintenance").Select(Window)]);
    }

    private OnCallSchedule Schedule(YamlSection section)
    {
        var zone = section.TimeZone("time_zone");
        var schedule = new OnCallSchedule
        {
            Name = section.RequiredText("name"),
            TimeZone = zone,
            Rotations = [.. section.Sections("rotations").Select(Rotation).OfType<Rotation>()],
            Overrides = [.. section.Sections("overrides").Select(taken => Override(taken, zone)).OfType<OnCallShift>()],
            Calendar = Calendar(section, zone),
        };
        if (!section.Has("rotations") && !section.Has("ical_file"))
            section.Wrong("", "needs 'rotations' or an 'ical_file'");
        section.End();
        return schedule;
    }

    private Rotation? Rotation(YamlSection section)
    {
        var people = section.Texts("participants") ?? [];
        if (people.Count == 0) section.Wrong("participants", "is missing: name the receivers of those who take turns");
        foreach (var (name, line) in people) CheckReceiver(section, "participants", name, line);
        var start = Start(section);
        var handOver = HandOver(section);
        var every = section.OneOf("every", "day", "week") ?? "week";
        var turns = section.WholeNumber("turn_length", 1, LongestTurn / 7) ?? 1;
        var active = Intervals(section, "active_time_intervals");
        section.End();
        return people.Count == 0 || start is null ? null : new Rotation
        {
            Participants = [.. people.Select(person => person.Text)],
            StartsOn = start.Value,
            HandOver = handOver,
            Days = turns * (every == "week" ? 7 : 1),
            ActiveIntervals = active,
        };
    }

    private OnCallShift? Override(YamlSection section, TimeZoneInfo zone)
    {
        var person = section.RequiredText("participant");
        if (person.Length > 0) CheckReceiver(section, "participant", person, section.Line);
        var (from, until) = (Time(section, "from", zone, required: true), Time(section, "until", zone, required: true));
        CheckOrder(section, from, until);
        section.End();
        return from is { } beginning && until is { } end ? new(person, beginning, end) : null;
    }

    private CalendarShifts? Calendar(YamlSection section, TimeZoneInfo zone)
    {
        if (section.Text("ical_file") is not { Length: > 0 } name) return null;
        var path = Path.Combine(folder, name);
        if (YamlText.Read(path, out var unreadable) is not { } text)
        {
            section.Wrong("ical_file", unreadable!);
            return null;
        }

        if (CalendarShifts.Parse(text, zone, out var wrong) is not { } calendar)
        {
            section.Wrong("ical_file", $"{path}: {wrong}");
            return null;
        }

        foreach (var person in calendar.Participants) CheckReceiver(section, "ical_file", person, section.Line);
        return calendar;
    }

    private MaintenanceWindow Window(YamlSection section)
    {
        var zone = section.TimeZone("time_zone");
        var window = new MaintenanceWindow
        {
            Name = section.RequiredText("name"),
            Matchers = MatcherFields.Read(section, prefix: ""),
            From = Time(section, "from", zone, required: false),
            Until = Time(section, "until", zone, required: false),
            Intervals = Intervals(section, "time_intervals"),
        };
        CheckOrder(section, window.From, window.Until);
        if (window.Until is null && window.Intervals.Count == 0)
            section.Wrong("", "needs 'until' or 'time_intervals', or it would mute without an end");
        if (window.Matchers.Count == 0) section.Note("", "has no matchers: it mutes every alert");
        section.End();
        return window;
    }

    private static void CheckOrder(YamlSection section, Timestamp? from, Timestamp? until)
    {
        if (from >= until) section.Wrong("until", "must lie after 'from'");
    }

    private void CheckReceiver(YamlSection section, string field, string name, int line)
    {
        if (!receivers.Contains(name))
            section.Wrong(line, field, $"names '{name}', which is no receiver; defined are: {string.Join(", ", receivers)}");
    }

    private IReadOnlyList<TimeInterval> Intervals(YamlSection section, string field)
    {
        var names = section.Texts(field) ?? [];
        foreach (var (name, line) in names.Where(name => intervals.All(interval => interval.Name != name.Text)))
            section.Wrong(line, field,
                $"names '{name}', which is not defined; defined are: {string.Join(", ", intervals.Select(interval => interval.Name))}");
        return [.. intervals.Where(interval => names.Any(name => name.Text == interval.Name))];
    }

    private static DateOnly? Start(YamlSection section)
    {
        var text = section.RequiredText("start");
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        if (text.Length > 0) section.Wrong("start", $"is '{text}': write the first day, such as 2026-12-07");
        return null;
    }

    private static TimeOnly HandOver(YamlSection section)
    {
        if (section.Text("hand_over") is not { } text) return new(9, 0);
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
        section.Wrong("hand_over", $"is '{text}': write a time of the day such as '09:00', in quotes");
        return default;
    }

    private static Timestamp? Time(YamlSection section, string field, TimeZoneInfo zone, bool required)
    {
        var text = required ? section.RequiredText(field) : section.Text(field);
        if (text is not { Length: > 0 }) return null;
        if (DateTime.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return WallTime.ToInstant(local, zone);
        section.Wrong(field, $"is '{text}': write a time such as 2026-12-24T18:00, on the clock of the time zone");
        return null;
    }
}
