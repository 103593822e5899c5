using LeptonStream.Alerting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// Escalations through the journal, in the test's time: ops at once, after 60 s the person on call (rosa, li, each a minute), after 300 s
/// the lead.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class EscalationJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    [Test]
    public async Task Escalate_NobodyAcknowledges_NotifiesStepByStepAndAllOfTheEnd()
    {
        var journal = await Rig.Open(Routing());
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(journal, 0, 400);
        await Apply(journal, 410, Record(AlertEvents.Resolved("latency", 410), 1));
        await Pass(journal, 410, 600);

        Assert.That((await Rig.Told())[..3], Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "65s li: first notification +latency", "305s lead: first notification +latency",
        }));
        Assert.That((await Rig.Told())[3..].Select(line => line.Split(' ', 2)[1]), Is.EquivalentTo(new[]
        {
            "ops: all alerts resolved -latency", "li: all alerts resolved -latency", "lead: all alerts resolved -latency",
        }));
        Assert.That(await Rig.Scalar<long>("select count(*) from escalation"), Is.Zero);
        Assert.That(await Rig.Rows<string>("select action || ' ' || detail from audit order by audit_id"), Is.EqualTo(new[]
        {
            "escalate {\"step\":\"1\",\"to\":\"li\"}", "escalate {\"step\":\"2\",\"to\":\"lead\"}",
        }));
    }

    [Test]
    public async Task Escalate_Acknowledged_StopsAndAsksAgainLater()
    {
        var journal = await Rig.Open(Routing());
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0));
        await Pass(journal, 0, 40);
        await Acknowledge(alert, askAgainAt: 1000);
        await Pass(journal, 45, 1000);
        var quiet = await Rig.Told();
        await Pass(journal, 1005, 1070);

        Assert.That(quiet, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
        Assert.That(await Rig.Told(), Has.One.EqualTo("1060s li: first notification +latency"));
    }

    [TestCase("warning", true)]
    [TestCase("critical", false)]
    [TestCase(null, false)]
    public async Task Escalate_TheAlertBecomesCritical_OnlyTheAcknowledgementOfALesserOneIsVoid(string? acknowledgedAs, bool goesOn)
    {
        var journal = await Rig.Open(Routing());
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0));
        await Pass(journal, 0, 40);
        await Acknowledge(alert, askAgainAt: 5000, acknowledgedAs);
        await Apply(journal, 100, Record(AlertEvents.Updated("latency", 100, AlertSeverity.Critical), 1));
        await Pass(journal, 100, 400);

        Assert.That((await Rig.Told()).Any(line => line.Contains("lead:", StringComparison.Ordinal)), Is.EqualTo(goesOn));
    }

    [Test]
    public async Task Escalate_AnotherProcessGoesOn_LosesAndRepeatsNothing()
    {
        for (var (at, round) = (0, 0); at <= 400; at += 5, round++)
        {
            // As after a kill: nothing is kept but what the database has.
            var journal = await Rig.Open(Routing(), at);
            if (round == 0) await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
            await Step(journal, at);
        }

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "65s li: first notification +latency", "305s lead: first notification +latency",
        }));
    }

    [Test]
    public async Task Escalate_TwoProcessesAtOnce_TakeEachStepOnce()
    {
        var (one, two) = (await Rig.Open(Routing()), await Rig.Open(Routing()));
        await Apply(one, 0, Record(AlertEvents.Opened("latency"), 0));
        for (var at = 0; at <= 400; at += 5) await Task.WhenAll(Step(one, at), Step(two, at));

        Assert.That((await Rig.Told()).Select(line => line.Split(' ')[1]), Is.EqualTo(new[] { "ops:", "li:", "lead:" }));
    }

    [Test]
    public async Task Escalate_AlertGoesOn_ItsEventsReachTheEscalatedOnesToo()
    {
        var journal = await Rig.Open(Routing());
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(journal, 0, 100);
        await Apply(journal, 110, Record(AlertEvents.Updated("latency", 110), 1), Record(AlertEvents.Progress("latency", 111), 2));
        await Pass(journal, 115, 250);

        Assert.That((await Rig.Told()).Where(line => line.Contains("resolved", StringComparison.Ordinal)), Is.Empty,
            "an update ends no escalation");
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.EqualTo(2));
    }

    [Test]
    public async Task Escalate_NobodyIsOnCall_TheNextStepFollowsAtOnceAndTheLastWaits()
    {
        var nobody = new Vacant(until: 600);
        var journal = await Rig.Open(Routing(
            nobody, new(TimeSpan.FromSeconds(60), [], "gpu"), new(TimeSpan.FromSeconds(300), ["lead"], null)));
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(journal, 0, 100);
        var lead = await Rig.Told();
        var other = await Rig.Open(Routing(nobody, new EscalationStepConfig(TimeSpan.FromSeconds(60), [], "gpu")), 100);
        await Apply(other, 100, Record(AlertEvents.Opened("latency", 100, model: "other"), 1));
        await Pass(other, 100, 700);

        Assert.That(lead, Is.EqualTo(new[] { "5s ops: first notification +latency", "65s lead: first notification +latency" }));
        Assert.That((await Rig.Told()).Where(line => line.Contains(" li:", StringComparison.Ordinal)), Has.Exactly(1).Items,
            "somebody came on call, and is notified then");
        Assert.That(await Rig.Scalar<long>("select count(*) from audit where action = 'escalate'"), Is.EqualTo(2),
            "no step that reached nobody");
    }

    [Test]
    public async Task Escalate_TheAlertHasLeftTheRoute_NotifiesNobodyOfThatRoute()
    {
        var config = Routing();
        var critical = new RouteConfig
            { Receiver = "lead", Escalation = [], Matchers = [Matcher.Of("severity", MatchOperator.Equal, "critical")] };
        var journal = await Rig.Open(config with { Route = config.Route with { Routes = [critical] } });
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(journal, 0, 40);
        await Apply(journal, 45, Record(AlertEvents.Updated("latency", 45, AlertSeverity.Critical), 1));
        await Pass(journal, 45, 400);

        Assert.That((await Rig.Told()).Where(line => line.Contains(" li:", StringComparison.Ordinal)
            || line.Contains(" rosa:", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Escalate_TheStepsWereMovedLater_NeitherTakesNorHoldsUpAnything()
    {
        var journal = await Rig.Open(Routing());
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(journal, 0, 10);
        var later = await Rig.Open(Routing(new EachAMinute(), new EscalationStepConfig(TimeSpan.FromSeconds(900), ["lead"], null)), 20);
        await Pass(later, 65, 70);

        Assert.That(await Rig.Scalar<long>("select due_at from escalation"), Is.EqualTo(AlertEvents.At(905).UnixMilliseconds));
        await Pass(later, 75, 905);
        Assert.That(await Rig.Told(), Has.One.EqualTo("905s lead: first notification +latency"));
    }

    [Test]
    public async Task Escalate_BegunByAClockThatWasAhead_BeginsWhenItIsSetRight()
    {
        var ahead = await Rig.Open(Routing(), 86_400);
        await Apply(ahead, 86_400, Record(AlertEvents.Opened("latency"), 0));
        await Flush(ahead, 86_405);
        var right = await Rig.Open(Routing(), 10);
        await Pass(right, 10, 80);

        Assert.That(await Rig.Told(), Has.One.EqualTo("70s li: first notification +latency"));
    }

    private static async Task Pass(AlertJournal journal, int from, int to)
    {
        for (var at = from; at <= to; at += 5) await Step(journal, at);
    }

    private static async Task Step(AlertJournal journal, int at)
    {
        await journal.Escalate(AlertEvents.At(at), CancellationToken.None);
        await Flush(journal, at);
    }

    private static RoutingConfig Routing() => Routing(
        new EachAMinute(), new(TimeSpan.FromSeconds(60), [], "gpu"), new(TimeSpan.FromSeconds(300), ["lead"], null));

    private static RoutingConfig Routing(IShiftCalendar calendar, params EscalationStepConfig[] steps)
    {
        var config = ByModel();
        string[] people = ["ops", "rosa", "li", "lead"];
        return config with
        {
            Receivers = [.. people.Select(name => new ReceiverConfig(name, [new("console/0", true)]))],
            Schedules = [new() { Name = "gpu", Calendar = calendar }],
            Route = config.Route with
            {
                RepeatInterval = TimeSpan.FromDays(1),
                Escalation = steps,
            },
        };
    }

    private Task<int> Acknowledge(AlertEvent alert, double askAgainAt, string? severity = null) =>
        Rig.Database.Write(transaction => transaction.Execute(
        """
        insert into alert_care (alert_id, acknowledged_by, acknowledged_at, ask_again_at, acknowledged_severity)
        values (@AlertId, 'ops', 0, @again, @severity)
        """,
        new { alert.AlertId, again = AlertEvents.At(askAgainAt).UnixMilliseconds, severity }));

    /// <summary>Nobody is on call, then li is.</summary>
    private sealed class Vacant(int until) : IShiftCalendar
    {
        public IReadOnlyList<string> Participants => ["rosa", "li"];

        public OnCallShift? At(Timestamp time) =>
            time < AlertEvents.At(until) ? null : new("li", AlertEvents.At(until), AlertEvents.At(until + 3600));
    }

    private sealed class EachAMinute : IShiftCalendar
    {
        public IReadOnlyList<string> Participants => ["rosa", "li"];

        public OnCallShift? At(Timestamp time)
        {
            var minute = (int)((time - AlertEvents.Start).TotalSeconds / 60);
            return new(Participants[minute % 2], AlertEvents.At(minute * 60), AlertEvents.At((minute + 1) * 60));
        }
    }
}
