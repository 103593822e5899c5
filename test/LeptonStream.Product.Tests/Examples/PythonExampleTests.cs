using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Samples;
using LeptonStream.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Product.Tests.Examples;

/// <summary>The Python of the documentation: all of it compiles, and that which sends with confluent-kafka sends to a broker.</summary>
public sealed partial class PythonExampleTests
{
    // Debian's package is for Debian's Python.
    private const string Python = "/usr/bin/python3";

    private const string Trainer = """
        from types import SimpleNamespace as NS
        loss = NS(backward=lambda: None, item=lambda: 2.5)
        model = lambda batch: NS(loss=loss)
        model.parameters = lambda: []
        torch = NS(nn=NS(utils=NS(clip_grad_norm_=lambda parameters, most: NS(item=lambda: 1.25))))
        optimizer = NS(step=lambda: None, zero_grad=lambda: None)
        scheduler = NS(step=lambda: None, get_last_lr=lambda: [3e-4])
        loader = range(1, 4)

        """;

    private static readonly string Root = SharedFolder.RepositoryRoot;

    private static IEnumerable<TestCaseData> Sources()
    {
        string[] folders = ["docs", "integrations", "examples", "helm"];
        var pages = folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Root, "*.md"));
        foreach (var page in pages)
            foreach (var (block, i) in Blocks(page).Select((block, i) => (block, i)))
                yield return new TestCaseData(block).SetArgDisplayNames($"{Path.GetRelativePath(Root, page)}, block {i + 1}");
        foreach (var folder in folders)
            foreach (var file in Directory.GetFiles(Path.Combine(Root, folder), "*.py", SearchOption.AllDirectories))
                yield return new TestCaseData(File.ReadAllText(file)).SetArgDisplayNames(Path.GetRelativePath(Root, file));
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Python_OfTheRepository_Compiles(string source)
    {
        if (!ExternalProgram.Exists("python3")) Assert.Ignore("needs python3");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, source);
        var result = await ExternalProgram.Run("python3", ["-c", "import sys; compile(open(sys.argv[1]).read(), 'example', 'exec')", file]);
        File.Delete(file);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
    }

    [TestCase("events.md", "", "llama-70b", 1)]
    [TestCase("sending.md", Trainer, "llama-pretrain", 4)]
    public async Task Python_ThatSendsByItself_WritesMessagesThatAreTakenWhereJavaWouldPutThem(
        string page, string before, string model, int messages)
    {
        var library = File.Exists(Python) ? await ExternalProgram.Run(Python, ["-c", "import confluent_kafka"]) : null;
        if (library?.ExitCode != 0) Assert.Ignore("needs Debian's python3-confluent-kafka");
        using var broker = EmbeddedBroker.Start();
        var options = new KafkaOptions { BootstrapServers = broker.BootstrapServers };
        var topic = TopicNames.Of(options).Metrics;
        broker.CreateTopic(topic, 16);
        using var probe = new TopicProbe(options);

        var source = before + Blocks(Path.Combine(Root, "docs", page)).Single();
        var result = await ExternalProgram.Run(Python, ["-c", source.Replace("kafka:9092", broker.BootstrapServers)]);

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var records = probe.Read(topic, messages);
        Assert.That(records, Has.Count.EqualTo(messages));
        var place = await PlaceOf(model, topic, options);
        foreach (var record in records)
        {
            Assert.That((Encoding.UTF8.GetString(record.Message.Key!), record.Partition.Value), Is.EqualTo((model, place)));
            var batch = new SampleBatch();
            var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
            Assert.That(new NativeJsonFormat(FormatLimits.Default).Read(record.Message.Value, now, batch, out var detail),
                Is.EqualTo(RejectReason.None), detail);
        }

        if (before.Length == 0) return;
        var sent = records.Select(record => JsonNode.Parse(record.Message.Value)!).ToArray();
        Assert.That(sent.Select(message => (int)message["step"]!), Is.EqualTo((int[])[0, 1, 2, 2]));
        Assert.That((double)sent[0]["metrics"]!["grad_norm"]!, Is.EqualTo(1.25));
        Assert.That((int)sent[^1]["metrics"]!["finished"]!, Is.EqualTo(1), "the run says that it ends");
    }

    private static async Task<int> PlaceOf(string key, string topic, KafkaOptions options)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(options, "test")).Build();
        return (await producer.ProduceAsync(topic, new() { Key = Encoding.UTF8.GetBytes(key), Value = [] })).Partition.Value;
    }

    private static IEnumerable<string> Blocks(string page) =>
        Fence().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value);

    [GeneratedRegex("^```python\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
