using System.Globalization;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>Escalations, schedules and maintenance windows of a routing file.</summary>
public sealed class RoutingFileOnCallTests
{
    private const string Receivers = "receivers: [{name: ops}, {name: rosa}, {name: li}, {name: lead}]\n";

    private const string Schedule = Receivers + """
        schedules:
          - name: gpu
            time_zone: Europe/Berlin
            rotations:
              - participants: [rosa, li]
                start: 2026-12-07
                every: week
                turn_length: 2
            overrides:
              - {participant: lead, from: 2026-12-24T09:00, until: 2026-12-25T09:00}

        """;

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-routing-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Parse_Escalation_IsInheritedAndLeadsToThePersonOnCall()
    {
        var routes = Parse(Schedule + """
            route:
              receiver: ops
              escalation:
                - {after: 15m, schedule: gpu}
                - {after: 45m, receivers: [lead, ops]}
              routes:
                - {matchers: [severity=critical]}
                - {matchers: [severity=info], escalation: []}
            """).Routes;

        var (critical, info) = (routes.Root.Routes[0], routes.Root.Routes[1]);
        Assert.That(critical.Escalation.Select(step => step.After.TotalMinutes), Is.EqualTo(new[] { 15, 45 }));
        Assert.That(info.Escalation, Is.Empty);
        Assert.That(People(0, "2026-12-07T08:00Z"), Is.EqualTo("rosa"));
        Assert.That(People(0, "2026-12-21T08:00Z"), Is.EqualTo("li"));
        Assert.That(People(0, "2026-12-24T08:00Z"), Is.EqualTo("lead"));
        Assert.That(People(0, "2026-12-07T07:59Z"), Is.Empty);
        Assert.That(People(1, "2026-12-07T08:00Z"), Is.EqualTo("lead ops"));
        Assert.That(critical.Escalation.SelectMany(step => step.Routes), Is.All.Matches<Alerting.Route>(route =>
            routes.Find(route!.Key, route.Receiver.Name) == route));

        string People(int step, string time) =>
            string.Join(' ', critical.Escalation[step].RoutesAt(At(time)).Select(route => route.Receiver.Name));
    }

