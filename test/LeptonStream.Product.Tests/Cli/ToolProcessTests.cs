using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Kafka.Status;
using LeptonStream.Samples;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>The real program's tools against a live broker and against a dead one.</summary>
public sealed class ToolProcessTests
{
    private const string DeadBroker = "127.0.0.1:1";

    private EmbeddedBroker _broker = null!;
    private TopicNames _topics = null!;
    private TopicProbe _probe = null!;
    private string _folder = null!;

    [SetUp]
    public void Start()
    {
        _broker = EmbeddedBroker.Start();
        var options = new KafkaOptions { BootstrapServers = _broker.BootstrapServers };
        _topics = TopicNames.Of(options);
        _broker.CreateTopics(_topics, 2);
        _probe = new TopicProbe(options);
        _folder = Directory.CreateTempSubdirectory("lepton-tools-").FullName;
    }

    [TearDown]
    public void Stop()
    {
        _probe.Dispose();
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Doctor_AllIsThereAndNoRoleRuns_SaysVersionsAndThatNothingIsWrong()
    {
        var result = await Lepton("doctor", "--storage", $"Data Source={Path.Combine(_folder, "none.db")}");

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output, Does.Match(@"ok +Kafka client +Confluent\.Kafka \d+\.\d+\.\d+"));
        Assert.That(result.Output, Does.Match(@"ok +native library +librdkafka \d+\.\d+\.\d+"));
        Assert.That(result.Output,
            Does.Contain($"{_broker.BootstrapServers}: a cluster that does not tell its id, 1 broker ({_broker.BootstrapServers})"));
        Assert.That(result.Output, Does.Match(@"ok +lepton\.metrics +2 partitions"));
        Assert.That(result.Output, Does.Match(@"ok +journal +SQLite .*: no such file yet, the notifier makes it"));
        Assert.That(result.Output, Does.Match("none +detector +no detector has reported on this cluster yet"));
        Assert.That(result.Output, Does.Contain("Nothing is wrong, and not every role runs yet.").And.Not.Contain("All is well"));
    }

