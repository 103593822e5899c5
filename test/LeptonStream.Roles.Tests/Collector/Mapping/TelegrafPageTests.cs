using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Roles.Tests.Collector.Formats;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>A page that Telegraf scrapes becomes the same series with the same values as when the collector scrapes it.</summary>
public sealed partial class TelegrafPageTests
{
    private const string More = """
        # TYPE rpc_latency_seconds summary
        rpc_latency_seconds{model_name="qwen",quantile="0.5"} 0.25
        rpc_latency_seconds{model_name="qwen",quantile="0.99"} 1.5
        rpc_latency_seconds_sum{model_name="qwen"} @6
        rpc_latency_seconds_count{model_name="qwen"} @12
        # TYPE vllm:request_generation_tokens histogram
        vllm:request_generation_tokens_bucket{le="1",model_name="qwen"} @1
        vllm:request_generation_tokens_bucket{le="2",model_name="qwen"} @3
        vllm:request_generation_tokens_bucket{le="1e+06",model_name="qwen"} @9
        vllm:request_generation_tokens_bucket{le="+Inf",model_name="qwen"} @9
        vllm:request_generation_tokens_sum{model_name="qwen"} @2000
        vllm:request_generation_tokens_count{model_name="qwen"} @9
        untyped_thing{model_name="qwen"} 7

        """;

    private static readonly string Folder =
        Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Roles.Tests", "Collector", "Pages");

    [Test]
    public void Map_APageThatTelegrafScraped_GivesTheSamplesOfThePage(
        [Values("vllm", "sglang", "triton", "tgi", "dcgm", "gpud", "node", "ray")] string exporter, [Values(1, 2)] int version,
        [Values] bool asJson, [Values] bool oneARecord)
    {
        var page = File.ReadAllText(Path.Combine(Folder, exporter + ".prom")) + (exporter == "vllm" ? More : "");
        var (own, telegraf) = (new Scrape(), new Scrape());
        for (var i = 1; i <= 4; i++)
        {
            var text = Total().Replace(page, match => (i * long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToString(
                CultureInfo.InvariantCulture));
            own.Map("prometheus_text", text, i);
            var metrics = TelegrafWriter.Write(own.Points, version, asJson, Scrape.At(i)).ToArray();
            foreach (var payload in oneARecord ? metrics : [string.Concat(metrics)])
                telegraf.Map(asJson ? "telegraf_json" : "influx", payload, i);
        }

        Assert.That(own.Samples, Is.Not.Empty);
        Assert.That(telegraf.Samples, Is.EquivalentTo(own.Samples));
    }

    [GeneratedRegex("(?<= )@(\\d+)")]
    private static partial Regex Total();

    private sealed class Scrape
    {
        private readonly FormatCatalog _formats = new();
        private readonly PointMapper _mapper = new(new() { Rules = MappingRules.Default with { Fallback = "fleet" } });

        public PointBatch Points { get; } = new();

        public List<string> Samples { get; } = [];

        public static long At(int scrape) => 1_764_000_000 + (15 * scrape);

        public void Map(string format, string payload, int scrape)
        {
            Points.Clear();
            var outcome = _formats.ByName(format)!.Read(Encoding.UTF8.GetBytes(payload), Points, FormatLimits.Default);
            Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken), payload);
            var mapped = new MappedBatch(1000);
            _mapper.Map(Points, new SourceContext("test"), At(scrape) * 1_000_000_000, mapped);
            foreach (ref readonly var message in mapped.Messages)
                foreach (ref readonly var sample in mapped.SamplesOf(message))
                {
                    var labels = string.Join(',', message.Entity.Labels.Where(label => label.Key != "host")
                        .Select(label => $"{label.Key}={label.Value}"));
                    Samples.Add(FormattableString.Invariant(
                        $"{message.Entity.Model}{{{labels}}} {sample.Series.Metric} {Math.Round(sample.Value, 9)} @{message.Time}"));
                }
        }
    }
}
