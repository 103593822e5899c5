using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Notifications are folded: by the period of their route, and beyond the limit of a destination. Time is the test's.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class OutboxDigestTests(DatabaseKind kind) : JournalFixture(kind)
{
    private static readonly Destination Ops = new("ops", "console/0");
    private static readonly StormLimit Limit = new(60);

    private int _added;
    private NotificationOutbox _outbox = null!;
    private OutboxDigests _digests = null!;

    [SetUp]
    public async Task Prepare()
    {
        (_outbox, _digests) = (new(Rig.Database), new(Rig.Database));
        await DatabaseSchema.Apply(Rig.Database);
    }

    [Test]
    public async Task Route_WithADigest_SendsOneInItsPeriod_AndWhatIsCriticalAtOnce()
    {
        var routing = ByModel();
        var journal = await Rig.Open(routing with { Route = routing.Route with { Digest = TimeSpan.FromHours(1) } });
        await Apply(journal, 0, [.. Enumerable.Range(0, 5).Select(number => Record(AlertEvents.Opened("m", 0, model: $"model{number}",
            labels: null) with { AlertId = $"a{number}", Id = $"e{number}" }, number))]);
        await Apply(journal, 0, Record(AlertEvents.Opened("worse", 0, AlertSeverity.Critical, model: "hot"), 5));
        await Flush(journal, 10);

        var first = await Send(10);
        var waiting = await Send(3_000);
        var digest = await Send(3_600);

        Assert.That(first.Single().Alerts.Single().IsCritical, Is.True);
        Assert.That(waiting, Is.Empty);
        Assert.That(digest.Single().Digest!.Notifications, Is.EqualTo(5));
        Assert.That(digest.Single().Alerts, Has.Count.EqualTo(5));
        await using var connection = await Rig.Database.Open();
        var notified = (await AlertNotifications.Read(connection, "a3")).Notified.Single();
        Assert.That((notified.Status, notified.SentAt), Is.EqualTo(("sent", (long?)AlertEvents.At(3_600).UnixMilliseconds)));
        Assert.That(notified.DigestId, Is.Not.Null);
    }

    [Test]
    public async Task Storm_OfThousands_IsSixtyMessagesAMinute_FirstCriticalAtOnce_AndNothingIsMissing()
    {
        var sent = new List<(double At, Notification Notification)>();
        for (var second = 0; second < 180; second++)
        {
            if (second < 60) await Add(40, second, criticalEvery: 8);
            foreach (var notification in await Send(second)) sent.Add((second, notification));
        }

        for (var second = 0; second < 180; second++)
            Assert.That(sent.Count(item => item.At > second - 60 && item.At <= second), Is.LessThanOrEqualTo(60), $"minute to {second}");
        Assert.That(sent.First(item => item.Notification.Alerts.Any(alert => alert.IsCritical)).At, Is.Zero);
        Assert.That(await Rig.Scalar<long>("select count(*) from notification where status = 'pending'"), Is.Zero);
        Assert.That(await Rig.Scalar<long>(
            "select count(*) from notification n where status = 'folded' and not exists (select 1 from notification d "
            + "where d.notification_id = n.digest_id and d.status = 'sent')"), Is.Zero);
        Assert.That(sent.Sum(item => item.Notification.Digest?.Notifications ?? 1), Is.EqualTo(2_400));
    }

    [Test]
    public async Task Fold_WhileOneOfAGroupIsUnderWay_LeavesItsGroup()
    {
        await Add(80, 0, criticalEvery: 0);
        for (var count = 0; count < Limit.ShareOf(Lane.Ordinary); count++) await SendOne(0);
        var leased = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.Due, AlertEvents.At(5), TimeSpan.FromSeconds(30), 1, default);
        var during = await _digests.Fold(Ops, Lane.Ordinary, Limit, AlertEvents.At(20), default);
        await _outbox.MarkSent(leased.Single(), 1, missed: null, AlertEvents.At(21), default);

        Assert.That(during, Is.Zero);
        Assert.That((await Send(40)).Single().Digest!.Notifications, Is.EqualTo(80 - Limit.ShareOf(Lane.Ordinary) - 1));
    }

    private async Task SendOne(double at)
    {
        var rows = await _outbox.Claim(Ops, Lane.Ordinary, ClaimScope.Due, AlertEvents.At(at), TimeSpan.FromSeconds(30), 1, default);
        await _outbox.MarkSent(rows.Single(), 1, missed: null, AlertEvents.At(at), default);
    }

    // As the delivery does it: fold, claim, send.
    private async Task<List<Notification>> Send(double at)
    {
        var sent = new List<Notification>();
        foreach (var lane in Enum.GetValues<Lane>())
        {
            while (true)
            {
                var room = await _digests.Fold(Ops, lane, Limit, AlertEvents.At(at), default);
                var rows = await _outbox.Claim(Ops, lane, room > 0 ? ClaimScope.Due : ClaimScope.Digests, AlertEvents.At(at),
                    TimeSpan.FromSeconds(30), Math.Clamp(room, 1, 4), default);
                foreach (var row in rows)
                {
                    await _outbox.MarkSent(row, 1, missed: null, AlertEvents.At(at), default);
                    sent.Add(row.Notification);
                }

                if (rows.Count == 0) break;
            }
        }

        return sent;
    }

    private Task<int> Add(int count, double at, int criticalEvery) => Rig.Database.Write(async transaction =>
    {
        var notifications = Enumerable.Range(_added, count).Select(number => NotificationOf(number, criticalEvery > 0
            && number % criticalEvery == 0, at)).ToArray();
        var seq = (await transaction.Query<long>("select value from counter where name = 'notification'")).Single();
        await NotificationOutbox.Add(transaction, notifications, seq, AlertEvents.At(at));
        await transaction.Execute("update counter set value = value + @count where name = 'notification'", new { count });
        _added += count;
        return 0;
    });

    private static Notification NotificationOf(int number, bool isCritical, double at)
    {
        var alert = AlertEvents.Opened($"m{number}", at, isCritical ? AlertSeverity.Critical : AlertSeverity.Warning);
        var key = GroupKey.Of("{}", Series.LabelSet.Of(("n", $"{number}")));
        return new Notification
        {
            GroupId = GroupKey.IdOf(key, "ops"),
            GroupKey = key,
            Receiver = "ops",
            Channel = "console/0",
            Reason = NotifyReason.FirstNotification,
            GroupLabels = Series.LabelSet.Empty,
            RouteLabels = Series.LabelSet.Empty,
            Alerts = [new GroupedAlert { AlertId = alert.AlertId, Labels = alert.RoutingLabels, Annotations = alert.Annotations,
                StartsAt = alert.Onset }],
            At = AlertEvents.At(at),
        };
    }
}