    [Test]
    public async Task Doctor_NoWatcherOutside_SaysWhatThatMeansAndHowToNameOne_AndIsSound()
    {
        var none = await Lepton("doctor", "--storage", $"Data Source={Path.Combine(_folder, "none.db")}");
        Assert.That(none.ExitCode, Is.Zero, none.Everything);
        Assert.That(none.Output, Does.Match(@"warn +heartbeat +no watcher outside \(Notifier:HeartbeatUrls\)"));
        Assert.That(none.Output,
            Does.Contain("is dead, nobody is notified").And.Contain("LEPTON_Notifier__HeartbeatUrls=https://hc-ping.com/"));

        var named = await Lepton("doctor", "--storage", $"Data Source={Path.Combine(_folder, "none.db")}",
            "--set", "Notifier:HeartbeatUrls=https://hc-ping.com/secret");
        Assert.That(named.Output, Does.Match("ok +heartbeat +every 30 s to https://hc-ping.com/…\n")
            .And.Not.Contain("nobody is notified"));

        // Where the notifier's settings are elsewhere, its journal knows.
        await using var database = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        var journal = new TestJournal(database.Database);
        await journal.Report("notifier", TimeSpan.Zero);
        await journal.Execute($"update heartbeat set succeeded_at = {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
        var elsewhere = await Lepton("doctor", "--storage", database.ConnectionString);
        Assert.That(elsewhere.Output, Does.Match(@"ok +heartbeat +last taken by a watcher outside .* ago"));
    }

    [TestCase("receivers: [{name: a, webhook_configs: [{url: 'http://a.example/'}, {url: 'http://b.example/'}]}]\nroute: {receiver: a}\n",
        @"ok +routing +\S+alerting\.yaml: 2 channels of 1 receivers")]
    [TestCase("route: {receiver: nobody}\n", @"WRONG +routing +\S+alerting\.yaml: can't be used")]
    [TestCase(null, @"ok +routing +these settings name no routing file \(Notifier:RoutingFile\): a notifier .* to its console alone")]
    public async Task Doctor_OfTheRouting_SaysWhoeverIsNotified(string? yaml, string line)
    {
        var file = Path.Combine(_folder, "alerting.yaml");
        if (yaml is not null) await File.WriteAllTextAsync(file, yaml);

        var result = await Lepton(["doctor", "--storage", $"Data Source={Path.Combine(_folder, "none.db")}",
            .. yaml is null ? Array.Empty<string>() : ["--routing", file]]);

        Assert.That(result.Output, Does.Match(line), result.Everything);
    }

    [Test]
    public async Task Doctor_TheNotifierIsDeadAndEventsContradictTheJournal_SaysBoth()
    {
        await using var database = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        var journal = new TestJournal(database.Database);
        await journal.Report("notifier", TimeSpan.Zero);
        var well = await Lepton("doctor", "--storage", database.ConnectionString);
        Assert.That(well.ExitCode, Is.Zero, well.Everything);
        Assert.That(well.Output, Does.Match("ok +notifier +is running").And.Not.Contain("event conflicts"));

        await journal.Report("notifier", TimeSpan.Zero, RoleProblem.Plain("the journal is slow"));
        var unwell = await Lepton("doctor", "--storage", database.ConnectionString);
        Assert.That(unwell.Output, Does.Match("WRONG +notifier +not well: the journal is slow"));

        await journal.Execute($"""
            insert into notification (notification_id, seq, group_id, group_key, receiver, channel, reason, status, firing, resolved,
              created_at, attempts, next_attempt_at, leased_until, sent_at, last_error, payload)
            values ('n1', 1, 'g', 'k', 'pager', 'webhook/0', 'first notification', 'dead', 1, 0,
              {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}, 9, 0, 0, null, 'HTTP 410 Gone', '')
            """);
        await journal.Report("notifier", TimeSpan.FromSeconds(25));
        await journal.Execute("insert into event_conflict values ('e', 'c', 'a', 'k', 'lepton.alerts', 0, 7, 0, '{}')");
        var result = await Lepton("doctor", "--storage", database.ConnectionString);
        Assert.That(result.ExitCode, Is.EqualTo(1), result.Everything);
        Assert.That(result.Output, Does.Match("WRONG +notifier +not running"));
        Assert.That(result.Output, Does.Contain("no notifier is running: the last report is of "));
        Assert.That(result.Output, Does.Contain("were given up, by receiver: pager (1); last error: HTTP 410 Gone; 'lepton outbox list'"));
        Assert.That(result.Output, Does.Contain("1 in the table event_conflict: these events were not recorded"));
    }

    [Test]
    public async Task Doctor_EventsThatNoNotifierOfThisJournalRecords_AreNotWell()
    {
        _probe.ProduceText(_topics.Alerts, 0, "{}");
        var none = await Lepton("doctor", "--storage", $"Data Source={Path.Combine(_folder, "none.db")}");
        Assert.That(none.ExitCode, Is.EqualTo(1), none.Everything);
        Assert.That(none.Output, Does.Contain("lepton.alerts holds alert events, and no notifier has reported in SQLite "));

        await using var database = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        var silent = await Lepton("doctor", "--storage", database.ConnectionString);
        Assert.That(silent.Output, Does.Match("WRONG +notifier +has not reported yet"));
    }

    [Test]
    public async Task Doctor_NoDetectorLivesAnyMore_DoesNotSayHowItIs()
    {
        _probe.ProduceText(_topics.Status, 0, Encoding.UTF8.GetString(new PartitionStatus
        {
            Role = "detector", Instance = "host/1", Topic = _topics.Metrics, Partition = 0, At = DateTimeOffset.UtcNow.AddMinutes(-1),
        }.Write()));
        var result = await Lepton("doctor", "--storage", $"Data Source={Path.Combine(_folder, "none.db")}");

        Assert.That(result.Output, Does.Match("WRONG +detector +not running\r?\n"));
        Assert.That(result.Output, Does.Contain("no detector is running: the last report is of "));
    }

    [Test]
    public async Task Notifier_ADatabaseWantsAPasswordAndNoneIsGiven_EndsAtOnce()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asks = AskForAPassword(server);
        var address = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={((IPEndPoint)server.LocalEndpoint).Port}");
        using var notifier = LeptonProcess.Start("notifier", "--bootstrap-servers", _broker.BootstrapServers,
            "--storage", $"{address};Username=lepton;Database=journal;SSL Mode=Disable;GSS Encryption Mode=Disable");

        await Eventually.True(() => notifier.HasExited, "the notifier ends", TimeSpan.FromSeconds(60));
        Assert.That(notifier.Error, Does.Contain("refuses: No password has been provided"));
        await asks;
    }

    // As PostgreSQL does after a client's first words: SCRAM-SHA-256, and then the client's turn.
    private static async Task AskForAPassword(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var request = new byte[1024];
        if (await stream.ReadAsync(request) == 0) return;
        await stream.WriteAsync(Encoding.ASCII.GetBytes("R\0\0\0\u0017\0\0\0\nSCRAM-SHA-256\0\0"));
    }

