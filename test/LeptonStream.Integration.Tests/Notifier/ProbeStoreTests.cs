using LeptonStream.Alerts;
using LeptonStream.Notifier.Heartbeats;
using LeptonStream.Notifier.Journal;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Probes that nobody sent, and clocks that were ahead: neither hides a partition that is dead, nor ends the heartbeats.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class ProbeStoreTests(DatabaseKind kind)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Save_OneOfTheFuture_CountsForNothing()
    {
        await using var rig = await JournalRig.Create(kind);
        await rig.Open();
        var store = new ProbeStore(rig.Database);
        await Round(store, 0);

        await Back(rig, 9e9);
        var forged = await store.Read(CancellationToken.None);
        await Back(rig, 0);

        Assert.That(forged.Whole, Is.Null);
        Assert.That((await store.Read(CancellationToken.None)).Whole, Is.EqualTo(AlertEvents.At(0)));
    }

    [Test]
    public async Task Round_AfterAClockThatWasAhead_HeartbeatsGoOn()
    {
        await using var rig = await JournalRig.Create(kind);
        await rig.Open();
        var store = new ProbeStore(rig.Database);
        await Round(store, 86_400);
        await Back(rig, 86_400);
        Assert.That(await store.TryBeat(AlertEvents.At(86_400), CancellationToken.None), Is.True);

        await Round(store, 0);
        await Back(rig, 0);

        Assert.That((await store.Read(CancellationToken.None)).Whole, Is.EqualTo(AlertEvents.At(0)));
        Assert.That(await store.TryBeat(AlertEvents.At(0), CancellationToken.None), Is.True);
    }

    private static async Task Round(ProbeStore store, double at)
    {
        Assert.That(await store.TryBeginRound(AlertEvents.At(at), Interval, CancellationToken.None), Is.True);
        await store.SetPartitions(1, CancellationToken.None);
    }

    private static Task<bool> Back(JournalRig rig, double sentAt) => rig.Database.Write(async transaction =>
    {
        await ProbeStore.Save(transaction,
            [new JournalRecord(JournalRig.Topic, 0, 0, AlertEvents.At(0), null, []) { Probe = new Probe(AlertEvents.At(sentAt)) }]);
        return true;
    });
}
