using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Of many groups that are due, those with something critical are flushed first. Time is the test's.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class UrgentGroupTests(DatabaseKind kind) : JournalFixture(kind)
{
    private const int Groups = 600;

    [Test]
    public async Task Flush_OfAStorm_BeginsWithWhatIsCritical_AndEndsWithEachGroupOnce()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Storm());
        await Apply(journal, 1, Record(AlertEvents.Opened("worse", 1, AlertSeverity.Critical, model: "hot"), Groups));

        var (first, mayHaveMore) = await journal.Flush(AlertEvents.At(20), default);
        var told = await Rig.Told();
        await Flush(journal, 20);

        Assert.That(mayHaveMore, Is.True);
        Assert.That(told, Has.Length.EqualTo(first).And.One.EqualTo("20s ops: first notification +worse"));
        Assert.That(await Rig.Told(), Has.Length.EqualTo(Groups + 1));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group where urgent = 1"), Is.Zero);
    }

    [Test]
    public async Task Apply_CriticalJoinsAGroupThatIsDue_TheGroupIsFlushedFirst()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Storm());
        await Apply(journal, 10, Record(AlertEvents.Opened("worse", 10, AlertSeverity.Critical, model: "model599"), Groups));

        await journal.Flush(AlertEvents.At(20), default);

        Assert.That(await Rig.Told(), Has.One.EqualTo("20s ops: first notification +m +worse"));
    }

    private static JournalRecord[] Storm() =>
        [.. Enumerable.Range(0, Groups).Select(i => Record(AlertEvents.Opened("m", i, model: $"model{i}"), i))];
}
