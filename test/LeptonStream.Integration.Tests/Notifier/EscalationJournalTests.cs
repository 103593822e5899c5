using LeptonStream.Alerting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
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
public sealed class EscalationJournalTests(DatabaseKind kind)
{
    private JournalRig _rig = null!;

    [SetUp]
    public async Task MakeRig() => _rig = await JournalRig.Create(kind);

    [TearDown]
    public async Task RemoveRig()
    {
        if (_rig is not null) await _rig.DisposeAsync();
    }

    [Test]
    public async Task Escalate_NobodyAcknowledges_NotifiesStepByStepAndAllOfTheEnd()
    {
        var journal = await _rig.Open(Routing());
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(journal, 0, 400);
        await Apply(journal, 410, Record(AlertEvents.Resolved("latency", 410), 1));
        await Pass(journal, 410, 600);

        Assert.That((await _rig.Told())[..3], Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "65s li: first notification +latency", "305s lead: first notification +latency",
        }));
        Assert.That((await _rig.Told())[3..].Select(line => line.Split(' ', 2)[1]), Is.EquivalentTo(new[]
        {
            "ops: all alerts resolved -latency", "li: all alerts resolved -latency", "lead: all alerts resolved -latency",
        }));
        Assert.That(await _rig.Scalar<long>("select count(*) from escalation"), Is.Zero);
        Assert.That(await _rig.Rows<string>("select action || ' ' || detail from audit order by audit_id"), Is.EqualTo(new[]
        {
            "escalate {\"step\":\"1\",\"to\":\"li\"}", "escalate {\"step\":\"2\",\"to\":\"lead\"}",
        }));
    }

    [Test]
    public async Task Escalate_Acknowledged_StopsAndAsksAgainLater()
    {
        var journal = await _rig.Open(Routing());
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0));
        await Pass(journal, 0, 40);
        await Acknowledge(alert, askAgainAt: 1000);
        await Pass(journal, 45, 1000);
        var quiet = await _rig.Told();
        await Pass(journal, 1005, 1070);

        Assert.That(quiet, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
        Assert.That(await _rig.Told(), Has.One.EqualTo("1060s li: first notification +latency"));
    }

    [Test]
    public async Task Escalate_AnotherProcessGoesOn_LosesAndRepeatsNothing()
    {
        for (var (at, round) = (0, 0); at <= 400; at += 5, round++)
        {
            // As after a kill: nothing is kept but what the database has.
            var journal = await _rig.Open(Routing(), at);
            if (round == 0) await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
            await Step(journal, at);
        }

        Assert.That(await _rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "65s li: first notification +latency", "305s lead: first notification +latency",
        }));
    }

    [Test]
    public async Task Escalate_TwoProcessesAtOnce_TakeEachStepOnce()
    {
        var (one, two) = (await _rig.Open(Routing()), await _rig.Open(Routing()));
        await Apply(one, 0, Record(AlertEvents.Opened("latency"), 0));
        for (var at = 0; at <= 400; at += 5) await Task.WhenAll(Step(one, at), Step(two, at));

        Assert.That((await _rig.Told()).Select(line => line.Split(' ')[1]), Is.EqualTo(new[] { "ops:", "li:", "lead:" }));
    }

    [Test]
    public async Task Escalate_AlertGoesOn_ItsEventsReachTheEscalatedOnesToo()
    {
        var journal = await _rig.Open(Routing());
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(journal, 0, 100);
        await Apply(journal, 110, Record(AlertEvents.Updated("latency", 110), 1), Record(AlertEvents.Progress("latency", 111), 2));
        await Pass(journal, 115, 250);

        Assert.That((await _rig.Told()).Where(line => line.Contains("resolved", StringComparison.Ordinal)), Is.Empty,
            "an update ends no escalation");
        Assert.That(await _rig.Scalar<long>("select count(*) from alert_group"), Is.EqualTo(2));
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

    private static RoutingConfig Routing()
    {
        var config = ByModel();
        string[] people = ["ops", "rosa", "li", "lead"];
        return config with
        {
            Receivers = [.. people.Select(name => new ReceiverConfig(name, [new("console/0", true)]))],
            Schedules = [new() { Name = "gpu", Calendar = new EachAMinute() }],
            Route = config.Route with
            {
                RepeatInterval = TimeSpan.FromDays(1),
                Escalation = [new(TimeSpan.FromSeconds(60), [], "gpu"), new(TimeSpan.FromSeconds(300), ["lead"], null)],
            },
        };
    }

    private Task<int> Acknowledge(AlertEvent alert, double askAgainAt) => _rig.Database.Write(transaction => transaction.Execute(
        "insert into alert_care (alert_id, acknowledged_by, acknowledged_at, ask_again_at) values (@AlertId, 'ops', 0, @again)",
        new { alert.AlertId, again = AlertEvents.At(askAgainAt).UnixMilliseconds }));

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
