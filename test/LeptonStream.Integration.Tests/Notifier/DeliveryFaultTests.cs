using System.Data.Common;
using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Testing;
using Npgsql;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// The program <c>lepton notifier</c> and PostgreSQL under it, while one of them always fails and alerts come without a pause. With
/// LEPTON_FAULTS=500 it makes a hundred faults: <c>eng/faults.sh</c>.
/// </summary>
[Category("Slow")]
public sealed partial class DeliveryFaultTests
{
    private const int FaultsOfEveryDay = 12;
    private const int AlertsASecond = 40;

    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(7);
    private PostgresServer _postgres = null!;
    private NotifierRig _rig = null!;
    private LeptonProcess? _notifier;

    [SetUp]
    public async Task Start()
    {
        _postgres = await PostgresServer.Start();
        _rig = await NotifierRig.CreateOn(_postgres.ConnectionString);
        StartNotifier();
        await _rig.Recorded(0);
    }

    [TearDown]
    public async Task Stop()
    {
        _notifier?.Dispose();
        if (_rig is not null) await _rig.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
    }

    [Test]
    public async Task Fail_NotifierAndDatabase_EachAlertIsRecordedOnceAndDeliveredUnderOneKey()
    {
        var faults = FaultReport.Kills is { } kills ? Math.Max(1, kills / 5) : FaultsOfEveryDay;
        var made = new Dictionary<string, int>();
        var published = 0;
        using var enough = new CancellationTokenSource();
        var publishing = Publish(() => Interlocked.Increment(ref published), enough.Token);
        for (var fault = 0; fault < faults; fault++)
        {
            await Task.Delay(_random.Next(500, 3_000));
            var name = await Fail(fault);
            made[name] = made.GetValueOrDefault(name) + 1;
            var sofar = Volatile.Read(ref published);
            await Eventually.True(() => Count("select count(*) from alert_event").Result >= sofar, $"recorded after {name}", Recovery);
        }

        await enough.CancelAsync();
        await publishing;
        // The console gets each as well.
        await Eventually.True(() => Count("select count(*) from notification where status = 'sent'").Result >= 2 * published,
            "all is delivered", Recovery);

        var calls = _rig.Sink.Calls.GroupBy(call => call.Id).ToArray();
        var again = calls.Sum(call => call.Count() - 1);
        Assert.That(await Count("select count(*) from alert_event"), Is.EqualTo(published), "recorded once");
        Assert.That(await Count("select count(distinct event_id) from alert_event"), Is.EqualTo(published));
        Assert.That(await Count("select count(*) from notification where status <> 'sent'"), Is.Zero);
        Assert.That(calls.SelectMany(call => call.First().Metrics("firing")), Is.Unique.And.Exactly(published).Items, "one key an alert");
        foreach (var call in calls.Where(call => call.Count() > 1))
            Assert.That(call.Select(one => one.Body.GetRawText()).Distinct().Count(), Is.EqualTo(1), "one key is one message");
        Assert.That(again, Is.LessThan(published / 100.0), "sent again");
        var share = (100.0 * again / published).ToString("F2", CultureInfo.InvariantCulture);
        FaultReport.Write("delivery", [
            .. made.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"| {one.Key} | {one.Value} |"), "",
            $"Of {published} alerts none was lost or recorded again, and each was delivered under one key; {again} deliveries ({share} %) "
                + "came again, under theirs."]);
    }

    private async Task<string> Fail(int fault)
    {
        switch (fault % 3)
        {
            case 0:
                _notifier!.Dispose();
                StartNotifier();
                return "SIGKILL of the notifier";
            case 1:
                await _postgres.Kill();
                // Longer than a delivery waits to be written down, now and then.
                await Task.Delay(fault % 30 == 28 ? 20_000 : _random.Next(0, 3_000));
                await _postgres.Resume();
                return "PostgreSQL killed, and back after up to 3 s (each tenth: 20 s)";
            default:
                for (var cut = 0; cut < 10; cut++)
                {
                    await Count("select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()");
                    await Task.Delay(_random.Next(10, 200));
                }

                return "pg_terminate_backend of all connections, ten times within seconds";
        }
    }

    private async Task Publish(Action counted, CancellationToken stop, double alertsASecond = AlertsASecond)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / alertsASecond));
        try
        {
            for (var i = 0; await pace.WaitForNextTickAsync(stop); i++)
            {
                // Each its own group, so that each is one notification.
                _rig.Publish(i % 2, AlertEvents.Opened($"m{i}", i, AlertSeverity.Warning, $"model{i}"));
                counted();
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    // A connection of its own, since those of a pool die with the server.
    private async Task<long> Count(string sql)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(_postgres.ConnectionString + ";Pooling=false");
                await connection.OpenAsync();
                await using var command = new NpgsqlCommand(sql, connection);
                return (long)(await command.ExecuteScalarAsync())!;
            }
            catch (DbException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    private void StartNotifier(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["LEPTON_Kafka__BootstrapServers"] = _rig.Options.BootstrapServers,
            ["LEPTON_Kafka__SessionTimeoutMs"] = "6000",
            ["LEPTON_Storage__ConnectionString"] = _postgres.ConnectionString,
            ["LEPTON_Notifier__WebhookUrl"] = _rig.Sink.Url(),
            ["LEPTON_Notifier__AllowedTargets"] = "loopback",
            ["LEPTON_Notifier__GroupWait"] = "100ms",
            ["LEPTON_Notifier__GroupInterval"] = "1h",
            // Each alert is looked for under its own key, so none may be folded into a digest.
            ["LEPTON_Notifier__StormLimit"] = "0",
        };
        foreach (var (name, value) in more) settings["LEPTON_" + name] = value;
        _notifier = LeptonProcess.Start(settings, "notifier");
    }
}