    [Test]
    public async Task Doctor_TopicsOfAnotherPrefix_AreMissingAndSaidHowToMake()
    {
        var result = await Lepton("doctor", "--topic-prefix", "other.", "--json");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        using var report = JsonDocument.Parse(result.Output);
        Assert.That(report.RootElement.GetProperty("sound").GetBoolean(), Is.False);
        var problems =
            report.RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("problem").GetString()).OfType<string>();
        Assert.That(problems, Has.Exactly(7).EndsWith("'lepton topics create' makes it"));
    }

    [Test]
    public async Task Doctor_NothingAnswers_SaysSoInPlainWords()
    {
        var result = await LeptonProcess.Run("doctor", "--bootstrap-servers", DeadBroker, "--storage",
            "Host=127.0.0.1;Port=1;Username=lepton;Database=journal");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.Contain($"no Kafka broker answers at {DeadBroker}: is it running"));
        Assert.That(result.Output, Does.Contain("PostgreSQL 127.0.0.1:1/journal can't be opened"));
        Assert.That(result.Error, Is.Empty);
    }

    [Test]
    public async Task Topics_DeadBroker_IsAFailureInPlainWords()
    {
        var result = await LeptonProcess.Run("topics", "check", "--bootstrap-servers", DeadBroker);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.StartWith($"lepton: no Kafka broker answers at {DeadBroker}"));
    }

    [Test]
    public async Task Topics_OfOtherPartitionCounts_AreWrong()
    {
        _broker.CreateTopics(new TopicNames("odd."), 1);
        _broker.CreateTopic("even.metrics", 3);
        _broker.CreateTopic("even.alerts", 2);

        var odd = await Lepton("topics", "check", "--topic-prefix", "odd.");
        var even = await Lepton("topics", "check", "--topic-prefix", "even.");

        Assert.That(odd.ExitCode, Is.Zero);
        Assert.That(even.ExitCode, Is.EqualTo(1));
        Assert.That(even.Error, Does.Contain("even.alerts has 2 partitions but even.metrics has 3"));
    }

    [Test]
    public async Task Watch_Alerts_AreOneReadableLineEach()
    {
        var alerts = ProduceAlerts();

        var result = await Lepton("watch", "--from-beginning", "--max", $"{alerts.Count}");

        Assert.That(result.ExitCode, Is.Zero);
        var lines = result.Output.TrimEnd().Split('\n');
        Assert.That(lines, Has.Length.EqualTo(alerts.Count));
        Assert.That(lines[0], Does.StartWith(
            $"{alerts[0].DetectedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}Z {alerts[0].AlertId[..8]} opened   critical"));
        Assert.That(lines[0], Does.Contain("llama/ttft_p99_ms").And.Contain(alerts[0].English.Summary));
        Assert.That(result.Output.Contains('\e'), Is.False, "no colours where no terminal is");
    }

    [Test]
    public async Task Watch_Json_IsWhatIsOnTheTopic()
    {
        var alerts = ProduceAlerts();

        var result = await Lepton("watch", "--from-beginning", "--json", "--max", $"{alerts.Count}");

        Assert.That(result.Output.TrimEnd().Split('\n'), Is.EqualTo(alerts.Select(a => Encoding.UTF8.GetString(AlertEventJson.Write(a)))));
    }

    [Test]
    public async Task Watch_WithMatchers_ShowsOnlyWhatMatchesAllOfThem()
    {
        ProduceAlerts("llama");
        ProduceAlerts("mistral");

        var result = await Lepton("watch", "severity=critical", "model=~\"mis.*\"", "--from-beginning", "--max", "1");

        Assert.That(result.Output, Does.Contain("mistral/ttft_p99_ms").And.Not.Contain("llama"));
    }

    [Test]
    public async Task Watch_InChinese_ExplainsInChinese()
    {
        var alerts = ProduceAlerts();

        var result = await Lepton("watch", "--from-beginning", "--max", "1", "--lang", "zh-CN");

        Assert.That(result.Output, Does.Contain(alerts[0].Chinese.Summary));
    }

    [Test]
    public async Task Watch_FromNow_ShowsWhatComesAndEndsSoundlyWhenStopped()
    {
        ProduceAlerts("early");
        using var watch = LeptonProcess.Start("watch", "--bootstrap-servers", _broker.BootstrapServers);
        await watch.Says("watching lepton.alerts");

        ProduceAlerts("late");
        _probe.ProduceText(_topics.Alerts, 0, "{}");

        await watch.Says("late/ttft_p99_ms");
        await watch.Says("is no alert event");
        Assert.That(watch.Output, Does.Not.Contain("early"));
        Assert.That(await watch.Stop(), Is.Zero);
    }

    [Test]
    public async Task Watch_NoTopic_IsAFailure()
    {
        var result = await Lepton("watch", "--topic-prefix", "other.");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Is.EqualTo("lepton: there is no topic other.alerts: 'lepton topics create' makes it\n"));
    }

    [Test]
    public async Task Replay_AFile_SendsItsRowsAsItsModelWithoutTheLabels()
    {
        var file =
            Write("cpu.csv", "timestamp,value,label\n2026-01-01 00:00:00,1.5,0\n2026-01-01 00:01:00,NaN,1\n2026-01-01 00:02:00,,0\n");

        var result = await Lepton("replay", file);

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output, Does.StartWith("sent 2 records with 2 samples of 1 file in "));
        Assert.That(result.Error, Does.Contain("sent without waiting").And.Contain("notifies nobody"));
        var records = _probe.Read(_topics.Metrics, atLeast: 2);
        Assert.That(records.Select(r => Encoding.UTF8.GetString(r.Message.Key!)), Is.All.EqualTo("cpu"));
        Assert.That(records.Select(r => Encoding.UTF8.GetString(r.Message.Value!)), Is.EqualTo(new[]
        {
            """{"model":"cpu","ts":1767225600000000000,"metrics":{"value":1.5}}""",
            """{"model":"cpu","ts":1767225660000000000,"metrics":{"value":"NaN"}}""",
        }));
        Assert.That(records.Select(Judge), Is.All.EqualTo(RejectReason.None), "the detector takes them");
    }

    [Test]
    public async Task Replay_AFolder_SendsItsFilesInTheOrderOfTheirTimes()
    {
        Write("b.csv", "timestamp,value\n1767225600,1\n1767225720,3\n");
        Write("a.csv", "timestamp,step,loss,lr\n1767225660,7,2,0.1\n1767225780,8,4,0.1\n");

        var result = await Lepton("replay", _folder, "--model", "all");

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        var records = _probe.Read(_topics.Metrics, atLeast: 4);
        Assert.That(records.Select(r => Json(r).GetProperty("ts").GetInt64() / 1_000_000_000),
            Is.EqualTo(new[] { 1767225600, 1767225660, 1767225720, 1767225780 }));
        Assert.That(Encoding.UTF8.GetString(records[1].Message.Value!),
            Is.EqualTo("""{"model":"all","ts":1767225660000000000,"step":7,"metrics":{"loss":2,"lr":0.1}}"""));
    }

    [Test]
    public async Task Replay_TimesThatCountFromZero_NeedToBeMoved()
    {
        var file = Write("run.csv", "ts_ms,step,loss\n4,1,0.5\n60004,2,0.25\n");

        var refused = await Lepton("replay", file);
        var before = DateTimeOffset.UtcNow;
        var moved = await Lepton("replay", file, "--rebase-time");

        Assert.That((refused.ExitCode, moved.ExitCode), Is.EqualTo((2, 0)));
        Assert.That(refused.Error, Does.Contain("count from zero: --rebase-time"));
        var times = _probe.Read(_topics.Metrics, atLeast: 2).Select(r => Json(r).GetProperty("ts").GetInt64()).ToArray();
        Assert.That(times[1] - times[0], Is.EqualTo(60_000_000_000));
        Assert.That(times[1], Is.InRange(before.ToUnixTimeMilliseconds() * 1_000_000,
            DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000));
    }

    [Test]
    public async Task Replay_AtASpeed_TakesItsTime()
    {
        var file = Write("slow.csv", "timestamp,value\n1767225600,1\n1767225660,2\n1767225720,3\n");

        var result = await Lepton("replay", file, "--speed", "60");

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Error, Is.Empty);
        var seconds = double.Parse(result.Output.Split(" in ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.That(seconds, Is.InRange(2.0, 5.0));
    }

    private Task<ProgramResult> Lepton(params string[] arguments) =>
        LeptonProcess.Run([.. arguments, "--bootstrap-servers", _broker.BootstrapServers]);

    private List<AlertEvent> ProduceAlerts(string model = "llama")
    {
        var pipeline = new PartitionPipeline(_topics.Metrics, 0, DetectionPolicy.Default);
        var alerts = new List<AlertEvent>();
        var offset = 0;
        foreach (var message in MetricStream.Of(model, 300, i => i is >= 200 and < 210 ? 900 : null))
            pipeline.Process(message.Value, offset++, Timestamp.FromUnixMilliseconds(message.Timestamp.UnixTimestampMs), alerts);
        _probe.Produce(_topics.Alerts, 0, alerts.Select(AlertRecord.Of));
        return alerts;
    }

    private static RejectReason Judge(ConsumeResult<byte[]?, byte[]?> record) =>
        new PartitionPipeline(record.Topic, record.Partition.Value, DetectionPolicy.Default)
        .Process(record.Message.Value, record.Offset.Value, Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs),
            []).Reason;

    private static JsonElement Json(ConsumeResult<byte[]?, byte[]?> record) => JsonDocument.Parse(record.Message.Value).RootElement;

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
