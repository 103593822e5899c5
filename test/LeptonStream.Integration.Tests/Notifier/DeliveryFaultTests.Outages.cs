using System.Globalization;
using Dapper;
using LeptonStream.Alerts;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Npgsql;

namespace LeptonStream.Integration.Tests.Notifier;

/// <content>The database is away for long, or its disk is full; and kills while the steps of escalations fall due.</content>
public sealed partial class DeliveryFaultTests
{
    private const int SlowAlertsASecond = 5;
    private const int EscalationKills = 6;

    private static readonly TimeSpan LongAway = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Away = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Full = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Fail_PostgresIsAwayForMinutes_EachAlertIsRecordedOnceAndDeliveredUnderOneKey()
    {
        var away = FaultReport.Kills is null ? Away : LongAway;
        var published = 0;
        using var enough = new CancellationTokenSource();
        var publishing = Publish(() => Interlocked.Increment(ref published), enough.Token, SlowAlertsASecond);
        await Eventually.True(() => Count("select count(*) from alert_event").Result > 0, "the notifier works");

        await _postgres.Kill();
        await Task.Delay(away);
        var meanwhile = Volatile.Read(ref published);
        await _postgres.Resume();
        var back = DateTime.UtcNow;
        await Eventually.True(() => Count("select count(*) from alert_event").Result >= meanwhile, "recorded", Recovery);
        var recorded = DateTime.UtcNow - back;
        await enough.CancelAsync();
        await publishing;

        var again = await CheckOutage(published, sql => Count(sql));
        FaultReport.Write("delivery-away", string.Create(CultureInfo.InvariantCulture,
            $"PostgreSQL away for {away.TotalMinutes:0} minutes: the {meanwhile} alerts until its return were recorded "
            + $"{recorded.TotalSeconds:F1} s after it; of {published} none was lost or recorded again, {again} deliveries came again, "
            + $"under their keys."));
    }

    [Test]
    public async Task Fail_DiskIsFull_NothingIsLostAndItGoesOnByItself([Values] DatabaseKind kind)
    {
        using var disk = await SmallDisk.Mount(megabytes: 48);
        var connectionString = kind == DatabaseKind.Sqlite ? $"Data Source={disk.Folder}/lepton.db" : await OnDisk(disk);
        _notifier!.Dispose();
        await _rig.DisposeAsync();
        _rig = await NotifierRig.CreateOn(connectionString);
        StartNotifier(("Storage__ConnectionString", connectionString));
        await _rig.Recorded(0);
        var published = 0;
        using var enough = new CancellationTokenSource();
        var publishing = Publish(() => Interlocked.Increment(ref published), enough.Token);
        await Eventually.True(() => Count().Result > 100, "the notifier works");

        disk.Fill();
        await _notifier!.Says("Round failed", Recovery);
        await Task.Delay(Full);
        var (known, stood) = (Volatile.Read(ref published), await Count());
        disk.Clear();
        await Eventually.True(() => Count().Result >= known, "recorded", Recovery);
        await enough.CancelAsync();
        await publishing;

        Assert.That(stood, Is.LessThan(known), "the disk was full");
        var again = await CheckOutage(published, sql => _rig.Scalar<long>(sql));
        FaultReport.Write($"delivery-full-{kind}",
            $"The disk of {kind} full for {Full.TotalSeconds:0} s: of {published} alerts none was lost or recorded again; {again} "
                + "deliveries came again, under their keys.");

        Task<long> Count() => _rig.Scalar<long>("select count(*) from alert_event");
    }

    [Test]
    public async Task Fail_NotifierWhileStepsFallDue_EachStepIsTakenOnceUnderOneKey()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("lepton-routing-").FullName, "routing.yaml");
        string[] receivers = ["ops", "lead", "boss"];
        var hooks = receivers.Select(name => $"- {{ name: {name}, webhook_configs: [ {{ url: '{_rig.Sink.Url(name)}' }} ] }}");
        await File.WriteAllTextAsync(file,
            $$"""
            route:
              receiver: ops
              group_by: [model]
              group_wait: 100ms
              group_interval: 1h
              escalation: [ { after: 3s, receivers: [lead] }, { after: 7s, receivers: [boss] } ]
            receivers:
            {{string.Join('\n', hooks)}}
            """);
        var kills = FaultReport.Kills is { } all ? Math.Max(1, all / 10) : EscalationKills;
        _notifier!.Dispose();
        Restart();
        var published = 0;
        using var enough = new CancellationTokenSource();
        var publishing = Publish(() => Interlocked.Increment(ref published), enough.Token, SlowAlertsASecond);
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(_random.Next(3_000, 7_000));
            _notifier!.Dispose();
            Restart();
        }

        await enough.CancelAsync();
        await publishing;
        foreach (var receiver in receivers)
        {
            // A message that a killed notifier was sending waits for its lease, and may come later than that of the next step.
            await Eventually.True(
                () => _rig.Sink.Calls.Where(call => call.Path == receiver).DistinctBy(call => call.Id).Count() >= published,
                $"each alert at {receiver}", 3 * Recovery);
            var calls = _rig.Sink.Calls.Where(call => call.Path == receiver).GroupBy(call => call.Id).ToArray();
            Assert.That(calls.SelectMany(call => call.First().Metrics("firing")), Is.Unique.And.Exactly(published).Items, receiver);
        }

        Assert.That(await Count("select count(*) from audit where action = 'escalate'"), Is.EqualTo(2 * published), "each step once");
        FaultReport.Write("delivery-escalation",
            $"SIGKILL of the notifier {kills} times while the steps of {published} escalations fell due: each of the {2 * published} steps "
                + "was taken once and delivered under one key.");

        void Restart() => StartNotifier(("Notifier__RoutingFile", file), ("Notifier__WebhookUrl", ""));
    }

    // The files of a database alone: where the log of PostgreSQL finds no room, the server ends.
    private async Task<string> OnDisk(SmallDisk disk)
    {
        await using var connection = new NpgsqlConnection(_postgres.ConnectionString);
        await disk.GiveToOwnerOf((await connection.QuerySingleAsync<string>("show data_directory"))!);
        await connection.ExecuteAsync($"create tablespace small location '{disk.Folder}'");
        await connection.ExecuteAsync("create database small tablespace small");
        return new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Database = "small" }.ConnectionString;
    }

    // Each alert is its own group and so one message, to the console and to the webhook.
    private async Task<int> CheckOutage(int published, Func<string, Task<long>> count)
    {
        await Eventually.True(() => count("select count(*) from notification where status = 'sent'").Result >= 2 * published,
            "all is delivered", 2 * Recovery);
        Assert.That(await count("select count(*) from alert_event"), Is.EqualTo(published), "recorded once");
        Assert.That(await count("select count(distinct event_id) from alert_event"), Is.EqualTo(published));
        var calls = _rig.Sink.Calls.GroupBy(call => call.Id).ToArray();
        Assert.That(calls.SelectMany(call => call.First().Metrics("firing")), Is.Unique.And.Exactly(published).Items, "one key an alert");
        foreach (var call in calls.Where(call => call.Count() > 1))
            Assert.That(call.Select(one => one.Body.GetRawText()).Distinct().Count(), Is.EqualTo(1), "one key is one message");
        return calls.Sum(call => call.Count() - 1);
    }
}
