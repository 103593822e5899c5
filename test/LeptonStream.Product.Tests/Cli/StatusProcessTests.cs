using System.Text.Json;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Kafka.Status;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary><c>lepton status</c>: whether it works right now, by what the roles themselves report.</summary>
public sealed class StatusProcessTests
{
    private EmbeddedBroker _broker = null!;
    private TopicNames _topics = null!;
    private TopicProbe _probe = null!;
    private TestDatabase _database = null!;
    private TestJournal _journal = null!;

    [SetUp]
    public async Task Start()
    {
        _broker = EmbeddedBroker.Start();
        var options = new KafkaOptions { BootstrapServers = _broker.BootstrapServers };
        _topics = TopicNames.Of(options);
        _broker.CreateTopics(_topics, 2);
        _probe = new TopicProbe(options);
        _database = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        _journal = new TestJournal(_database.Database);
        await _journal.Report("notifier", TimeSpan.Zero);
    }

    [TearDown]
    public async Task Stop()
    {
        _probe.Dispose();
        _broker.Dispose();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Status_EverythingRuns_IsSoundAndSaysHowItIs()
    {
        Reports(0, status => status with { Series = 1_200, Lag = 3 });
        Reports(1, status => status with { Series = 800, Lag = 4, Cold = true });
        await Notification("sent", minutesAgo: 3);
        await _journal.Execute("insert into destination_pause values ('pager', 'webhook/0', 32503680000000)");

        var result = await Lepton();

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output, Does.StartWith("working: yes\n"));
        Assert.That(result.Output, Does.Match("detector +1 loop, 2 of 2 partitions judged, 2000 series, 7 records behind"));
        Assert.That(result.Output, Does.Match("newest record [0-9.]+ s ago"));
        Assert.That(result.Output, Does.Match("notifier +last report [0-9.]+ s ago"));
        Assert.That(result.Output, Does.Match("open alerts +0 critical, 0 warning, 0 info; there was none yet"));
        Assert.That(result.Output, Does.Match(@"delivery +last 3 min( \d+ s)? ago \(.* UTC\) to pager, webhook/0\n"));
        Assert.That(result.Output, Does.Match("heartbeat +none: when all of this is dead, nobody is notified"));
        Assert.That(result.Output, Does.Contain("1 partition (1): cold").And.Contain("pager, webhook/0: paused until"));
    }

    [Test]
    public async Task Status_SomethingIsWrong_IsNotSound_AndEachIsASentence()
    {
        Reports(0, status => status with { Restoring = true });
        await _journal.Report("notifier", TimeSpan.FromSeconds(25));
        await Notification("dead", minutesAgo: 1);
        await Notification("pending", minutesAgo: 20);

        var result = await Lepton("--json");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.Everything);
        using var status = JsonDocument.Parse(result.Output);
        var problems = Texts(status, "problems");
        Assert.That(status.RootElement.GetProperty("working").GetBoolean(), Is.False);
        Assert.That(problems, Has.Some.Contains("no detector works on partitions 1: none has ever reported"));
        Assert.That(problems, Has.Some.Contains("no notifier is running"));
        Assert.That(problems, Has.Some.Contains("were given up, by receiver: pager (1)"));
        Assert.That(problems, Has.Some.Contains("1 message can't be delivered yet, the oldest was due 20 min"));
        Assert.That(Texts(status, "blindSpots"), Has.Some.Contains("1 partition (0): nothing is judged while state is restored"));
        Assert.That(Texts(status, "blindSpots"), Has.Some.Contains("1 partition (1): no detector works there, nothing is judged"));
        Assert.That(status.RootElement.GetProperty("detector").GetProperty("judged").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task Status_NothingAnswers_SaysSoAndKeepsToItsScreen()
    {
        var result = await LeptonProcess.Run("status", "--bootstrap-servers", "127.0.0.1:1", "--api", "http://127.0.0.1:1",
            "--storage", "Host=127.0.0.1;Port=1;Username=lepton;Database=journal");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.StartWith("working: NO, 2 problems\n").And.Contain("no Kafka broker answers at 127.0.0.1:1"));
        Assert.That(result.Output, Does.Contain("PostgreSQL 127.0.0.1:1/journal does not answer"));
        Assert.That(result.Output, Does.Contain("blind spots: not known"));
        Assert.That(result.Output, Does.Match("detector +not known\n").And.Match("dashboard +no answer at http://127.0.0.1:1 "));
        Assert.That(result.Error, Is.Empty);
    }

    private static string?[] Texts(JsonDocument status, string list) =>
        [.. status.RootElement.GetProperty(list).EnumerateArray().Select(text => text.GetString())];

    private Task<ProgramResult> Lepton(params string[] arguments) => LeptonProcess.Run(["status", .. arguments,
        "--bootstrap-servers", _broker.BootstrapServers, "--storage", _database.ConnectionString]);

    private void Reports(int partition, Func<PartitionStatus, PartitionStatus> with) => _probe.Produce(_topics.Status, 0, [new()
    {
        Key = System.Text.Encoding.UTF8.GetBytes($"detector/{partition}"),
        Value = with(new()
        {
            Role = "detector", Instance = "host/1", Topic = _topics.Metrics, Partition = partition, At = DateTimeOffset.UtcNow,
            LogTime = DateTimeOffset.UtcNow,
        }).Write(),
    }]);

    private Task Notification(string status, int minutesAgo)
    {
        var at = DateTimeOffset.UtcNow.AddMinutes(-minutesAgo).ToUnixTimeMilliseconds();
        return _journal.Execute($"""
            insert into notification (notification_id, seq, group_id, group_key, receiver, channel, reason, status, firing, resolved,
              created_at, attempts, next_attempt_at, leased_until, sent_at, last_error, payload)
            values ('{status}', {minutesAgo}, 'g', 'k', 'pager', 'webhook/0', 'first notification', '{status}', 1, 0,
              {at}, 1, 0, 0, {(status == "sent" ? at : "null")}, 'HTTP 410 Gone', '')
            """);
    }
}
