using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Policies;
using LeptonStream.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Detector.Calendars;

/// <summary>Calendars of a policy file: days, hours, zones, and iCal files beside it.</summary>
public sealed class PolicyCalendarsTests
{
    private DirectoryInfo _folder = null!;

    private string Policies => Path.Combine(_folder.FullName, "policies.yaml");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-calendars-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    // Berlin's clocks go on at two on 2026-03-29, and back at three on 2026-10-25.
    [TestCase("days: [2026-03-29]", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", Description = "23 hours")]
    [TestCase("days: [2026-10-25]", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", Description = "25 hours")]
    [TestCase("days: [2026-03-29]\n  hours: 02:30-04:00", "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z",
        Description = "half past two is not on any clock")]
    [TestCase("days: [2026-10-25]\n  hours: 02:30-24:00", "2026-10-25T00:30:00Z", "2026-10-25T23:00:00Z", Description = "the first of two")]
    [TestCase("days: [2026-12-24..2026-12-26, 2026-12-25]", "2026-12-23T23:00:00Z", "2026-12-26T23:00:00Z", Description = "overlapping")]
    [TestCase("ical: \"{0}DTSTART;VALUE=DATE:20260329\\r\\nDTEND;VALUE=DATE:20260330\\r\\n{1}\"",
        "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [TestCase("ical: \"{0}DTSTART;VALUE=DATE:20260329\\r\\n{1}\"", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", Description = "no end")]
    [TestCase("ical: \"{0}DTSTART:20260329T100000Z\\r\\nDTEND:20260331T120000Z\\r\\n{1}\"", "2026-03-29T10:00:00Z", "2026-03-31T12:00:00Z")]
    [TestCase("ical: \"{0}DTSTART;TZID=America/New_York:20260329T100000\\r\\nDURATION:PT2H\\r\\n{1}\"", "2026-03-29T14:00:00Z",
        "2026-03-29T16:00:00Z")]
    public void Calendar_CoversItsDaysByItsClock(string days, string from, string until)
    {
        var calendar = Of($"time_zone: Europe/Berlin\n  {days}");
        var (begin, end) = (At(from), At(until));
        var minute = TimeSpan.FromMinutes(1);
        Assert.That((calendar.Covers(begin - minute), calendar.Covers(begin), calendar.Covers(end - minute), calendar.Covers(end)),
            Is.EqualTo((false, true, true, false)));
        Assert.That(calendar.Spans[0].From, Is.EqualTo(begin));
        Assert.That(calendar.Spans[^1].Until, Is.EqualTo(end));
    }

    [TestCase("days: [12-25]", "2033-12-25T08:00:00Z", 20)]
    [TestCase("weekdays: [saturday, sunday]", "2033-12-25T08:00:00Z", 2086)]
    [TestCase("ical: \"{0}DTSTART;VALUE=DATE:20201225\\r\\nRRULE:FREQ=YEARLY\\r\\n{1}\"", "2033-12-25T08:00:00Z", 20)]
    [TestCase("ical: \"{0}DTSTART:20200105T070000Z\\r\\nDURATION:PT2H\\r\\nRRULE:FREQ=WEEKLY\\r\\n{1}\"", "2033-12-25T08:00:00Z", 1044)]
    public void Calendar_ThatRecursWithoutAnEnd_IsSpeltOutTo2040(string days, string covered, int spans)
    {
        var calendar = Of(days);
        Assert.That(calendar.Covers(At(covered)), Is.True);
        Assert.That(calendar.Spans, Has.Count.EqualTo(spans).Within(1));
        Assert.That(calendar.Covers(At("2040-12-25T08:00:00Z")), Is.False);
    }

    [TestCase("days: [2026-12-26..2026-12-24]", "f.yaml:3: calendars[0].days holds '2026-12-26..2026-12-24', which ends before it begins")]
    [TestCase("days: [2026-02-30]", "f.yaml:3: calendars[0].days holds '2026-02-30': write a day such as 2026-11-11")]
    [TestCase("weekdays: [someday]", "f.yaml:3: calendars[0].weekdays holds 'someday': it must be sunday, monday")]
    [TestCase("days: [12-24]\n  hours: 22:00-06:00", "f.yaml:4: calendars[0].hours is '22:00-06:00', which ends before it begins")]
    [TestCase("days: [12-24]\n  hours: noon", "f.yaml:4: calendars[0].hours is 'noon': write hours such as 08:00-18:00")]
    [TestCase("days: [12-24]\n  time_zone: Mars", "f.yaml:4: calendars[0].time_zone is 'Mars', which is no time zone")]
    [TestCase("time_zone: UTC", "f.yaml:2: calendars[0] names no day")]
    [TestCase("ical: BEGIN", "f.yaml:3: calendars[0].ical it")]
    [TestCase("ical_file: a.ics", "f.yaml:3: calendars[0].ical_file a.ics can't be read here: write its text as ical")]
    [TestCase("ical: \"{0}DTSTART:20260329T100000Z\\r\\nDTEND:20260328T100000Z\\r\\n{1}\"", "f.yaml:3: calendars[0].ical ")]
    [TestCase("ical: \"{0}DTSTART:20260329T100000Z\\r\\nRRULE:FREQ=SECONDLY\\r\\n{1}\"",
        "f.yaml:3: calendars[0].ical the event 'x' recurs more often than once a day")]
    public void Calendar_ThatIsWrong_NamesItsFieldAndWhatIsAllowed(string days, string error)
    {
        Assert.That(PolicyFile.Parse(Yaml(days), "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.StartsWith(error));
    }

    [TestCase("rules: [{mute: x}]", "f.yaml:1: rules[0].mute names 'x', which is no calendar; there are: none")]
    [TestCase("calendars: [{name: a, days: [12-24]}]\nrules: [{like: {calendar: a, day: weekend}}]",
        "f.yaml:2: rules[0].like.day is 'weekend'")]
    [TestCase("calendars: [{name: a, days: [12-24]}]\nrules: [{like: {calendar: a}}]", "f.yaml:2: rules[0].like.day is missing")]
    [TestCase("calendars: [{name: a, days: [12-24]}, {name: a, days: [12-25]}]\nrules: []",
        "f.yaml:1: calendars[1].name 'a' is the name of")]
    public void Rule_WhoseCalendarIsWrong_IsRefused(string yaml, string error)
    {
        Assert.That(PolicyFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.StartsWith(error));
    }

    // Whoever takes a partition over has the text alone.
    [Test]
    public void Read_AFileThatNamesAnICalFile_KeepsItsTextWithThePolicies()
    {
        Write("holidays.ics", "20261225");
        File.WriteAllText(Policies, Yaml("ical_file: holidays.ics"));
        var read = PolicyFile.Read(Policies, out var errors, out _, out var text, out var files)!;
        Assert.That(errors, Is.Empty);
        Assert.That(files.Select(Path.GetFileName), Is.EqualTo(new[] { "holidays.ics" }));

        File.Delete(Path.Combine(_folder.FullName, "holidays.ics"));
        var again = PolicyFile.Parse(text!, "the snapshot's policies", out errors);
        Assert.That(errors, Is.Empty);
        Assert.That(again!.Fingerprint, Is.EqualTo(read.Fingerprint));
        Assert.That(CalendarOf(again).Covers(At("2026-12-25T08:00:00Z")), Is.True);
    }

    [Test]
    public void Read_AnICalFileThatChanged_IsAnotherPolicy()
    {
        File.WriteAllText(Policies, Yaml("ical_file: holidays.ics"));
        Write("holidays.ics", "20261225");
        var before = PolicyFile.Read(Policies, out _)!.Fingerprint;
        Write("holidays.ics", "20261226");
        Assert.That(PolicyFile.Read(Policies, out _)!.Fingerprint, Is.Not.EqualTo(before));
    }

    [TestCase(null, "can't be read")]
    [TestCase("BEGIN:VCALENDAR\r\nEND:VCALENDAR", "holidays.ics: it holds no event")]
    [TestCase("broken", "holidays.ics: it")]
    public void Read_AnICalFileThatIsBroken_NamesTheCalendarsField(string? content, string error)
    {
        File.WriteAllText(Policies, Yaml("ical_file: holidays.ics"));
        if (content is not null) File.WriteAllText(Path.Combine(_folder.FullName, "holidays.ics"), content);
        Assert.That(PolicyFile.Read(Policies, out var errors, out _, out _, out var files), Is.Null);
        Assert.That(errors, Has.Some.Contains("calendars[0].ical_file").And.Contain(error));
        Assert.That(files, Is.Not.Empty, "it is watched, so that it counts as soon as it is right");
    }

    [Test]
    public void Parse_AnyChangeOfAnICalText_IsTakenOrRefused([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        var text = (Event("DTSTART;VALUE=DATE:20201225\r\nDTEND;VALUE=DATE:20201226\r\nRRULE:FREQ=YEARLY;COUNT=9\r\n")).ToCharArray();
        for (var i = 0; i < 4; i++) text[random.Next(text.Length)] = (char)random.Next(32, 127);
        var yaml = Yaml($"ical: {System.Text.Json.JsonSerializer.Serialize(new string(text))}");
        var policies = PolicyFile.Parse(yaml, "f.yaml", out var errors);
        Assert.That(policies is null, Is.EqualTo(errors.Count > 0));
    }

    private static string Yaml(string days) => $"calendars:\n- name: holidays\n  {Filled(days)}\nrules:\n- mute: holidays\n";

    private static string Filled(string days) => days.Replace("{0}",
        "BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\nBEGIN:VEVENT\\r\\nUID:1\\r\\nSUMMARY:x\\r\\n",
        StringComparison.Ordinal).Replace("{1}", "END:VEVENT\\r\\nEND:VCALENDAR\\r\\n", StringComparison.Ordinal);

    private static string Event(string lines) =>
        $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:x\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n";

    private static DayCalendar Of(string days)
    {
        var policies = PolicyFile.Parse(Yaml(days), "f.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        return CalendarOf(policies!);
    }

    private static DayCalendar CalendarOf(PolicySet policies) => policies.For(new("m", "load", LabelSet.Empty)).Mute!;

    private static Timestamp At(string time) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));

    private void Write(string file, string day) =>
        File.WriteAllText(Path.Combine(_folder.FullName, file), Event($"DTSTART;VALUE=DATE:{day}\r\n"));
}
