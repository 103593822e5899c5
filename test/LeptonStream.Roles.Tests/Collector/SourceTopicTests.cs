using System.Text;
using Avro.IO;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Roles.Tests.Collector.Formats;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector;

[Parallelizable]
public sealed class SourceTopicTests
{
    private static readonly string Captures = SharedFolder.Find("data/wire-captures")!;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCase("telegraf/influx-1.lp", null)]
    [TestCase("telegraf/json-ms-1.json", null)]
    [TestCase("otlp/otlp_json-1.json", null)]
    [TestCase("otlp/otlp_proto-1.bin", "otlp_proto")]
    public async Task Records_OfAProgram_AreWrittenAndCommittedAfterThat(string capture, string? format)
    {
        using var rig = Rig(format);
        var value = await File.ReadAllBytesAsync(Path.Combine(Captures, capture));
        // The key of the OTel Collector is a hash: no text.
        rig.Probe.Produce("theirs", 1, [new() { Key = [0xff, 0x00, 0xfe], Value = value }]);

        Assert.That(rig.Values(1), Is.Not.Empty);
        await Eventually.True(() => rig.Probe.Committed("lepton-collector", "theirs", 1) == 1, "the offset is committed");
        Assert.That(rig.Probe.Count(rig.Topics.DeadLetters), Is.Zero);
    }

    [Test]
    public async Task Records_InAvro_AreReadBySchemasOfTheRegistry()
    {
        using var registry = new FakeRegistry((7, "AVRO", """
            {"type":"record","name":"Message","fields":[{"name":"model","type":"string"},{"name":"ts","type":"long"},
              {"name":"metrics","type":{"type":"map","values":"double"}}]}
            """)) { User = "lepton:secret" };
        var password = Path.Combine(_folder, "registry");
        await File.WriteAllTextAsync(password, "lepton:secret\n");
        using var rig = Rig(null, ("Collector:SchemaRegistryUrl", registry.Address), ("Collector:SchemaRegistryUserFile", password));
        rig.Probe.Produce("theirs", 0, [new() { Value = Avro(schema: 7) }, new() { Value = Avro(schema: 8) }]);

        Assert.That(rig.Values(1).Single(), Does.Contain("\"a\"").And.Contain("\"x\":1.5"));
        Assert.That(TopicProbe.Header(rig.Probe.Read(rig.Topics.DeadLetters, 1).Single(), DeadLetter.ReasonHeader),
            Is.EqualTo("no_schema"), "the registry does not know the other schema");
    }

    [Test]
    public async Task Record_ThatCannotBeRead_IsADeadLetterAndHoldsUpNothing()
    {
        using var rig = Rig(null);
        rig.Probe.Produce("theirs", 0,
        [
            new() { Value = [1, 2, 3, 250] }, new() { Key = "k"u8.ToArray() },
            new() { Value = Encoding.UTF8.GetBytes($$$"""{"model":"a","ts":{{{Now()}}},"metrics":{"x":1}}""") },
        ]);

        Assert.That(rig.Values(1).Single(), Does.Contain("\"a\""));
        var letters = rig.Probe.Read(rig.Topics.DeadLetters, 2);
        Assert.That(letters.Select(letter => TopicProbe.Header(letter, DeadLetter.ReasonHeader)),
            Is.EquivalentTo((string[])["unknown_format", "empty"]));
        Assert.That(letters.Select(letter => TopicProbe.Header(letter, "__connect.errors.topic")), Is.All.EqualTo("theirs"));
        await Eventually.True(() => rig.Probe.Committed("lepton-collector", "theirs", 0) == 3, "all of it is committed");
    }

    [Test]
    public async Task Kafka_AwayInTheMiddle_NothingIsMissingAfterwards()
    {
        using var rig = Rig(null);
        rig.Probe.Produce("theirs", 0, Messages(0, 50));
        Assert.That(rig.Values(50), Has.Count.EqualTo(50));

        rig.Probe.Produce("theirs", 0, Messages(50, 50));
        rig.Broker.FailNext(LeptonStream.Kafka.Embedded.BrokerRequest.Produce, [.. Enumerable.Repeat(ErrorCode.NotEnoughReplicas, 6)]);

        await Eventually.True(() => rig.Values().Distinct().Count() == 100, "all hundred are there", TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task ConfigFile_Changed_IsTakenUpAndAWrongOneIsRefusedAloud()
    {
        using var rig = Rig(null);
        rig.Broker.CreateTopic("more", 1);
        var file = File_;
        await File.WriteAllTextAsync(file, "topics: [{name: theirs}, {name: more}]");
        await rig.Reload();
        rig.Probe.Produce("more", 0, Messages(0, 1));
        Assert.That(rig.Values(1), Has.Count.EqualTo(1));

        await File.WriteAllTextAsync(file, "topics: [{nam: theirs}]");
        await rig.Reload();
        await Eventually.True(() => rig.Health.Ready().Detail.Contains("refused", StringComparison.Ordinal), "it says so");
        rig.Probe.Produce("more", 0, Messages(1, 1));
        Assert.That(rig.Values(2), Has.Count.EqualTo(2));
    }

    private string File_ => Path.Combine(_folder, $"{TestContext.CurrentContext.Test.ID}.yaml");

    private CollectorRig Rig(string? format, params (string Name, string Value)[] settings)
    {
        File.WriteAllText(File_, $"topics:\n  - name: theirs\n{(format is null ? "" : $"    format: {format}\n")}");
        var rig = new CollectorRig([("Collector:ConfigFile", File_), .. settings]);
        rig.Broker.CreateTopic("theirs", 3);
        return rig.Start();
    }

    private static byte[] Avro(byte schema)
    {
        using var record = new MemoryStream();
        var encoder = new BinaryEncoder(record);
        encoder.WriteString("a");
        encoder.WriteLong(Now());
        encoder.WriteMapStart();
        encoder.SetItemCount(1);
        encoder.WriteString("x");
        encoder.WriteDouble(1.5);
        encoder.WriteMapEnd();
        return [0, 0, 0, 0, schema, .. record.ToArray()];
    }

    private static IEnumerable<Message<byte[]?, byte[]?>> Messages(int from, int count) =>
        Enumerable.Range(from, count).Select(i => new Message<byte[]?, byte[]?>
        {
            Value = Encoding.UTF8.GetBytes($$$"""{"model":"m","ts":{{{Now() + i}}},"metrics":{"x":{{{i}}}}}"""),
        });

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
