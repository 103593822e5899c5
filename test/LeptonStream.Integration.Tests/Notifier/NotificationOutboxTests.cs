using System.Collections.Concurrent;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class NotificationOutboxTests(DatabaseKind kind) : JournalFixture(kind)
{
    private static readonly Destination Ops = new("ops", "console/0");
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private NotificationOutbox _outbox = null!;

    [SetUp]
    public async Task Prepare()
    {
        _outbox = new NotificationOutbox(Rig.Database);
    }

    [Test]
    public async Task Claim_EightProcesses_EachRowOnceAndEachGroupInOrder()
    {
        const int Groups = 10, Rounds = 6;
        await Fill(Groups, Rounds);
        var sent = new ConcurrentQueue<OutboxRow>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var idle = 0; idle < 20;)
            {
                var rows = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(1_000), Lease, limit: 3, default);
                idle = rows.Count == 0 ? idle + 1 : 0;
                foreach (var row in rows)
                {
                    sent.Enqueue(row);
                    await _outbox.MarkSent(row, 1, missed: null, AlertEvents.At(1_000), CancellationToken.None);
                }

                if (rows.Count == 0) await Task.Delay(10);
            }
        })));

        Assert.That(sent.Select(row => row.Id), Is.Unique.And.Exactly(Groups * Rounds).Items);
        foreach (var group in sent.GroupBy(row => row.Notification.GroupId)) Assert.That(group.Select(row => row.Seq), Is.Ordered);
    }

    [Test]
    public async Task Claim_Leased_ComesFreeWhenTheLeaseEnds()
    {
        await Fill(groups: 1, rounds: 1);

        var first = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(100), Lease, 10, CancellationToken.None);
        var during = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(159), Lease, 10, CancellationToken.None);
        var after = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(160), Lease, 10, CancellationToken.None);

        Assert.That(during, Is.Empty);
        Assert.That(after.Single().Id, Is.EqualTo(first.Single().Id));
    }

    [Test]
    public async Task Claim_Postponed_WaitsForItsTimeAndHoldsBackItsGroupOnly()
    {
        await Fill(groups: 2, rounds: 2);
        var rows = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(100), Lease, 10, CancellationToken.None);
        await _outbox.Postpone(rows[0], 3, "no\0 answer", AlertEvents.At(200), CancellationToken.None);
        await _outbox.MarkSent(rows[1], 1, missed: null, AlertEvents.At(100), CancellationToken.None);

        var next = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(199), Lease, 10, CancellationToken.None);
        var later = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(200), Lease, 10, CancellationToken.None);

        Assert.That(next.Single().Notification.GroupId, Is.EqualTo(rows[1].Notification.GroupId));
        Assert.That((later.Single().Id, later.Single().Attempts), Is.EqualTo((rows[0].Id, 3)));
        Assert.That(await Rig.Rows<string>("select last_error from notification where attempts = 3"), Is.EqualTo(new[] { "no␀ answer" }));
    }

    [Test]
    public async Task Claim_PausedDestination_GivesNothingBeforeItsTimeAndTheLongerPauseCounts()
    {
        await Fill(groups: 1, rounds: 1);
        await _outbox.Pause(Ops, AlertEvents.At(300), CancellationToken.None);
        await _outbox.Pause(Ops, AlertEvents.At(200), CancellationToken.None);

        Assert.That(await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(299), Lease, 10, default), Is.Empty);
        Assert.That(await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(300), Lease, 10, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task MarkDead_StaysWithItsReasonAndLetsTheNextOneThrough()
    {
        await Fill(groups: 1, rounds: 2);
        var first = (await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(100), Lease, 10, default)).Single();

        await _outbox.MarkDead(first, 1, "refused", CancellationToken.None);
        var second = (await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(100), Lease, 10, default)).Single();

        Assert.That(second.Seq, Is.GreaterThan(first.Seq));
        Assert.That(await Rig.Rows<(string, string)>("select status, last_error from notification order by seq"),
            Is.EqualTo(new[] { ("dead", "refused"), ("pending", (string?)null) }));
    }

    [Test]
    public async Task Claim_SomethingCriticalFires_GoesByItsOwnLaneWithWhatItsGroupHasBefore()
    {
        await Fill(groups: 3, rounds: 1);
        var journal = await Rig.Open();
        await Apply(journal, 60, Record(AlertEvents.Opened("page", 60, AlertSeverity.Critical, "model1"), 100));
        await Flush(journal, 65);

        var first = await _outbox.Claim(Ops, Lane.Urgent, ClaimScope.All, AlertEvents.At(100), Lease, 10, CancellationToken.None);
        await _outbox.MarkSent(first.Single(), 1, missed: null, AlertEvents.At(100), CancellationToken.None);
        var page = await _outbox.Claim(Ops, Lane.Urgent, ClaimScope.All, AlertEvents.At(100), Lease, 10, CancellationToken.None);
        var others = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, AlertEvents.At(100), Lease, 10, CancellationToken.None);

        Assert.That(first.Single().Notification.GroupId, Is.EqualTo(page.Single().Notification.GroupId));
        Assert.That(page.Single().Notification.Firing.Select(alert => alert.Labels["severity"]), Does.Contain("critical"));
        Assert.That(others.Select(row => row.Notification.GroupId), Has.Exactly(2).Items.And.None.EqualTo(page[0].Notification.GroupId));
    }

    // Each round adds an alert to each group and flushes it, so that each group has one notification a round.
    private async Task Fill(int groups, int rounds)
    {
        var journal = await Rig.Open();
        for (var round = 0; round < rounds; round++)
        {
            var at = round * 60.0;
            await Apply(journal, at, [.. Enumerable.Range(0, groups)
                .Select(group =>
                Record(AlertEvents.Opened($"metric{round}", at, AlertSeverity.Warning, $"model{group}"), (round * groups) + group))]);
            await Flush(journal, at + 5);
        }
    }
}
