using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// A storm for programs: one incident beside those that groups have of their own, or batches of alerts. Time is the test's.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class OutboxIncidentTests(DatabaseKind kind) : JournalFixture(kind)
{
    private static readonly Destination Pager = new("pager", "pagerduty/0");
    private static readonly StormLimit Incidents = new(60, Folding.Incident);

    private NotificationOutbox _outbox = null!;
    private OutboxDigests _digests = null!;

    [SetUp]
    public async Task Prepare()
    {
        (_outbox, _digests) = (new(Rig.Database), new(Rig.Database));
        await DatabaseSchema.Apply(Rig.Database);
    }

    [Test]
    public async Task Storm_OfIncidents_IsAtMostSixtyAMinuteAndOneThatStaysOpenUntilItsLastAlertIsOver()
    {
        var sent = new List<(double At, Notification Notification)>();
        for (var second = 0; second < 180; second++)
        {
            if (second < 60) await Add(second, isOver: false, [.. Enumerable.Range(second * 20, 20)]);
            foreach (var notification in await Send(second, Incidents)) sent.Add((second, notification));
        }

        await SetStatus("resolved", "alert_id <> 'a25'");
        var early = await _digests.EndIncident(Pager, AlertEvents.At(200), default);
        await SetStatus("resolved", "alert_id = 'a25'");
        var ended = await _digests.EndIncident(Pager, AlertEvents.At(240), default);
        var again = await _digests.EndIncident(Pager, AlertEvents.At(280), default);
        var end = (await Send(281, Incidents)).Single();

        for (var second = 0; second < 180; second++)
            Assert.That(sent.Count(item => item.At > second - 60 && item.At <= second), Is.LessThanOrEqualTo(60), $"minute to {second}");
        var storm = sent.Select(item => item.Notification).Where(notification => notification.Digest is not null).ToArray();
        Assert.That(storm.Select(notification => notification.GroupKey).Distinct().Count(), Is.EqualTo(1), "one incident");
        Assert.That(storm.All(notification => !notification.IsOver), Is.True);
        Assert.That(sent.Sum(item => item.Notification.Digest?.Notifications ?? 1), Is.EqualTo(1_200));
        Assert.That((early, ended, again), Is.EqualTo((false, true, false)));
        Assert.That((end.IsOver, end.GroupKey), Is.EqualTo((true, storm[0].GroupKey)));
    }

    [Test]
    public async Task Storm_GroupsWithAnIncidentOfTheirOwn_GetTheirEndsByThemselves()
    {
        await Add(0, isOver: false, 0, 1, 2, 3, 4);
        var own = await Send(0, Incidents);
        await Add(100, isOver: false, [.. Enumerable.Range(5, 200)]);
        await Add(101, isOver: true, 0, 1, 2, 3, 4);
        var storm = new List<Notification>();
        for (var second = 102; second < 200; second++) storm.AddRange(await Send(second, Incidents));

        Assert.That(own, Has.Count.EqualTo(5).And.All.Property("Digest").Null);
        Assert.That(storm.Where(notification => notification.Digest is null).Select(notification => notification.GroupKey),
            Is.EquivalentTo(own.Select(notification => notification.GroupKey)));
        Assert.That(storm.Single(notification => notification.Digest is not null).Digest!.Notifications, Is.EqualTo(200));
    }

    [Test]
    public async Task Storm_OfABatch_HoldsEachAlert()
    {
        await Add(0, isOver: false, [.. Enumerable.Range(0, 700)]);

        var batch = (await Send(0, new(60, Folding.Batch))).Single();

        Assert.That(batch.Alerts.Select(alert => alert.AlertId), Is.EquivalentTo(Enumerable.Range(0, 700).Select(number => $"a{number}")));
        Assert.That(batch.NotHeld, Is.Zero);
    }

    // As the delivery does it: fold, claim, send.
    private async Task<List<Notification>> Send(double at, StormLimit limit)
    {
        var sent = new List<Notification>();
        while (true)
        {
            var room = await _digests.Fold(Pager, Lane.Ordinary, limit, AlertEvents.At(at), default);
            var rows = await _outbox.Claim(Pager, Lane.Ordinary, room > 0 ? ClaimScope.Due : ClaimScope.Digests, AlertEvents.At(at),
                TimeSpan.FromSeconds(30), Math.Clamp(room, 1, 4), default);
            foreach (var row in rows)
            {
                await _outbox.MarkSent(row, 1, missed: null, AlertEvents.At(at), default);
                sent.Add(row.Notification);
            }

            if (rows.Count == 0) return sent;
        }
    }

    private Task<int> Add(double at, bool isOver, params int[] numbers) => Rig.Database.Write(async transaction =>
    {
        var seq = (await transaction.Query<long>("select value from counter where name = 'notification'")).Single();
        await NotificationOutbox.Add(
            transaction, [.. numbers.Select(number => NotificationOf(number, isOver, at))], seq, AlertEvents.At(at));
        await transaction.Execute(
            "update counter set value = value + @count where name = 'notification'", new { count = numbers.Length });
        await transaction.InsertEach(
            "alert (alert_id, status, severity, model, metric, score, onset, detected_at, seq, payload)",
            isOver ? [] : numbers.Select(number => new
            {
                id = $"a{number}", status = "firing", severity = "warning", model = "m", metric = "m", score = 1.0, onset = 0L,
                detected = 0L, seq = (long)number, payload = "{}",
            }));
        return 0;
    });

    private Task<int> SetStatus(string status, string where) =>
        Rig.Database.Write(transaction => transaction.Execute($"update alert set status = '{status}' where {where}"));

    private static Notification NotificationOf(int number, bool isOver, double at)
    {
        var key = GroupKey.Of("{}", LabelSet.Of(("n", $"{number}")));
        return new Notification
        {
            GroupId = GroupKey.IdOf(key, "pager"),
            GroupKey = key,
            Receiver = "pager",
            Channel = "pagerduty/0",
            Reason = isOver ? NotifyReason.AllResolved : NotifyReason.FirstNotification,
            GroupLabels = LabelSet.Empty,
            RouteLabels = LabelSet.Empty,
            Alerts = [new GroupedAlert { AlertId = $"a{number}", Labels = LabelSet.Of(("n", $"{number}"), ("severity", "warning")),
                Annotations = LabelSet.Empty, StartsAt = AlertEvents.At(0), EndsAt = isOver ? AlertEvents.At(at) : null }],
            At = AlertEvents.At(at),
        };
    }
}
