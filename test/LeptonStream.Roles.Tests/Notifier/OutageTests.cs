using System.Diagnostics.Metrics;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>A receiver that is away for a whole day, in a time that goes as fast as the test.</summary>
[Parallelizable]
public sealed class OutageTests
{
    private const int Groups = 5;
    private const int OfEachGroup = 6;

    private static readonly Destination Ops = new("ops", "webhook/0");
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Outage = TimeSpan.FromHours(24);

    [Test]
    public async Task Outage_OfADay_EverythingIsDeliveredInOrderAndNeverBeforeTheReceiverSaid([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        await using var database = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var outbox = new NotificationOutbox(database.Database);
        var routing = new NotifierRouting(
            new RouteTree(new RoutingConfig(new RouteConfig { Receiver = Ops.Receiver }, [new(Ops.Receiver, [new(Ops.Channel, true)])])),
            new Dictionary<(string, string), ChannelSettings>());
        var journal = new AlertJournal(database.Database, new RoutingSource(routing),
            new JournalLog(TimeProvider.System, NullLogger<AlertJournal>.Instance));
        var results = new DeliveryResults(outbox, journal, Options.Create(new NotifierOptions()),
            new NotifierMetrics(services.GetRequiredService<IMeterFactory>()), NullLogger<DeliveryResults>.Instance);
        await Fill(database.Database, random);

        var (now, notBefore, refusals) = (AlertEvents.At(0), Timestamp.Zero, 0);
        var delivered = new List<OutboxRow>();
        while (true)
        {
            var rows = await outbox.Claim(Ops, Lane.Ordinary, ClaimScope.All, now, Lease, limit: 4, CancellationToken.None);
            if (rows.Count == 0)
            {
                if (await NextTime(database.Database, now) is not { } next) break;
                now = next;
                continue;
            }

            Assert.That(now.UnixMilliseconds, Is.GreaterThanOrEqualTo(notBefore.UnixMilliseconds), "earlier than the receiver said");
            foreach (var row in rows)
            {
                var answer = now - AlertEvents.Start < Outage ? Refusal(random) : new SendAnswer(DeliveryOutcome.Delivered, 1, null);
                if (answer.Outcome.RetryAfter is { } wait && now + wait > notBefore) notBefore = now + wait;
                if (answer.Outcome.Result == DeliveryResult.Delivered) delivered.Add(row);
                else refusals++;
                await results.Record(Ops, row, answer, now);
            }
        }

        Assert.That(delivered.Select(row => row.Id), Is.Unique.And.Exactly(Groups * OfEachGroup).Items);
        foreach (var group in delivered.GroupBy(row => row.Notification.GroupId)) Assert.That(group.Select(row => row.Seq), Is.Ordered);
        Assert.That(now - AlertEvents.Start, Is.LessThan(Outage + TimeSpan.FromHours(3)), "and soon after the outage");
        Assert.That(refusals, Is.GreaterThan(Groups * OfEachGroup), "the receiver was asked meanwhile");
    }

    private static SendAnswer Refusal(Random random) => random.Next(4) switch
    {
        0 => new(DeliveryOutcome.Failed("HTTP 429", TimeSpan.FromSeconds(random.Next(1, 1_800))), 1, null),
        1 => new(DeliveryOutcome.Failed("held back"), 0, TimeSpan.FromSeconds(30)),
        _ => new(DeliveryOutcome.Failed("HTTP 503"), random.Next(1, 4), null),
    };

    private static Task<bool> Fill(Database database, Random random) => database.Write(async transaction =>
    {
        for (var i = 0; i < Groups * OfEachGroup; i++)
        {
            var at = AlertEvents.At((i * 2_000) + random.Next(2_000));
            var group = $"group{i % Groups}";
            await NotificationOutbox.Add(transaction, [new Notification
            {
                GroupId = group,
                GroupKey = group,
                Receiver = Ops.Receiver,
                Channel = Ops.Channel,
                Reason = NotifyReason.NewAlerts,
                GroupLabels = LabelSet.Empty,
                RouteLabels = LabelSet.Empty,
                Alerts = [new GroupedAlert { AlertId = $"alert{i}", Labels = LabelSet.Empty, Annotations = LabelSet.Empty, StartsAt = at }],
                At = at,
            }], i, at);
        }

        return true;
    });

    // The next time at which anything may change; null where nothing is pending.
    private static async Task<Timestamp?> NextTime(Database database, Timestamp now)
    {
        await using var connection = await database.Open();
        var next = await connection.ExecuteScalarAsync<long?>(
            """
            select min(at) from (
              select next_attempt_at as at from notification where status = 'pending'
              union all select leased_until from notification where status = 'pending'
              union all select until from destination_pause where exists (select 1 from notification where status = 'pending')) times
            where at > @now
            """,
            new { now = now.UnixMilliseconds });
        return next is { } time ? Timestamp.FromUnixMilliseconds(time) : null;
    }
}
