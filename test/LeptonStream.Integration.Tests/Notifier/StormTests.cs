using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka.Admin;
using Dapper;
using LeptonStream.Alerts;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Kafka;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// A storm of alerts against the program <c>lepton notifier</c> on a real Kafka and PostgreSQL, with the settings that it has by itself.
/// With LEPTON_FAULTS it has 100,000 alerts in a minute: <c>eng/faults.sh</c>; else a tenth of it.
/// </summary>
[Category("Slow")]
public sealed class StormTests
{
    private const int Partitions = 4;
    private const int Points = 40;
    private const int MostAMinute = 60;

    private const string Unnotified =
        """
        select (select count(*) from notification where status = 'pending') + (select count(*) from alert where not exists (
          select 1 from notification_alert n where n.alert_id = alert.alert_id))
        """;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Recorded = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan FirstCritical = TimeSpan.FromSeconds(15);

    private RealKafka _kafka = null!;
    private PostgresServer _postgres = null!;
    private WebhookSink _sink = null!;
    private Database _database = null!;
    private TopicProbe _probe = null!;
    private TopicNames _topics = null!;
    private LeptonProcess? _notifier;

    [SetUp]
    public async Task Start()
    {
        _kafka = await RealKafka.Start();
        _postgres = await PostgresServer.Start();
        _sink = await WebhookSink.Start();
        _database = Database.Of(_postgres.ConnectionString + ";Command Timeout=60");
        var options = _kafka.Options();
        _topics = TopicNames.Of(options);
        _probe = new(options);
        using var admin = new Confluent.Kafka.AdminClientBuilder(ClientSettings.Admin(options)).Build();
        await admin.CreateTopicsAsync(_topics.All.Select(topic => new TopicSpecification { Name = topic, NumPartitions = Partitions }));
        _notifier = LeptonProcess.Start(new Dictionary<string, string>
        {
            ["LEPTON_Kafka__BootstrapServers"] = options.BootstrapServers,
            ["LEPTON_Kafka__TopicPrefix"] = options.TopicPrefix,
            ["LEPTON_Storage__ConnectionString"] = _postgres.ConnectionString,
            ["LEPTON_Notifier__WebhookUrl"] = _sink.Url(),
            ["LEPTON_Notifier__AllowedTargets"] = "loopback",
        }, "notifier");
        await _notifier.Says("Notifier started");
    }

    [TearDown]
    public async Task Stop()
    {
        _notifier?.Dispose();
        _probe?.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        if (_sink is not null) await _sink.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
        if (_kafka is not null) await _kafka.DisposeAsync();
    }

    [TestCase("an alert a group", int.MaxValue)]
    [TestCase("1,000 groups", 1_000)]
    [TestCase("one group", 1)]
    public async Task Storm_OfAMinute_IsRecordedFoldedAndItsFirstCriticalIsSoonDelivered(string name, int models)
    {
        var alerts = FaultReport.Kills is null ? 10_000 : 100_000;
        var began = Stopwatch.StartNew();
        // What it delivers before is no storm.
        var criticalAt = TimeSpan.Zero;
        var publishing = Task.Run(() => Publish(alerts, models, at => criticalAt = at, began));
        await Eventually.True(() => Count("select count(*) from alert_event").Result >= alerts, "all are recorded", 3 * Recorded);
        var recorded = began.Elapsed;
        await publishing;
        await Eventually.True(() => CallOfFirstCritical() is not null, "the first critical alert is delivered", 3 * Recorded);
        var critical = CallOfFirstCritical()!.At - (DateTimeOffset.UtcNow - began.Elapsed + criticalAt);
        await Eventually.True(() => Count(Unnotified).Result == 0, "each alert is notified", TimeSpan.FromMinutes(20));
        var notified = began.Elapsed;
        var busiest = Busiest();

        var text = string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {alerts:N0} | {recorded.TotalSeconds:F0} s | {critical.TotalSeconds:F1} s | {busiest} | {_sink.Calls.Count} "
            + $"| {notified.TotalSeconds:F0} s |");
        FaultReport.Write($"storm-{models}", text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(recorded, Is.LessThan(Recorded), "all recorded");
            Assert.That(critical, Is.LessThan(FirstCritical), "the first critical alert delivered");
            Assert.That(busiest, Is.LessThanOrEqualTo(MostAMinute), "messages in a minute");
            Assert.That(await Count("select count(*) from alert_event"), Is.EqualTo(alerts), "recorded once");
            Assert.That(await Count("select count(*) from notification where status = 'dead'"), Is.Zero);
            Assert.That(_sink.Calls.Max(call => call.Body.GetRawText().Length), Is.LessThan(4 * 1024 * 1024), "bytes of a message");
        }
    }

    // Evenly over the minute. From its middle on one in a hundred is critical.
    private void Publish(int alerts, int models, Action<TimeSpan> onCritical, Stopwatch began)
    {
        var isCriticalKnown = false;
        for (var sent = 0; sent < alerts;)
        {
            var due = Math.Min(alerts, (int)(alerts * (began.Elapsed / Minute)));
            foreach (var part in Enumerable.Range(sent, due - sent).GroupBy(i => i % Partitions))
                _probe.Produce(_topics.Alerts, part.Key, part.Select(i => AlertRecord.Of(AlertOf(i, alerts, models))));
            if (!isCriticalKnown && due > alerts / 2)
            {
                isCriticalKnown = true;
                onCritical(began.Elapsed);
            }

            sent = due;
            Thread.Sleep(50);
        }
    }

    private static AlertEvent AlertOf(int i, int alerts, int models)
    {
        var isCritical = i >= alerts / 2 && (i - (alerts / 2)) % 100 == 0;
        var alert = AlertEvents.Opened(
            $"m{i}", i / 100.0, isCritical ? AlertSeverity.Critical : AlertSeverity.Warning, $"model{i % models}");
        return alert with { Points = [.. Enumerable.Repeat(alert.Points[0], Points)] };
    }

    // Any critical one tells people.
    private WebhookCall? CallOfFirstCritical() => _sink.Calls.FirstOrDefault(call => call.Body.GetProperty("alerts").EnumerateArray()
        .Any(alert => alert.GetProperty("labels").GetProperty("severity").GetString() == "critical"));

    private int Busiest()
    {
        DateTimeOffset[] times = [.. _sink.Calls.Select(call => call.At).Order()];
        return times.Select((at, i) => times.Skip(i).TakeWhile(other => other < at + Minute).Count()).Max();
    }

    private async Task<long> Count(string sql)
    {
        try
        {
            await using var connection = await _database.Open();
            return await connection.ExecuteScalarAsync<long>(sql);
        }
        catch (System.Data.Common.DbException notYet) when (_database.LacksTables(notYet))
        {
            return 0;
        }
    }
}
