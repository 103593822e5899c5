using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Notifier.Journal;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Alerts of a group of which some are in a maintenance window, from 100 s to 600 s. Groups: 5 s, then every 60 s.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class MaintenanceJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    private AlertJournal _journal = null!;

    [SetUp]
    public async Task Prepare()
    {
        _journal = await Rig.Open(ByModel() with
        {
            Maintenance =
            [
                new()
                {
                    Name = "drivers", Matchers = [Matcher.Of("metric", MatchOperator.Equal, "latency")], From = AlertEvents.At(100),
                    Until = AlertEvents.At(600),
                },
            ],
        });
    }

    [TestCase(300)]
    [TestCase(700)]
    public async Task Flush_OneThatWasSentBefore_IsNotSentAgainAndItsEndIs(int end)
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Pass(0, 150);
        // Another one of the group is sent while this one is muted.
        await Apply(_journal, 200, Record(AlertEvents.Opened("errors", 200), 1));
        await Pass(200, end);
        await Apply(_journal, end, Record(AlertEvents.Resolved("latency", end), 2));
        await Pass(end, end + 100);

        var lines = (await Rig.Told()).Where(line => !line.Contains("repeat", StringComparison.Ordinal)).ToArray();
        Assert.That(lines.Count(line => line.Contains("-latency", StringComparison.Ordinal)), Is.EqualTo(1), string.Join('\n', lines));
        Assert.That(lines.Count(line => line.Contains("first notification +latency", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(lines.Where(line => line.Contains("new alerts", StringComparison.Ordinal)
            && line.Contains("+latency", StringComparison.Ordinal)), Is.Empty, "it is no new one after the window");
    }

    [Test]
    public async Task Flush_AnotherOneOfItsGroupEndsInTheWindow_KeepsTheIncidentOpenUntilItEnds()
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0), Record(AlertEvents.Opened("errors"), 1));
        await Pass(0, 150);
        await Apply(_journal, 200, Record(AlertEvents.Resolved("errors", 200), 2));
        await Pass(200, 290);
        var during = await Messages();
        await Apply(_journal, 700, Record(AlertEvents.Resolved("latency", 700), 3));
        await Pass(300, 800);

        Assert.That(during[^1], Has.Property("IsOver").False.And.Property("Reason").EqualTo(NotifyReason.SomeResolved));
        Assert.That((await Messages())[^1], Has.Property("IsOver").True.And.Property("Reason").EqualTo(NotifyReason.AllResolved));
    }

    private async Task<Notification[]> Messages() =>
        [.. (await Rig.Rows<string>("select payload from notification order by seq")).Select(AlertingJson.Read<Notification>)];

    private async Task Pass(int from, int to)
    {
        for (var at = from; at <= to; at += 5) await Flush(_journal, at);
    }
}
