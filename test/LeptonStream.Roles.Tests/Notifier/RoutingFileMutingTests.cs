using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Notifier.Routing;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>Inhibit rules and time intervals of a routing file; each case was held against amtool 0.34.</summary>
public sealed class RoutingFileMutingTests
{
    private const string Start = "route: {receiver: ops}\nreceivers: [{name: ops}]\n";

    [Test]
    public void Parse_InhibitRules_InBothForms()
    {
        var rules = Parse(Start + """
            inhibit_rules:
              - name: new
                source_matchers: [severity="critical", 'team=~"a|b"']
                target_matchers: ['{severity!="critical"}']
                equal: [node, "service name"]
              - source_match: {severity: critical}
                source_match_re: {team: a.*}
                target_match: {severity: warning}
                target_match_re: {team: b}
            """).Routes.InhibitRules;

        Assert.That(rules.Select(rule => $"{Text(rule.Source)} {Text(rule.Target)} {string.Join(',', rule.Equal)}"), Is.EqualTo(new[]
        {
            "severity=\"critical\",team=~\"a|b\" severity!=\"critical\" node,service name",
            "severity=\"critical\",team=~\"^(?:a.*)$\" severity=\"warning\",team=~\"^(?:b)$\" ",
        }));
    }

    [Test]
    public void Parse_TimeIntervals_BecomeTheSchedulesOfRoutes()
    {
        var routes = Parse("""
            route:
              receiver: ops
              routes:
                - matchers: [a=b]
                  mute_time_intervals: [nights]
                  active_time_intervals: [shifts]
            receivers: [{name: ops}]
            time_intervals:
              - name: nights
                time_intervals:
                  - times: [{start_time: '00:00', end_time: '06:30'}, {start_time: 22:00, end_time: 24:00}]
                    weekdays: ['Monday:friday', sunday]
                    days_of_month: ['1:5', '-3:-1', 31, '10:-2', '+7']
                    months: ['January:march', december, 7]
                    years: ['2026:2028', 2030]
                    location: Europe/Berlin
            mute_time_intervals:
              - name: shifts
            """).Routes;

        var schedule = routes.Root.Routes[0].Schedule;
        var period = schedule.Mute.Single().Periods.Single();
        Assert.That(Text(period.Minutes), Is.EqualTo("0:390 1320:1440"));
        Assert.That(Text(period.Weekdays), Is.EqualTo("1:5 0:0"));
        Assert.That(Text(period.DaysOfMonth), Is.EqualTo("1:5 -3:-1 31:31 10:-2 7:7"));
        Assert.That(Text(period.Months), Is.EqualTo("1:3 12:12 7:7"));
        Assert.That(Text(period.Years), Is.EqualTo("2026:2028 2030:2030"));
        Assert.That(period.Location.Id, Is.EqualTo("Europe/Berlin"));
        Assert.That(schedule.Active.Single().Periods, Is.Empty);
    }

    [TestCase("times: [{start_time: '10:00', end_time: '09:00'}]", "times[0].end_time must be after start_time")]
    [TestCase("times: [{start_time: '9:00', end_time: '10:00'}]", "times[0].start_time is '9:00': write a time from")]
    [TestCase("times: [{end_time: '10:00'}]", "times[0].start_time is missing")]
    [TestCase("weekdays: [friday:monday]", "weekdays holds 'friday:monday', whose end is before its beginning")]
    [TestCase("weekdays: [mon]", "weekdays holds 'mon': write a day such as monday")]
    [TestCase("weekdays: ['monday:']", "weekdays holds 'monday:': write a day")]
    [TestCase("weekdays: ['monday:tuesday:friday']", "weekdays holds 'monday:tuesday:friday': write a day")]
    [TestCase("days_of_month: ['-1:3']", "days_of_month holds '-1:3', whose end is before its beginning")]
    [TestCase("days_of_month: ['20:-20']", "days_of_month holds '20:-20', whose end")]
    [TestCase("days_of_month: [0]", "days_of_month holds '0': write a day from 1 to 31")]
    [TestCase("months: [dec]", "months holds 'dec': write a month")]
    [TestCase("months: [december:january]", "months holds 'december:january', whose end")]
    [TestCase("years: ['2022:2020']", "years holds '2022:2020', whose end")]
    [TestCase("years: ['2020 : 2022']", "years holds '2020 : 2022': write a year")]
    [TestCase("location: Mars/Phobos", "location is 'Mars/Phobos', which is no time zone that this machine knows")]
    [TestCase("hours: []", "hours is unknown; known here are: days_of_month, location, months, times, weekdays, years")]
    public void Parse_WrongPeriod_NamesLineAndField(string period, string expected) => Assert.That(
        Errors($"{Start}time_intervals:\n- name: x\n  time_intervals:\n  - {period}"),
        Has.One.StartsWith($"routing.yaml:6: time_intervals[0].time_intervals[0].{expected}"));

