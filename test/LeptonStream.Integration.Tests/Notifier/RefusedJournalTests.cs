using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Rows that a receiver refuses for good. Groups: 5 s, then every 60 s; repeats after 240 s.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class RefusedJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    private static readonly Destination Ops = new("ops", "console/0");

    private AlertJournal _journal = null!;

    [SetUp]
    public async Task Prepare() => _journal = await Rig.Open();

    [Test]
    public async Task Refuse_APage_TheGroupTriesAgainAtItsNextIntervalBesideTheDeadRow()
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency", 0, AlertSeverity.Critical), 0));
        await Flush(_journal, 5);
        await Refuse(6, Lane.Urgent);
        for (var at = 10; at <= 65; at += 5) await Flush(_journal, at);

        Assert.That(await Rig.Told(), Is.EqualTo(new[] { "5s ops: first notification +latency", "65s ops: first notification +latency" }));
        var rows = await Rig.Rows<string>("select status || ' ' || coalesce(last_error, '') from notification order by seq");
        Assert.That(rows[0], Does.StartWith("dead HTTP 401; its group tries again at "));
        Assert.That(rows[1], Is.EqualTo("pending "));
    }

    [Test]
    public async Task Refuse_AnEnd_TheGroupComesBackForIt()
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Flush(_journal, 5);
        await Deliver(6);
        await Apply(_journal, 10, Record(AlertEvents.Resolved("latency", 10), 1));
        await Flush(_journal, 65);
        await Refuse(66, Lane.Ordinary);
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.EqualTo(1));
        await Flush(_journal, 126);

        Assert.That((await Rig.Told())[1..], Is.EqualTo(new[]
        {
            "65s ops: all alerts resolved -latency", "126s ops: all alerts resolved -latency",
        }));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.Zero);
    }

    [Test]
    public async Task Refuse_AgainAndAgain_IsTriedLessAndLessOften()
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0));
        var tries = new List<int>();
        for (var at = 5; at < 1200; at += 5)
        {
            await Flush(_journal, at);
            if (await Rig.Scalar<long>("select count(*) from notification where status = 'pending'") == 0) continue;
            tries.Add(at);
            await Refuse(at, Lane.Ordinary);
        }

        Assert.That(tries, Is.EqualTo(new[] { 5, 65, 125, 305, 545, 785, 1025 }), "at the repeat interval at the latest");
    }

    private async Task Refuse(double at, Lane lane)
    {
        var row = await Claim(at, lane);
        await _journal.Refuse(row, 1, "HTTP 401", TimeSpan.FromHours(24), AlertEvents.At(at), CancellationToken.None);
    }

    private async Task Deliver(double at) => await new NotificationOutbox(Rig.Database).MarkSent(
        await Claim(at, Lane.Ordinary), 1, missed: null, AlertEvents.At(at), CancellationToken.None);

    private async Task<OutboxRow> Claim(double at, Lane lane) => (await new NotificationOutbox(Rig.Database).Claim(
        Ops, lane, ClaimScope.All, AlertEvents.At(at), TimeSpan.FromSeconds(1), 10, CancellationToken.None)).Single();
}
