using LeptonStream.Alerts;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>What the notifier makes of what people wrote into the journal: acknowledgements and closings.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class PeopleJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    [Test]
    public async Task Closed_WhoWasNotifiedIsNotifiedOfTheEnd()
    {
        var journal = await Rig.Open();
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0));
        await Flush(journal, 5);

        await Close(alert, 20);
        var ended = await journal.EndClosed(CancellationToken.None);
        var endedAgain = await journal.EndClosed(CancellationToken.None);
        await Flush(journal, 65);
        await Flush(journal, 600);

        Assert.That((ended, endedAgain), Is.EqualTo((1, 0)));
        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "65s ops: all alerts resolved -latency",
        }));
        Assert.That(await Rig.Rows<string>("select payload from notification order by seq desc"),
            Has.ItemAt(0).Contains("\"closed_by\":\"rosa\"").And.ItemAt(0).Contains("\"ended_reason\":\"closed\""));
    }

    [Test]
    public async Task Closed_LaterEventsAreRecordedAndFireNoMore([Values] bool beforeTheNotifierSawIt)
    {
        var journal = await Rig.Open();
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0));
        await Flush(journal, 5);

        await Close(alert, 20);
        if (!beforeTheNotifierSawIt) await journal.EndClosed(CancellationToken.None);
        await Apply(journal, 30, Record(AlertEvents.Updated("latency", 30, AlertSeverity.Critical), 1));
        await journal.EndClosed(CancellationToken.None);
        await Flush(journal, 65);
        await Apply(journal, 90, Record(AlertEvents.Resolved("latency", 90, AlertSeverity.Critical), 2));
        await Flush(journal, 600);

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "65s ops: all alerts resolved -latency",
        }));
        Assert.That(await Rig.Rows<string>("select status || ' ' || ended_reason || ' ' || severity from alert"),
            Is.EqualTo(new[] { "resolved closed critical" }));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event"), Is.EqualTo(3));
    }

    [Test]
    public async Task Closed_OthersOfTheGroupGoOn()
    {
        var journal = await Rig.Open();
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0), Record(AlertEvents.Opened("errors"), 1));
        await Flush(journal, 5);

        await Close(alert, 20);
        await journal.EndClosed(CancellationToken.None);
        await Flush(journal, 65);

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +errors +latency", "65s ops: some alerts resolved +errors -latency",
        }));
    }

    [Test]
    public async Task Acknowledged_IsNotRepeated_UntilItAsksAgain()
    {
        var journal = await Rig.Open();
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0));
        await Flush(journal, 5);

        await Acknowledge(alert, 20, askAgainAt: 400);
        for (var at = 65; at <= 365; at += 60) await Flush(journal, at);
        var quiet = await Rig.Told();
        await Flush(journal, 425);

        Assert.That(quiet, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "425s ops: repeat interval elapsed +latency",
        }));
    }

    [Test]
    public async Task Acknowledged_HidesNoChangeOfTheGroup()
    {
        var journal = await Rig.Open();
        var alert = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(alert, 0));
        await Flush(journal, 5);

        await Acknowledge(alert, 20, askAgainAt: null);
        await Apply(journal, 30, Record(AlertEvents.Opened("errors", 30), 1));
        await Flush(journal, 65);
        for (var at = 125; at <= 305; at += 60) await Flush(journal, at);
        await Apply(journal, 310, Record(AlertEvents.Resolved("errors", 310), 2), Record(AlertEvents.Resolved("latency", 310), 3));
        await Flush(journal, 365);

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency",
            "65s ops: new alerts added +errors +latency",
            // One that nobody acknowledged is repeated, and its group with it.
            "305s ops: repeat interval elapsed +errors +latency",
            "365s ops: all alerts resolved -errors -latency",
        }));
    }

    [Test]
    public async Task Notification_IsFoundByEachOfItsAlerts()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0), Record(AlertEvents.Opened("errors"), 1));
        await Flush(journal, 5);
        await Apply(journal, 10, Record(AlertEvents.Resolved("errors", 10), 2));
        await Flush(journal, 65);

        Assert.That(await Rig.Rows<string>(
            """
            select n.seq || ' ' || a.metric || ' ' || na.resolved from notification_alert na
            join notification n on n.notification_id = na.notification_id join alert a on a.alert_id = na.alert_id order by n.seq, a.metric
            """),
            Is.EqualTo(new[] { "1 errors 0", "1 latency 0", "2 errors 1", "2 latency 0" }));
    }

    // As the dashboard writes it down.
    private Task<int> Close(AlertEvent alert, double at) => Rig.Database.Write(async transaction =>
    {
        var row = new { alert.AlertId, at = AlertEvents.At(at).UnixMilliseconds };
        await transaction.Execute(
            """
            insert into alert_care (alert_id, closed_by, closed_at, close_reason, close_pending)
            values (@AlertId, 'rosa', @at, 'fixed', 1)
            """,
            row);
        return await transaction.Execute(
            "update alert set status = 'resolved', resolved_at = @at, ended_reason = 'closed' where alert_id = @AlertId", row);
    });

    private Task<int> Acknowledge(AlertEvent alert, double at, double? askAgainAt) =>
        Rig.Database.Write(transaction => transaction.Execute(
        "insert into alert_care (alert_id, acknowledged_by, acknowledged_at, ask_again_at) values (@AlertId, 'rosa', @at, @again)",
        new
        {
            alert.AlertId,
            at = AlertEvents.At(at).UnixMilliseconds,
            again = askAgainAt is { } seconds ? AlertEvents.At(seconds).UnixMilliseconds : (long?)null,
        }));
}
