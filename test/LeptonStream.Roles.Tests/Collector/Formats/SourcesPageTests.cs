using System.Text;
using System.Text.RegularExpressions;
using LeptonStream.Collector;
using LeptonStream.Collector.Points;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>docs/sources.md says what the program does: its formats, limits and words.</summary>
public sealed partial class SourcesPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "sources.md"));

    private readonly Payloads _payloads = new();

    [Test]
    public void Table_OfFormats_NamesEachOnce() =>
        Assert.That(NameInTable().Matches(Page).Select(match => match.Groups[1].Value), Is.EquivalentTo(_payloads.Catalog.Names));

    [Test]
    public void Limits_OfThePage_AreThoseOfTheProgram()
    {
        var limits = new CollectorOptions().LimitsOfTopics();
        Assert.That(Page, Does.Contain($"(`Collector:MaxBodyBytes`) | {new CollectorOptions().MaxBodyBytes >> 20} MiB |"));
        Assert.That(Page, Does.Contain($"(`Collector:MaxDecompressedBytes`) | {limits.DecompressedBytes >> 20} MiB |"));
        Assert.That(limits.Bytes, Is.EqualTo(limits.DecompressedBytes));
        Assert.That(Page, Does.Contain(FormattableString.Invariant($"| points of a payload | {limits.Points:N0} |")));
        Assert.That(Page, Does.Contain($"those of its resource and scope | {limits.Labels} |"));
        Assert.That(Page, Does.Contain(FormattableString.Invariant($"| bytes of a name or a label's value | {limits.TextBytes:N0} |")));
        Assert.That(Page, Does.Contain(FormattableString.Invariant($"| buckets or quantiles of a point | {limits.Buckets:N0} |")));
        Assert.That(Page, Does.Contain($"| levels of nesting | {limits.Depth} |"));
        foreach (var encoding in Decompressor.Encodings) Assert.That(Page, Does.Match($"Compressions: .*{encoding}"));
    }

    /// <summary>Each format of JSON, one object: as a list and one a line it gives twice the points.</summary>
    [TestCase("native_json", """{"model":"m","ts":1763856000,"metrics":{"a":1}}""")]
    [TestCase("telegraf_json", """{"name":"cpu","fields":{"a":1},"tags":{},"timestamp":1763856000}""")]
    [TestCase("prometheus_kafka_adapter", """{"timestamp":"2025-11-23T00:00:00Z","value":"1","name":"up","labels":{}}""")]
    [TestCase("vector_json", """{"name":"up","kind":"absolute","gauge":{"value":1}}""")]
    [TestCase("victoriametrics_json", """{"metric":{"__name__":"x"},"values":[1],"timestamps":[1763856000000]}""")]
    [TestCase("otlp_json", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"x","gauge":{"dataPoints":[{"asInt":1}]}}]}]}]}""")]
    [TestCase("cloudevents", """{"specversion":"1.0","type":"t","source":"s","id":"1","data":"cpu a=1"}""")]
    [TestCase("kafka_connect", """{"schema":{"type":"string"},"payload":"cpu a=1"}""")]
    public void Json_OfAnyFormat_ComesOneAsAListOrOneALine(string format, string json)
    {
        foreach (var payload in (string[])[json, $"[{json},{json}]", $"{json}\n{json}\n"])
        {
            var (outcome, text) = _payloads.Read(format, payload);
            Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken), text);
            Assert.That(_payloads.Batch.Points.Length, Is.EqualTo(payload == json ? 1 : 2), payload);
            Assert.That(_payloads.Catalog.ByLook(Encoding.UTF8.GetBytes(payload)).Format?.Name, Is.EqualTo(format));
        }
    }

    /// <summary>A label that is a list, a map or null.</summary>
    [TestCase("native_json", """{"model":"m","ts":1763856,"labels":{"a":[1],"b":{"c":1},"d":null,"e":7,"f":true},"metrics":{"a":1}}""")]
    [TestCase("telegraf_json", """{"name":"cpu","fields":{"a":1},"tags":{"a":[1],"b":{"c":1},"d":null,"e":7,"f":true},"timestamp":1}""")]
    public void Labels_ThatAreNoTexts_AreWrittenOrLeftOut(string format, string json) =>
        Assert.That(_payloads.Read(format, json).Text, Does.Contain("  labels: e=7 f=true\n"));

    [TestCase("influx", "cpu a=1,b=\"x\"", true)]
    [TestCase("telegraf_json", """{"name":"cpu","fields":{"a":1,"b":"x"},"tags":{},"timestamp":1763856000}""", true)]
    [TestCase("telegraf_json", """{"name":"cpu","fields":{"a":1,"b":null},"tags":{},"timestamp":1763856000}""", true)]
    [TestCase("victoriametrics_json", """{"metric":{"__name__":"x"},"values":[1,null],"timestamps":[1763856000,1763856001]}""", true)]
    [TestCase("native_json", """{"model":"m","ts":1763856000,"metrics":{"a":1,"b":null}}""", true)]
    [TestCase("native_json", """{"model":"m","ts":1763856000,"metrics":{"a":1,"b":"x"}}""", false)]
    [TestCase("prometheus_kafka_adapter", """{"timestamp":"2025-11-23T00:00:00Z","value":"x","name":"up","labels":{}}""", false)]
    [TestCase("vector_json", """{"name":"up","kind":"absolute","gauge":{"value":null}}""", false)]
    public void Values_ThatAreTextsOrNulls_AreFaultsWhereTheFormatHasNumbersAlone(string format, string payload, bool isSound)
    {
        var (_, text) = _payloads.Read(format, payload);
        Assert.That(_payloads.Batch.FaultCount == 0, Is.EqualTo(isSound), text);
    }

    [GeneratedRegex(@"^\| [^|]+ \| `([a-z_0-9]+)` \|", RegexOptions.Multiline)]
    private static partial Regex NameInTable();
}
