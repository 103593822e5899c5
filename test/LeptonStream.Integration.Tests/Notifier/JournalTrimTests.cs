using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class JournalTrimTests(DatabaseKind kind) : JournalFixture(kind)
{
    private const double Day = 86_400;


    [Test]
    public async Task Step_EndedAlertsAreOld_GoWithAllThatBelongsToThem()
    {
        var journal = await Rig.Open();
        await Ended(journal, "old", 0);
        await Ended(journal, "young", 50 * Day);
        await Care("old");

        await Trim(at: 100 * Day);

        Assert.That(await Rig.Rows<string>("select metric from alert"), Is.EqualTo(new[] { "young" }));
        Assert.That(await Rig.Rows<string>("select distinct metric from alert_event"), Is.EqualTo(new[] { "young" }));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_care"), Is.Zero);
        Assert.That(await Rig.Scalar<long>("select count(*) from audit"), Is.Zero);
    }

    [Test]
    public async Task Step_OpenAlertsAreOld_StayWithTheirHistory()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("open", 0), 0), Record(AlertEvents.Updated("open", 60), 1));
        await Flush(journal, 5);
        await Care("open");
        await Rig.Rows<long>("update notification set status = 'sent' returning seq");

        await Trim(at: 1_000 * Day);

        Assert.That(await Rig.Scalar<long>("select count(*) from alert"), Is.EqualTo(1));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event"), Is.EqualTo(2));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group_member"), Is.EqualTo(1));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_care"), Is.EqualTo(1));
        Assert.That(await Rig.Scalar<long>("select count(*) from audit"), Is.EqualTo(1));
        Assert.That(await Rig.Scalar<long>("select count(*) from notification"), Is.Zero, "but what was sent is kept for a month");
    }

    [Test]
    public async Task Step_EndIsStillToBeSaid_TheAlertStays()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("late", 0), 0));
        await Flush(journal, 5);
        await Apply(journal, 10, Record(AlertEvents.Resolved("late", 10), 1));

        await Trim(at: 1_000 * Day);
        var before = await Rig.Scalar<long>("select count(*) from alert");
        await Flush(journal, 1_000 * Day);
        await Rig.Rows<long>("update notification set status = 'sent' returning seq");
        await Trim(at: 1_000 * Day);

        Assert.That(before, Is.EqualTo(1));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert"), Is.Zero);
    }

    [Test]
    public async Task Step_NotificationsAreOld_OnlyThosePendingStay()
    {
        var journal = await Rig.Open();
        foreach (var (metric, status) in new[] { ("a", "sent"), ("b", "dead"), ("c", "dropped"), ("d", "pending") })
        {
            await Apply(journal, 0, Record(AlertEvents.Opened(metric, 0, model: metric), metric[0]));
            await Flush(journal, 5);
            await Rig.Rows<long>(
                $"update notification set status = '{status}' where seq = (select max(seq) from notification) returning seq");
        }

        await Trim(at: 29 * Day);
        var young = await Rig.Scalar<long>("select count(*) from notification");
        await Trim(at: 31 * Day);

        Assert.That(young, Is.EqualTo(4));
        Assert.That(await Rig.Rows<string>("select status from notification"), Is.EqualTo(new[] { "pending" }));
        Assert.That(await Rig.Scalar<long>("select count(*) from notification_alert"), Is.EqualTo(1));
    }

    [Test]
    public async Task Step_ThereIsMuch_TakesItInSmallSteps()
    {
        var journal = await Rig.Open();
        var count = (2 * JournalTrim.MostAtOnce) + 1;
        for (var start = 0; start < count; start += 100)
        {
            int[] batch = [.. Enumerable.Range(start, Math.Min(100, count - start))];
            await Apply(journal, 0, [.. batch.SelectMany(number => new[]
            {
                Record(AlertEvents.Opened($"m{number}", 0), 2 * number),
                Record(AlertEvents.Resolved($"m{number}", 1), (2 * number) + 1),
            })]);
        }

        await Flush(journal, 100);
        var steps = await Trim(at: 100 * Day);

        Assert.That(steps, Is.EqualTo(3));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event"), Is.Zero);
    }

    [Test]
    public async Task Step_SilencesAndSuppressionsThatLast_Stay()
    {
        await Rig.Open();
        foreach (var (id, end) in new[] { ("old", 5), ("lasts", 99) })
            await Rig.Rows<long>(
                "insert into silence (id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at) "
                    + $"values ('{id}', '[]', 0, {AlertEvents.At(end * Day).UnixMilliseconds}, 'rosa', '', 0, 0) returning 1");
        foreach (var (group, until) in new[] { ("a", $"{AlertEvents.At(5).UnixMilliseconds}"), ("b", "null") })
            await Rig.Rows<long>("insert into suppression (group_id, fingerprint, since, alert_id, receiver, cause, detail, until) "
                + $"values ('{group}', 'f', 0, 'x', 'ops', 'silence', '[]', {until}) returning 1");

        await Trim(at: 100 * Day);

        Assert.That(await Rig.Rows<string>("select id from silence"), Is.EqualTo(new[] { "lasts" }));
        Assert.That(await Rig.Rows<string>("select group_id from suppression"), Is.EqualTo(new[] { "b" }));
    }

    private async Task<int> Trim(double at)
    {
        var trim = new JournalTrim(Rig.Database);
        for (var steps = 1; ; steps++)
        {
            var step = await trim.Step(AlertEvents.At(at - (90 * Day)), AlertEvents.At(at - (30 * Day)), CancellationToken.None);
            if (!step.MayHaveMore) return steps;
        }
    }

    private static async Task Ended(AlertJournal journal, string metric, double at)
    {
        var offset = (long)at;
        await Apply(journal, at, Record(AlertEvents.Opened(metric, at), offset), Record(AlertEvents.Resolved(metric, at + 1), offset + 1));
        await Flush(journal, at + 5);
    }

    private async Task Care(string metric)
    {
        var alert = await Rig.Scalar<string>($"select alert_id from alert where metric = '{metric}'");
        await Rig.Rows<long>($"insert into alert_care (alert_id, assignee) values ('{alert}', 'rosa') returning 1");
        await Rig.Rows<long>("insert into audit (audit_id, at, actor, role, action, alert_id, note, detail) "
            + $"values ('1', {AlertEvents.At(0).UnixMilliseconds}, 'rosa', 'responder', 'assign', '{alert}', '', '{{}}') returning 1");
    }
}