    [TestCase("time_intervals: [{name: x}]\nmute_time_intervals: [{name: x}]", "routing.yaml:3: time_intervals defines 'x' twice")]
    [TestCase("time_intervals:\n- time_intervals: []", "routing.yaml:4: time_intervals[0].name is missing")]
    [TestCase("inhibit_rules:\n- equal: ['']", "routing.yaml:4: inhibit_rules[0].equal holds an empty label name")]
    [TestCase("inhibit_rules:\n- source_match_re: {a: }", "routing.yaml:4: inhibit_rules[0].source_match_re.a has no value")]
    [TestCase("inhibit_rules:\n- target_matchers: [a]",
        "routing.yaml:4: inhibit_rules[0].target_matchers has a wrong entry: 'a' is no matcher")]
    [TestCase("inhibit_rules:\n- source_match: {a b: c}",
        "routing.yaml:4: inhibit_rules[0].source_match names the label 'a b', which 'source_matchers' alone can")]
    [TestCase("inhibit_rules:\n- sources: []",
        "routing.yaml:4: inhibit_rules[0].sources is unknown; known here are: equal, name, source_match")]
    public void Parse_WrongRule_NamesLineAndField(string yaml, string expected) =>
        Assert.That(Errors(Start + yaml), Has.One.StartsWith(expected));

    [Test]
    public void Parse_FieldsThatAreNotRead_AreNoted()
    {
        var routing = Parse(Start + "templates: [/etc/*.tmpl]\ntracing: {endpoint: a}\ninhibit_rules: [{source_matchers: [a=b]}]");

        Assert.That(routing.Notes, Is.EqualTo(new[]
        {
            "routing.yaml:3: templates has '/etc/*.tmpl', which matches no file",
            "routing.yaml:5: inhibit_rules[0] has no target matchers: while a source fires, every alert but a source is left out",
            "routing.yaml:4: tracing is not read: it is about Alertmanager's own process; see docs/metrics.md",
        }));
    }

    [Test]
    public void Version_ChangedIntervalOrRule_Differs()
    {
        string[] files =
        [
            Start,
            Start + "inhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d]}]",
            Start + "inhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d], equal: [e]}]",
            WithInterval("[{weekdays: [monday]}]"),
            WithInterval("[{weekdays: [tuesday]}]"),
            WithInterval("[{weekdays: [tuesday], location: Asia/Shanghai}]"),
        ];

        Assert.That(files.Select(file => Parse(file).Routes.Version), Is.Unique);
    }

    private static string WithInterval(string periods) =>
        "route: {receiver: ops, routes: [{matchers: [a=b], mute_time_intervals: [x]}]}\nreceivers: [{name: ops}]\n"
        + $"time_intervals: [{{name: x, time_intervals: {periods}}}]";

    private static NotifierRouting Parse(string yaml)
    {
        var routing = RoutingFile.Parse(yaml, "routing.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        return routing!;
    }

    private static IReadOnlyList<string> Errors(string yaml)
    {
        Assert.That(RoutingFile.Parse(yaml, "routing.yaml", out var errors), Is.Null);
        return errors;
    }

    private static string Text(IEnumerable<object> items) => string.Join(',', items);

    private static string Text(IReadOnlyList<ValueRange>? ranges) =>
        string.Join(' ', ranges!.Select(range => $"{range.First}:{range.Last}"));
}
