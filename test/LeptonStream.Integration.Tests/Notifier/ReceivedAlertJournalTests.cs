using LeptonStream.Alerting.Received;
using LeptonStream.Dashboard.Alertmanager;
using LeptonStream.Notifier.Journal;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Alerts that others post, from the dashboard's table into events, groups and the outbox. Groups: 5 s, then every 60 s.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class ReceivedAlertJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    private AlertJournal _journal = null!;

    [SetUp]
    public async Task Prepare() => _journal = await Rig.Open();

    [Test]
    public async Task Post_FiresAndEnds_IsRecordedAndSentOnce()
    {
        await Post(0, "disk");
        await Pass(0, 20);
        await Post(30, "disk");
        await Pass(30, 40);
        await Post(50, "disk", end: 50);
        await Post(55, "disk", end: 50);
        await Pass(55, 200);

        Assert.That(await Rig.Told(), Is.EqualTo((string[])["5s ops: first notification +disk", "65s ops: all alerts resolved -disk"]));
        Assert.That(await Rig.Rows<string>("select type from alert_event order by seq"), Is.EqualTo((string[])["opened", "resolved"]));
        Assert.That(await Rig.Rows<string>("select status || ' ' || ended_reason from alert"),
            Is.EqualTo((string[])["resolved recovered"]));
    }

    [TestCase(null, 300)]
    [TestCase(120.0, 120)]
    public async Task Post_ThatNobodyRenews_EndsByItsEndOrTheTimeout(double? end, int expected)
    {
        await Post(0, "disk", end);
        await Pass(0, expected - 1);
        var before = await Rig.Scalar<string>("select status from alert");
        await Pass(expected, expected + 70);

        Assert.That(before, Is.EqualTo("firing"));
        Assert.That(await Rig.Rows<string>("select ended_reason from alert"), Is.EqualTo((string[])["gone"]));
        Assert.That((await Rig.Told())[^1], Does.EndWith("all alerts resolved -disk"));
    }

    [Test]
    public async Task Post_AfterTheTimeout_WithTheSameStart_IsTheSameAlertAgain()
    {
        await Post(0, "disk", start: -100);
        await Pass(0, 400);
        await Post(500, "disk", start: -100);
        await Pass(500, 520);

        Assert.That(await Rig.Scalar<long>("select count(*) from alert"), Is.EqualTo(1));
        Assert.That(await Rig.Scalar<string>("select status from alert"), Is.EqualTo("firing"));
        Assert.That(await Rig.Rows<string>("select type from alert_event order by seq"),
            Is.EqualTo((string[])["opened", "resolved", "opened"]));
    }

    [Test]
    public async Task Posts_WhileNoNotifierRuns_AreAllRecorded()
    {
        await Post(0, "disk");
        await Post(100, "disk", end: 100);
        await Post(200, "disk", start: 190);
        await Post(210, "fan", start: 205);
        await _journal.TakeUp(AlertEvents.At(220), CancellationToken.None);

        Assert.That(await Rig.Rows<string>("select metric || ' ' || status from alert order by onset"),
            Is.EqualTo((string[])["disk resolved", "disk firing", "fan firing"]));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event"), Is.EqualTo(4));
    }

    [Test]
    public async Task Post_WithOtherTexts_ChangesThemWithoutANotification_AndNotWithEveryPost()
    {
        await Post(0, "disk", text: "91 %");
        await Pass(0, 20);
        for (var at = 30; at < 700; at += 30)
        {
            await Post(at, "disk", text: $"{at} %");
            await Pass(at, at + 25);
        }

        Assert.That((await Rig.Told()).Where(line => !line.Contains("repeat", StringComparison.Ordinal)).ToArray(), Has.Length.EqualTo(1));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event where type = 'updated'"), Is.EqualTo(2));
        Assert.That(await Rig.Rows<string>("select content from alert_group_member"), Has.All.Contains("630 %").Or.Contains("660 %")
            .Or.Contains("600 %"));
    }

    [Test]
    public async Task End_OfWhatWasNeverHere_WithoutAStart_IsNothing()
    {
        await Post(0, "disk", end: 0, hasNoStart: true);
        await _journal.TakeUp(AlertEvents.At(1), CancellationToken.None);

        Assert.That(await Rig.Scalar<long>("select count(*) from received_alert"), Is.Zero);
    }

    [Test]
    public async Task TakeUp_ByTwoAtOnce_RecordsEachOnce()
    {
        var other = await Rig.Open();
        for (var number = 0; number < 20; number++) await Post(0, $"disk{number}");
        await Task.WhenAll(_journal.TakeUp(AlertEvents.At(1), CancellationToken.None), other.TakeUp(AlertEvents.At(1),
            CancellationToken.None));

        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event"), Is.EqualTo(20));
    }

    private async Task Post(double at, string metric, double? end = null, double start = 0, string text = "full", bool hasNoStart = false)
    {
        var labels = LabelSet.Of(("alertname", "Full"), ("metric", metric), ("model", "llama"));
        var alert = new ReceivedAlert
        {
            AlertId = ReceivedAlert.IdOf(labels, AlertEvents.At(start)),
            Labels = labels,
            Annotations = LabelSet.Of(("summary", text)),
            GeneratorUrl = "http://prometheus/graph",
            StartsAt = AlertEvents.At(start),
            EndsAt = end is { } seconds ? AlertEvents.At(seconds) : null,
            RenewedAt = AlertEvents.At(at),
        };
        Assert.That(await new ReceivedAlertStore(Rig.Database).Save([(alert, hasNoStart)], CancellationToken.None), Is.True);
    }

    private async Task Pass(int from, int to)
    {
        for (var at = from; at <= to; at += 5)
        {
            await _journal.TakeUp(AlertEvents.At(at), CancellationToken.None);
            await Flush(_journal, at);
        }
    }
}
