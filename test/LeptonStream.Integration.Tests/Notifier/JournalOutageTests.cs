using System.Text.Json;
using Dapper;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Direct;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>PostgreSQL dies under a working notifier and comes back.</summary>
[Parallelizable]
public sealed class JournalOutageTests
{
    [Test]
    public async Task Run_PostgresIsKilledAndComesBack_WaitsAndLosesNothing()
    {
        await using var postgres = await PostgresServer.Start();
        await using var rig = await NotifierRig.CreateOn(postgres.ConnectionString);
        var host = rig.Start();
        rig.Publish(0, AlertEvents.Opened("before"));
        await rig.Sink.Receives(1);

        await postgres.Kill();
        rig.Publish(0, AlertEvents.Opened("during", 1), AlertEvents.Resolved("before", 2));
        rig.Publish(1, AlertEvents.Opened("elsewhere", 3, model: "other"));
        await Eventually.True(() => !NotifierRig.HealthOf(host).Ready().IsHealthy, "the notifier says that it can't work");
        var (ready, live) = (NotifierRig.HealthOf(host).Ready(), NotifierRig.HealthOf(host).Live());
        await Task.Delay(2_000);
        await postgres.Resume();
        await rig.Recorded(4);
        await Eventually.True(() => rig.Sink.Calls.SelectMany(call => call.Metrics("firing")).Distinct().Count() == 3,
            "what came during the outage is told");
        await Eventually.True(() => rig.Sink.Calls.SelectMany(call => call.Metrics("resolved")).Any(),
            "the end that came during the outage is told");

        Assert.That(ready.Detail, Does.Contain("the journal (PostgreSQL 127.0.0.1:").And.Contain("fails"));
        Assert.That(live.IsHealthy, Is.True, "a database that is down is no reason to restart the notifier");
        Assert.That(await rig.Rows<string>("select metric from alert_event order by metric"),
            Is.EqualTo(new[] { "before", "before", "during", "elsewhere" }));
        await Eventually.True(() => NotifierRig.HealthOf(host).Ready().IsHealthy, "the notifier is well again");
    }

    [Test]
    public async Task Run_PostgresComesAfterTheNotifier_StartsWhenItCan()
    {
        await using var postgres = await PostgresServer.Start();
        await postgres.Kill();
        await using var rig = await NotifierRig.CreateOn(postgres.ConnectionString);
        var host = rig.Start();
        rig.Publish(0, AlertEvents.Opened("latency"));
        await Eventually.True(() => NotifierRig.HealthOf(host).Ready().Detail.Contains("the journal", StringComparison.Ordinal),
            "the notifier says what it waits for");

        await postgres.Resume();
        await rig.Sink.Receives(1);

        Assert.That(rig.Sink.Calls.Single().Metrics("firing"), Is.EqualTo(new[] { "latency" }));
    }

    [Test]
    public async Task Run_PostgresIsAwayForLong_CriticalAlertsAreSentDirectlyUnderTheirKeyAndRecordedOnce()
    {
        await using var postgres = await PostgresServer.Start();
        await using var rig = await NotifierRig.CreateOn(postgres.ConnectionString);
        var host = rig.Start(("Notifier:DirectAfter", "10s"));
        rig.Publish(0, AlertEvents.Opened("before", severity: AlertSeverity.Critical));
        await rig.Sink.Receives(1);
        await Task.Delay(1_500);

        await postgres.Kill();
        rig.Publish(0, AlertEvents.Opened("page", 1, AlertSeverity.Critical, model: "hot"), AlertEvents.Opened("later", 2, model: "warm"));
        rig.Publish(1, AlertEvents.Progress("before", 3));
        await rig.Sink.Receives(2, TimeSpan.FromSeconds(90));
        var direct = rig.Sink.Calls[1];
        await postgres.Resume();
        await rig.Recorded(4);
        await rig.Sink.Receives(4, TimeSpan.FromSeconds(60));
        await Task.Delay(2_000);
        await rig.Stop(host);

        Assert.That(direct.Metrics("firing"), Is.EqualTo(new[] { "page" }));
        Assert.That(Annotations(direct).TryGetProperty(DirectPages.Annotation, out _), Is.True);
        var regular = rig.Sink.Calls.Skip(2).ToArray();
        Assert.That(regular.SelectMany(call => call.Metrics("firing")), Is.EquivalentTo(new[] { "page", "later" }));
        Assert.That(regular.Single(call => call.Metrics("firing")[0] == "page").Id, Is.EqualTo(direct.Id), "one key");
        Assert.That(regular.Any(call => Annotations(call).TryGetProperty(DirectPages.Annotation, out _)), Is.False);
        Assert.That(await rig.Scalar<long>("select count(*) from alert_event where metric = 'page'"), Is.EqualTo(1));

        static JsonElement Annotations(WebhookCall call) => call.Body.GetProperty("alerts")[0].GetProperty("annotations");
    }

    [TestCase("consumer_offset", Category = "Slow")]
    [TestCase("alert_group")]
    public async Task Run_PostgresTakesStatementsAndDoesNotAnswer_SaysSoWithinHalfAMinuteAndTellsOnce(string table)
    {
        await using var postgres = await PostgresServer.Start();
        await using var rig = await NotifierRig.CreateOn(postgres.ConnectionString);
        var host = rig.Start();
        rig.Publish(0, AlertEvents.Opened("before"));
        await rig.Sink.Receives(1);

        await using var other = await rig.Database.Open();
        await using var transaction = await other.BeginTransactionAsync();
        await other.ExecuteAsync($"lock table {table} in access exclusive mode", transaction: transaction);
        rig.Publish(0, AlertEvents.Opened("during", 1));
        await Eventually.True(() => !NotifierRig.HealthOf(host).Ready().IsHealthy, "the notifier says that it can't work",
            TimeSpan.FromSeconds(25));
        var ready = NotifierRig.HealthOf(host).Ready();
        await transaction.RollbackAsync();
        await rig.Sink.Receives(2);

        Assert.That(ready.Detail, Does.Contain("the journal (PostgreSQL 127.0.0.1:").And.Contain("fails"));
        Assert.That(rig.Sink.Calls.Count(call => call.Metrics("firing").Contains("during")), Is.EqualTo(1));
        await Eventually.True(() => NotifierRig.HealthOf(host).Ready().IsHealthy, "the notifier is well again");
    }
}
