using LeptonStream.Alerting.Flapping;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// Flapping alerts in the journal: more than 2 openings within an hour; steady after 600 s. Groups: 5 s, then every 60 s; repeats after a
/// day.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class FlappingJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    private static readonly FlapRule Rule = new(2, TimeSpan.FromHours(1), TimeSpan.FromSeconds(600));

    private AlertJournal _journal = null!;
    private long _offset;

    [SetUp]
    public async Task Prepare()
    {
        _offset = 0;
        _journal = await Open(Rule);
    }

    [Test]
    public async Task Flush_OpensAgainAndAgain_IsNotifiedOnceAsFlappingAndOfItsEndWhenSteady()
    {
        for (var round = 0; round < 6; round++) await OpenAndEnd(round * 200);
        var flapping = await Rig.Told();
        await Pass(1300, 2000);

        Assert.That(flapping, Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "125s ops: all alerts resolved -latency", "205s ops: first notification +latency",
            "325s ops: all alerts resolved -latency", "405s ops: first notification +latency",
        }), "the third opening is the last of which anybody hears");
        Assert.That((await Payloads())[4], Does.Contain("\"flapping\":"));
        Assert.That((await Rig.Told())[5..], Has.Length.EqualTo(1).And.One.EndsWith("all alerts resolved -latency"));
        Assert.That(await Rig.Rows<string>("select distinct cause from suppression"), Is.EqualTo(new[] { "flapping" }));
        Assert.That(await Rig.Scalar<long>("select count(*) from suppression where until is null"), Is.Zero);
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.Zero);
    }

    [Test]
    public async Task Flush_StillFiringWhenSteady_IsNotifiedOnceMoreAndOfItsEnd()
    {
        for (var round = 0; round < 4; round++) await OpenAndEnd(round * 200);
        await Happens(AlertEvents.Opened("latency", 800), 800);
        await Pass(800, 1395);
        Assert.That((await Rig.Told())[^1], Is.EqualTo("405s ops: first notification +latency"), "it is not steady yet");
        await Pass(1400, 3000);
        var before = await Rig.Told();
        await Happens(AlertEvents.Resolved("latency", 3010), 3010);
        await Pass(3010, 3700);

        Assert.That(before[^2], Is.EqualTo("405s ops: first notification +latency"));
        Assert.That(before[^1], Does.Match(@"^14\d\ds ops: first notification \+latency$"));
        Assert.That((await Payloads())[before.Length - 1], Does.Not.Contain("\"flapping\":"));
        Assert.That((await Rig.Told())[before.Length..], Has.Length.EqualTo(1).And.One.EndsWith("all alerts resolved -latency"));
    }

    [Test]
    public async Task Flush_AnotherAlertOfTheGroup_IsSentAsEver()
    {
        for (var round = 0; round < 4; round++) await OpenAndEnd(round * 200);
        var before = (await Rig.Told()).Length;
        await Happens(AlertEvents.Opened("errors", 810), 810);
        await Pass(810, 890);
        await OpenAndEnd(900);
        await Happens(AlertEvents.Resolved("errors", 1100), 1100);
        await Pass(1100, 1200);

        Assert.That((await Rig.Told())[before..], Has.None.Contains("latency"));
        Assert.That((await Rig.Told())[before..], Has.One.EndsWith("+errors").And.One.EndsWith("-errors"));
    }

    [Test]
    public async Task Flush_RuleIsOff_EveryOpeningIsNotified()
    {
        _journal = await Open(FlapRule.Off);
        for (var round = 0; round < 6; round++) await OpenAndEnd(round * 200);

        Assert.That((await Rig.Told()).Count(line => line.Contains("first notification", StringComparison.Ordinal)), Is.EqualTo(6));
        Assert.That(await Rig.Scalar<long>("select count(*) from flap"), Is.Zero);
    }

    [Test]
    public async Task TrimFlaps_SteadyForLong_AreForgotten()
    {
        await OpenAndEnd(0);
        Assert.That(await _journal.TrimFlaps(AlertEvents.At(3000), CancellationToken.None), Is.Zero);
        Assert.That(await _journal.TrimFlaps(AlertEvents.At(4000), CancellationToken.None), Is.EqualTo(1));
    }

    private Task<AlertJournal> Open(FlapRule rule)
    {
        var config = ByModel();
        return Rig.Open(
            RoutingOf(config with { Route = config.Route with { RepeatInterval = TimeSpan.FromDays(1) } }), flapping: rule);
    }

    // Open for 100 s.
    private async Task OpenAndEnd(double at)
    {
        await Happens(AlertEvents.Opened("latency", at), at);
        await Pass(at, at + 95);
        await Happens(AlertEvents.Resolved("latency", at + 100), at + 100);
        await Pass(at + 100, at + 195);
    }

    // Each opening is an alert of its own, as the detector makes them.
    private async Task Happens(AlertEvent alert, double at)
    {
        if (alert.Type == AlertEventType.Opened) _alertId = $"{alert.Metric}-{at}";
        await Apply(_journal, at, Record(alert with { AlertId = alert.Metric == "latency" ? _alertId : alert.AlertId }, _offset++));
    }

    private string _alertId = "";

    private async Task Pass(double from, double to)
    {
        for (var at = from; at <= to; at += 5) await Flush(_journal, at);
    }

    private Task<string[]> Payloads() => Rig.Rows<string>("select payload from notification order by seq");
}
