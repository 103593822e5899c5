using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.MainJob;

/// <summary>
/// What the system is for, on real input with real parts: a real Kafka, a real PostgreSQL, the real program as real processes, three
/// labelled series that CloudWatch measured, and a receiver that is told while the incidents last and again when they are over.
/// </summary>
[Parallelizable]
public sealed class MainJobTests
{
    private static readonly string[] Series = ["ec2_cpu_utilization_825cc2", "ec2_network_in_257a54", "rds_cpu_utilization_e47b3b"];

    [Test]
    public async Task Replay_OfLabelledSeries_TellsTheReceiverWithinTheWindowsAndAfterAndJournalsEveryRecord()
    {
        var data = SharedFolder.Require("data/nab");
        var kafka = await RealKafka.Shared();
        var postgres = await PostgresServer.Shared();
        await using var sink = await WebhookSink.Start();
        using var folder = new TemporaryFolder();
        foreach (var name in Series) File.Copy(Path.Combine(data, "data", "realAWSCloudwatch", name + ".csv"), folder.File(name + ".csv"));
        var options = new KafkaOptions { BootstrapServers = kafka.BootstrapServers, TopicPrefix = $"main{Guid.NewGuid():N}." };
        var connection = await postgres.CreateDatabase();
        await File.WriteAllTextAsync(folder.File("routing.yaml"), $$"""
            route:
              receiver: oncall
              group_by: [model, metric]
              group_wait: 0s
              group_interval: 1s
            receivers:
              - name: oncall
                webhook_configs:
                  - url: {{sink.Url("oncall")}}
                    send_resolved: true
            """);
        // The replay runs days in seconds; so that an alert of an hour is told while it lasts, each event is a batch of its own.
        await File.WriteAllTextAsync(folder.File("lepton.json"), JsonSerializer.Serialize(new
        {
            Kafka = new { options.BootstrapServers, options.TopicPrefix },
            Storage = new { ConnectionString = connection },
            Detector = new { BatchWaitMs = 5, GroupId = options.TopicPrefix + "detector" },
            Notifier = new { RoutingFile = folder.File("routing.yaml"), BatchSize = 1, BatchWaitMs = 0, AllowedTargets = "loopback",
                GroupId = options.TopicPrefix + "notifier" },
        }));
        string[] config = ["--config", folder.File("lepton.json")];

        var created = await LeptonProcess.Run(["topics", "create", "--bootstrap-servers", options.BootstrapServers, "--topic-prefix",
            options.TopicPrefix, "--partitions", "3", "--replication-factor", "1"]);
        Assert.That(created.ExitCode, Is.Zero, created.Everything);
        using var detector = LeptonProcess.Start(["detector", .. config]);
        using var notifier = LeptonProcess.Start(["notifier", .. config]);
        var replayed = await LeptonProcess.Run(["replay", folder.Path, "--speed", "30000", "--bootstrap-servers", options.BootstrapServers,
            "--topic-prefix", options.TopicPrefix]);
        Assert.That(replayed.ExitCode, Is.Zero, replayed.Everything);

        var topics = TopicNames.Of(options);
        using var probe = new TopicProbe(options);
        var rows = Series.Sum(name => File.ReadLines(folder.File(name + ".csv")).Count() - 1);
        await Eventually.True(() =>
            Enumerable.Range(0, 3).Sum(p => probe.Committed(options.TopicPrefix + "detector", topics.Metrics, p) ?? 0) == rows,
            $"all {rows} samples judged\n{detector}", TimeSpan.FromMinutes(2));
        var published = probe.Read(topics.Alerts);
        await using var database = Database.Of(connection);
        await Eventually.True(() => Journal(database).Count == published.Count, $"all {published.Count} events journalled\n{notifier}",
            TimeSpan.FromMinutes(2));

        // Record for record, byte for byte.
        Assert.That(
            Journal(database).OrderBy(r => r.Partition).ThenBy(r => r.Offset),
            Is.EqualTo(published.Select(r =>
                new JournalRow(r.Partition.Value, r.Offset.Value, HeaderOf(r, "ce_id"), Encoding.UTF8.GetString(r.Message.Value!)))));
        Assert.That(probe.Read(topics.DeadLetters), Is.Empty);

        foreach (var (series, from, to) in Windows(data))
        {
            // Where the trouble lasts to the end of the data, nothing is resolved.
            var ends = published.Exists(r => AlertEventJson.TryRead(r.Message.Value!, out var made, out _)
                && made!.Model == series && made.Type == AlertEventType.Resolved
                && made.Onset.ToDateTimeOffset() is var onset && onset >= from && onset <= to);
            await Eventually.True(
                () => ends
                    ? Told(sink, series).SkipWhile(a => a.Status != "firing" || a.StartsAt < from || a.StartsAt > to)
                        .Any(a => a.Status == "resolved")
                    : Told(sink, series).Any(a => a.Status == "firing" && a.StartsAt <= to),
                $"{series} fires between {from:u} and {to:u} and is resolved after (is it over: {ends}); told were "
                    + $"{string.Join(", ", Told(sink, series).Select(a => $"{a.Status} {a.StartsAt:u}"))}",
                TimeSpan.FromSeconds(30));
        }

        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
        Assert.That(await notifier.Stop(), Is.Zero, notifier.ToString());
    }

    private static List<JournalRow> Journal(Database database)
    {
        using var connection = database.Open().AsTask().GetAwaiter().GetResult();
        return [.. connection.Query<JournalRow>(
            "select kafka_partition as Partition, kafka_offset as Offset, event_id as Id, payload as Payload from alert_event")];
    }

    private static string HeaderOf(Confluent.Kafka.ConsumeResult<byte[]?, byte[]?> record, string name) =>
        Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    private static IEnumerable<(string Series, DateTimeOffset From, DateTimeOffset To)> Windows(string data)
    {
        using var labels = JsonDocument.Parse(File.ReadAllText(Path.Combine(data, "labels", "combined_windows.json")));
        foreach (var series in Series)
            foreach (var window in labels.RootElement.GetProperty($"realAWSCloudwatch/{series}.csv").EnumerateArray())
                yield return (series, Utc(window[0]), Utc(window[1]));
    }

    private static DateTimeOffset Utc(JsonElement text) =>
        DateTimeOffset.Parse(text.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static List<(string Status, DateTimeOffset StartsAt)> Told(WebhookSink sink, string series) =>
    [
        .. from call in sink.Calls
           from alert in call.Body.GetProperty("alerts").EnumerateArray()
           where alert.GetProperty("labels").GetProperty("model").GetString() == series
           select (alert.GetProperty("status").GetString()!, alert.GetProperty("startsAt").GetDateTimeOffset()),
    ];

    private sealed record JournalRow(int Partition, long Offset, string Id, string Payload);

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("lepton-main-job-").FullName;

        public string File(string name) => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
