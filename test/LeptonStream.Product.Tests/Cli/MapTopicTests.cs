using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary><c>lepton map --topic</c>: records of a topic as the collector would map them.</summary>
public sealed class MapTopicTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddMinutes(-10);

    private EmbeddedBroker _broker = null!;
    private TopicProbe _probe = null!;
    private string _folder = null!;

    [SetUp]
    public void Begin()
    {
        _broker = EmbeddedBroker.Start();
        _broker.CreateTopic("theirs", 2);
        _probe = new TopicProbe(new KafkaOptions { BootstrapServers = _broker.BootstrapServers });
        _folder = Directory.CreateTempSubdirectory("lepton-map-topic-").FullName;
    }

    [TearDown]
    public void End()
    {
        _probe.Dispose();
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Map_RecordsOfSeveralFormats_ShowsEachSampleAndWhyTheRestIsNone()
    {
        _probe.Produce("theirs", 0,
        [
            Record(0, Page(1000), ("content-type", "text/plain; version=0.0.4")),
            Record(15, Page(1300), ("content-type", "text/plain; version=0.0.4")),
        ]);
        _probe.Produce("theirs", 1, [Record(5, "cpu,model=m usage_idle=97.5"), Record(6, "\u0001\u0002 nobody's")]);

        var result = await Map("--topic", "theirs");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output, Does.Match(@"theirs\[0\]@0: prometheus_text \(content-type .*\), 1 point, 0 samples"));
        Assert.That(result.Output, Does.Match(@"theirs\[1\]@0: influx \(.*\), 1 point, 1 sample in 1 message"));
        Assert.That(result.Output, Does.Match(@"m +infer\.tokens_out +20 "), "a rate between two records");
        Assert.That(result.Output, Does.Match(@"m +cpu_usage_idle +97\.5 "));
        Assert.That(result.Output, Does.Contain("theirs[1]@1: unknown: "));
        Assert.That(result.Output, Does.Contain("theirs: 4 of 4 records in 2 partitions became 2 samples of 2 series\n"));
        Assert.That(result.Output, Does.Contain("\ndropped: 1 Baseline\n"));
        Assert.That(result.Output, Does.Contain("1 record can't be read: the collector writes them to the dead letters"));
        Assert.That(result.Output, Does.Contain("The collector does not read theirs yet: 'topics' of collector.yaml must name it"));
    }

    [Test]
    public async Task Map_WithTheSettingsOfTheTopic_UsesItsFormatAndItsRules()
    {
        var file = Path.Combine(_folder, "collector.yaml");
        await File.WriteAllTextAsync(file, """
            topics: [{name: theirs, format: influx}]
            sources: [{name: theirs, model: [team], labels: {drop: [host]}}]
            """);
        _probe.Produce("theirs", 0, [Record(0, "cpu,team=red,host=a usage_idle=97.5"), Record(1, Native(1))]);

        var result = await Map("--topic", "theirs", "--collector-config", file);

        Assert.That(result.Output, Does.Contain("influx (as it is set)").And.Match(@"red +cpu_usage_idle +97\.5 "));
        Assert.That(result.Output, Does.Not.Contain("host=a").And.Not.Contain("does not read theirs"));
        Assert.That(result.Output, Does.Contain("1 record can't be read"), "as the collector, which has one format for the topic");

        var other = await Map("--topic", "theirs", "--collector-config", file, "--format", "native_json");
        Assert.That(other.Output, Does.Match(@"m +x +1 "), "a format to try out");
    }

    [Test]
    public async Task Map_ARecordWithoutAModel_IsDroppedAsTheCollectorDropsIt()
    {
        _probe.Produce("theirs", 0, [Record(0, "cpu,host=a usage_idle=97.5")]);
        var result = await Map("--topic", "theirs");
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.Contain("dropped: 1 NoModel").And.Contain("Nothing came out"));
    }

    [TestCase("--records", "3", "", "7,8,9")]
    [TestCase("--records", "3", "--from-start", "0,1,2")]
    [TestCase("--records", "20", "", "0,1,2,3,4,5,6,7,8,9")]
    public async Task Map_SomeOfTheRecords_AreTheNewestOrTheOldestOfAllPartitionsInOrder(
        string option, string count, string flag, string expected)
    {
        for (var i = 0; i < 10; i++)
            _probe.Produce("theirs", i % 2, [Record(i, Native(i))]);

        var result = await Map(["--topic", "theirs", option, count, "--json", .. flag.Length > 0 ? (string[])[flag] : []]);

        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);
        Assert.That(string.Join(',', lines.Where(line => TypeOf(line) == "sample").Select(line => line.GetProperty("value").GetInt32())),
            Is.EqualTo(expected));
        var summary = lines.Single(line => TypeOf(line) == "topic");
        Assert.That((summary.GetProperty("records").GetInt32(), summary.GetProperty("partitions").GetInt32()), Is.EqualTo((10, 2)));
        var payload = lines.Last(line => TypeOf(line) == "payload");
        Assert.That(payload.GetProperty("topic").GetString(), Is.EqualTo("theirs"));
        Assert.That(payload.TryGetProperty("offset", out _) && payload.TryGetProperty("partition", out _));
    }

    [Test]
    public async Task Map_ASeriesInTwoPartitions_IsNamed()
    {
        for (var i = 0; i < 2; i++) _probe.Produce("theirs", i, [Record(i, "cpu,model=m usage_idle=97.5")]);
        var result = await Map("--topic", "theirs");
        Assert.That(result.Output, Does.Contain("cpu_usage_idle of m comes from two partitions"));
    }

    [Test]
    public async Task Map_ATopicWithoutRecords_SaysSo()
    {
        var result = await Map("--topic", "theirs");
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((1, "")));
        Assert.That(result.Output, Does.StartWith("theirs holds no records\n"));
    }

    [TestCase(1, "there is no topic 'nobodys' on ", "--topic", "nobodys")]
    [TestCase(1, "no Kafka broker answers at 127.0.0.1:1:", "--topic", "theirs", "--bootstrap-servers", "127.0.0.1:1")]
    [TestCase(2, "--records must be from 1 to 100000", "--topic", "theirs", "--records", "0")]
    [TestCase(2, "'map' needs files, or a --topic: one of them")]
    [TestCase(2, "'map' needs files, or a --topic: one of them", "--topic", "theirs", "page.prom")]
    [TestCase(2, "'--interval' is for files, and not for a --topic", "--topic", "theirs", "--interval", "5s")]
    [TestCase(2, "'--from-start' is for a --topic, and not for files", "page.prom", "--from-start")]
    [TestCase(2, "collector.yaml can't be read", "--topic", "theirs", "--collector-config", "no/collector.yaml")]
    public async Task Map_SomethingIsWrong_SaysWhat(int code, string message, params string[] arguments)
    {
        var result = arguments.Contains("--bootstrap-servers") ? await LeptonProcess.Run(["map", .. arguments]) : await Map(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(code), result.Everything);
        Assert.That(result.Error, Does.StartWith("lepton: ").And.Contain(message));
        Assert.That(result.Output, Is.Empty);
    }

    private Task<ProgramResult> Map(params string[] arguments) =>
        LeptonProcess.Run(["map", .. arguments, "--bootstrap-servers", _broker.BootstrapServers]);

    private static string Page(int tokens) =>
        $"# TYPE vllm:generation_tokens_total counter\nvllm:generation_tokens_total{{model_name=\"m\"}} {tokens}\n";

    private static string Native(int value) =>
        $"{{\"model\":\"m\",\"ts\":{Start.ToUnixTimeSeconds() + value},\"metrics\":{{\"x\":{value}}}}}";

    private static string? TypeOf(JsonElement line) => line.GetProperty("type").GetString();

    private static Message<byte[]?, byte[]?> Record(int seconds, string value, params (string Name, string Value)[] headers)
    {
        var all = new Headers();
        foreach (var (name, text) in headers) all.Add(name, Encoding.UTF8.GetBytes(text));
        return new() { Value = Encoding.UTF8.GetBytes(value), Headers = all, Timestamp = new(Start.AddSeconds(seconds)) };
    }
}