    [Test]
    public void Parse_ExampleOfTheDocumentation_IsRight()
    {
        var page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "configuration.md"));
        var example = page.Split("```yaml\n").Last(part => part.StartsWith("route:", StringComparison.Ordinal)).Split("```")[0];
        var others = "receivers: [{name: ops}, {name: rosa}, {name: li}, {name: ada}, {name: lead}, {name: pager}]\n"
            + "time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}]}]}]\n";

        var routes = Parse(others + example.Replace("    ical_file:", "    # ical_file:", StringComparison.Ordinal)).Routes;

        Assert.That((routes.Root.Escalation.Count, routes.Schedules.Count, routes.Maintenance.Count), Is.EqualTo((2, 1, 2)));
    }

    [Test]
    public void Parse_Calendar_IsAskedAfterOverridesAndBeforeRotations()
    {
        File.WriteAllText(Path.Combine(_folder, "oncall.ics"), """
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//test//EN
            BEGIN:VEVENT
            UID:1
            SUMMARY:li
            DTSTART;TZID=Europe/Berlin:20261207T200000
            DTEND;TZID=Europe/Berlin:20261208T080000
            RRULE:FREQ=DAILY
            END:VEVENT
            BEGIN:VEVENT
            UID:2
            SUMMARY:lead
            DTSTART;VALUE=DATE:20261226
            DTEND;VALUE=DATE:20261227
            END:VEVENT
            END:VCALENDAR
            """.ReplaceLineEndings("\r\n"));
        var schedule = Parse(Schedule.Replace("    time_zone", "    ical_file: oncall.ics\n    time_zone", StringComparison.Ordinal)
            + "route: {receiver: ops}").Routes.Schedules.Single();

        string? Person(string time) => schedule.At(At(time))?.Participant;
        Assert.That(Person("2026-12-08T18:59Z"), Is.EqualTo("rosa"), "her rotation by day");
        Assert.That(Person("2026-12-08T19:00Z"), Is.EqualTo("li"), "20:00 in winter");
        Assert.That(Person("2027-07-08T18:00Z"), Is.EqualTo("li"), "20:00 in summer");
        Assert.That(Person("2026-12-25T07:59Z"), Is.EqualTo("lead"), "the override first");
        Assert.That(Person("2026-12-25T23:30Z"), Is.EqualTo("lead"), "a whole day on the schedule's clock");
        Assert.That(Person("2026-12-26T23:30Z"), Is.EqualTo("li"));
    }

    [Test]
    public void Parse_Maintenance_OnceAndRecurring()
    {
        var windows = Parse(Receivers + """
            route: {receiver: ops}
            time_intervals:
              - name: nights
                time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}], location: Asia/Shanghai}]
            maintenance:
              - name: upgrade
                matchers: [model="llama"]
                time_zone: Europe/Berlin
                from: 2026-12-05T22:00
                until: 2026-12-06T02:00
              - name: backup
                time_intervals: [nights]
                until: 2027-01-01T00:00
            """).Routes.Maintenance;

        Assert.That(windows.Select(window => window.Name), Is.EqualTo(new[] { "upgrade", "backup" }));
        Assert.That(new[] { "2026-12-05T20:59Z", "2026-12-05T21:00Z", "2026-12-06T00:59Z", "2026-12-06T01:00Z" }
            .Select(time => windows[0].IsActive(At(time))), Is.EqualTo(new[] { false, true, true, false }));
        Assert.That(new[] { "2026-12-05T13:59Z", "2026-12-05T14:00Z", "2027-01-05T14:00Z" }
            .Select(time => windows[1].IsActive(At(time))), Is.EqualTo(new[] { false, true, false }));
        Assert.That(windows[0].Covers(LabelSet.Of(("model", "llama"))), Is.True);
        Assert.That(windows[0].Covers(LabelSet.Of(("model", "other"))), Is.False);
    }

    [TestCase("route: {receiver: ops, escalation: [{receivers: [lead]}]}", "route.escalation[0].after is missing")]
    [TestCase("route: {receiver: ops, escalation: [{after: 5m}]}", "route.escalation[0] needs 'receivers' or a 'schedule'")]
    [TestCase("route: {receiver: ops, escalation: [{after: 5m, receivers: [nobody]}]}", "receivers names 'nobody'")]
    [TestCase("route: {receiver: ops, escalation: [{after: 5m, schedule: cpu}]}", "is 'cpu', which is not defined; defined are: gpu")]
    [TestCase("route: {receiver: ops, escalation: [{after: 5m, schedule: gpu}, {after: 1m, schedule: gpu}]}", "in the order of 'after'")]
    [TestCase("maintenance: [{name: x}]", "maintenance[0] needs 'until' or 'time_intervals'")]
    [TestCase("maintenance: [{name: x, until: tomorrow}]", "maintenance[0].until is 'tomorrow': write a time such as 2026-12-24T18:00")]
    [TestCase("maintenance: [{name: x, from: 2026-12-02T00:00, until: 2026-12-01T00:00}]", "must lie after 'from'")]
    [TestCase("maintenance: [{name: x, time_zone: Mars, until: 2026-12-01T00:00}]", "time_zone is 'Mars'")]
    public void Parse_Wrong_IsNamedWithItsField(string text, string error)
    {
        var yaml = Schedule + (text.StartsWith("route", StringComparison.Ordinal) ? "" : "route: {receiver: ops}\n") + text;

        Assert.That(RoutingFile.Parse(yaml, Path.Combine(_folder, "r.yaml"), out var errors), Is.Null);
        Assert.That(errors, Has.Some.Contains(error));
    }

    [TestCase("rotations: [{participants: [nobody], start: 2026-12-07}]", "names 'nobody', which is no receiver")]
    [TestCase("rotations: [{participants: [rosa], start: monday}]", "start is 'monday'")]
    [TestCase("rotations: [{participants: [rosa], start: 2026-12-07, hand_over: noon}]", "hand_over is 'noon'")]
    [TestCase("rotations: [{start: 2026-12-07}]", "participants is missing")]
    [TestCase("ical_file: nothing.ics", "can't be read")]
    [TestCase("time_zone: UTC", "needs 'rotations' or an 'ical_file'")]
    public void Parse_WrongSchedule_IsNamedWithItsField(string fields, string error)
    {
        var yaml = Receivers + $"route: {{receiver: ops}}\nschedules:\n  - name: gpu\n    {fields}\n";

        Assert.That(RoutingFile.Parse(yaml, Path.Combine(_folder, "r.yaml"), out var errors), Is.Null);
        Assert.That(errors, Has.Some.Contains(error));
    }

    [TestCase("hello", "it is no iCalendar")]
    [TestCase("", "it holds no event")]
    [TestCase("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:rosa\nDTSTART:20261207T200000\nRRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR\n",
        "more often than once a day")]
    [TestCase("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261207T200000\nEND:VEVENT\nEND:VCALENDAR\n", "no SUMMARY")]
    [TestCase("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:rosa\nEND:VEVENT\nEND:VCALENDAR\n", "no DTSTART")]
    public void Parse_WrongCalendar_IsAnError(string text, string expected)
    {
        Assert.That(CalendarShifts.Parse(text, TimeZoneInfo.Utc, out var error), Is.Null);
        Assert.That(error, Does.Contain(expected));
    }

    private NotifierRouting Parse(string yaml)
    {
        var routing = RoutingFile.Parse(yaml, Path.Combine(_folder, "r.yaml"), out var errors);
        Assert.That(errors, Is.Empty);
        return routing!;
    }

    private static Timestamp At(string time) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));
}
