using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Lifecycle;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Alerts of which nothing is heard any more, in the test's time: an hour of silence is enough here.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class StaleAlertTests(DatabaseKind kind) : JournalFixture(kind)
{
    private const double Minute = 60;
    private const double Hour = 3600;

    private AlertJournal _journal = null!;

    [SetUp]
    public async Task Prepare()
    {
        _journal = await Rig.Open();
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Flush(_journal, 5);
    }

    [Test]
    public async Task EndStale_SilentWhileTheDetectorWorked_EndsVisiblyAndIsNotified()
    {
        await Alive(from: 0, to: Hour);
        var (before, ended, again) = (await EndStale(Hour - 1), await EndStale(Hour), await EndStale(Hour + 60));
        await Flush(_journal, Hour + 65);

        Assert.That((before, ended, again), Is.EqualTo((0, 1, 0)));
        Assert.That(await State(), Is.EqualTo("resolved stale 2"));
        Assert.That((await Rig.Told())[^1], Does.EndWith("all alerts resolved -latency"));
        Assert.That(await Rig.Rows<string>("select payload from notification order by seq desc limit 1"),
            Has.ItemAt(0).Contains("\"ended_reason\":\"stale\""));
        Assert.That(await Rig.Rows<string>("select action || ' ' || actor || ' ' || role || ' ' || detail from audit"),
            Is.EqualTo(new[] { "stale lepton notifier program {\"silent_for\":\"1h\"}" }));
    }

    [Test]
    public async Task EndStale_NewestPointsOfIt_BeginTheSilenceAnew()
    {
        await Alive(from: 0, to: 2 * Hour);
        await Apply(_journal, 50 * Minute, Record(AlertEvents.Progress("latency", 50 * Minute), 1));

        Assert.That(await EndStale(1.5 * Hour), Is.Zero);
        Assert.That(await EndStale(2 * Hour), Is.EqualTo(1));
    }

    [Test]
    public async Task EndStale_DetectorWasAway_ItsAbsenceDoesNotCount()
    {
        await Alive(from: 0, to: 10 * Minute);
        await Alive(from: 50 * Minute, to: 1.5 * Hour);
        Assert.That(await EndStale(1.5 * Hour), Is.Zero);

        await Alive(from: 1.5 * Hour, to: 2 * Hour);
        Assert.That(await EndStale(2 * Hour), Is.EqualTo(1));
    }

    [Test]
    public async Task EndStale_DetectorIsAwayNow_NothingEnds()
    {
        await Alive(from: 0, to: 50 * Minute);

        Assert.That(await EndStale(Hour), Is.Zero);
    }

    [Test]
    public async Task EndStale_AnotherPartitionIsAlive_NothingEnds()
    {
        await Alive(from: 0, to: Hour, partition: 1);

        Assert.That(await EndStale(Hour), Is.Zero);
    }

    [Test]
    public async Task Apply_EventOfAStaleAlert_OpensItAgain([Values] bool isProgress)
    {
        await Alive(from: 0, to: Hour);
        await EndStale(Hour);
        await Flush(_journal, Hour + 5);

        var later = isProgress ? AlertEvents.Progress("latency", Hour + 60) : AlertEvents.Updated("latency", Hour + 60);
        await Apply(_journal, Hour + 60, Record(later, 1));
        await Flush(_journal, Hour + 65);

        Assert.That(await State(), Does.StartWith("firing  "));
        Assert.That((await Rig.Told())[^1], Is.EqualTo("3665s ops: first notification +latency"));
    }

    [Test]
    public async Task Apply_EndOfAStaleAlert_SaysHowItEndedAndNotifiesNobodyAgain()
    {
        await Alive(from: 0, to: Hour);
        await EndStale(Hour);
        await Flush(_journal, Hour + 5);
        var told = (await Rig.Told()).Length;

        await Apply(_journal, Hour + 60, Record(AlertEvents.Closed("latency", Hour + 60, EndedReason.Recovered), 1));
        await Flush(_journal, Hour + 200);

        Assert.That(await State(), Does.StartWith("resolved recovered"));
        Assert.That(await Rig.Told(), Has.Length.EqualTo(told));
    }

    // Its series has a sample in two hours: one may be late, and three may be missing.
    [TestCase(2, 5.9, 0)]
    [TestCase(2, 6, 1)]
    [TestCase(0.1, 1, 1)]
    [TestCase(1e9, 1, 1)]
    public async Task EndStale_SeriesWithFewSamples_WaitsForThreeOfItsIntervals(double interval, double after, int ended)
    {
        await Apply(_journal, 1, Record(AlertEvents.Updated("latency", 1) with { IntervalSeconds = interval * Hour }, 1));
        await Alive(from: 0, to: after * Hour);

        Assert.That(await EndStale((after * Hour) + 1), Is.EqualTo(ended));
    }

    // The topic was made again with fewer partitions: no detector will ever work on it.
    [TestCase(1, 1)]
    [TestCase(2, 0)]
    [TestCase(0, 0)]
    public async Task EndStale_ThePartitionIsNoMore_EndsAsOneOfAPartitionThatWorks(int partitions, int ended)
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("errors"), 0, partition: 1));
        await Alive(from: 0, to: 10 * Minute, partition: 1);
        for (var at = 20 * Minute; at <= 2 * Hour; at += Minute)
            await PartitionLife.Record(Rig.Database, [], partitions, AlertEvents.At(at), CancellationToken.None);
        Assert.That(await EndStale(2 * Hour), Is.EqualTo(ended));
    }

    [Test]
    public async Task EndStale_SomebodyWorkedOnIt_IsAskedAgainShouldItComeBack()
    {
        await Rig.Database.Write(transaction => transaction.Execute(
            "insert into alert_care (alert_id, acknowledged_by, acknowledged_at) select alert_id, 'rosa', 1 from alert"));
        await Alive(from: 0, to: Hour);
        await EndStale(Hour);

        Assert.That(await Rig.Scalar<long>("select count(*) from alert_care where acknowledged_by is not null"), Is.Zero);
    }

    private Task<int> EndStale(double at) =>
        _journal.EndStale(TimeSpan.FromHours(1), AlertEvents.At(at), CancellationToken.None);

    // As the notifier sees the detector's status.
    private async Task Alive(double from, double to, int partition = 0)
    {
        for (var at = from; at <= to; at += Minute)
            await PartitionLife.Record(Rig.Database, [partition], partition + 1, AlertEvents.At(at), CancellationToken.None);
    }

    private Task<string> State() =>
        Rig.Scalar<string>("select status || ' ' || coalesce(ended_reason, '') || ' ' || seq from alert");
}
