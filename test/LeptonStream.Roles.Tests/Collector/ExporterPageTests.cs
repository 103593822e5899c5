using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>
/// The exporters of AI infrastructure, scraped by a collector without rules: their series have canonical names. The pages are written by
/// hand from the names that the exporters document; <c>@5</c> is a total: five at the first scrape, ten at the second.
/// </summary>
public sealed partial class ExporterPageTests
{
    private static readonly string[] Exporters = ["vllm", "sglang", "triton", "tgi", "dcgm", "gpud", "node", "ray"];

    private static readonly string Folder =
        Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Roles.Tests", "Collector", "Pages");

    private readonly List<FakeExporter> _exporters = [];
    private readonly string _file = Path.GetTempFileName();
    private CollectorRig _rig = null!;
    private List<JsonNode> _values = [];

    [OneTimeSetUp]
    public async Task Scrape()
    {
        var jobs = new List<string>();
        foreach (var job in Exporters)
        {
            var page = await File.ReadAllTextAsync(Path.Combine(Folder, job + ".prom"));
            var times = 0;
            var exporter = await FakeExporter.Start(http =>
            {
                var number = Interlocked.Increment(ref times);
                http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                return http.Response.WriteAsync(Total().Replace(page, match =>
                    (number * long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture)));
            });
            _exporters.Add(exporter);
            var targets = $"[{{targets: ['{exporter.Target}'], labels: {{instance: {job}-0}}}}]";
            jobs.Add($"  - {{job_name: {job}, scrape_interval: 1s, static_configs: {targets}}}");
        }

        await File.WriteAllTextAsync(_file, "scrape_configs:\n" + string.Join('\n', jobs));
        _rig = new CollectorRig(("Collector:ConfigFile", _file)).Start();
        await Eventually.True(() =>
        {
            _values = [.. _rig.Values().Select(value => JsonNode.Parse(value)!)];
            return Exporters.All(job => _values.Count(value => Job(value) == job && value["metrics"]?["up"] is not null) >= 3);
        }, "each is scraped three times");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _rig?.Dispose();
        foreach (var exporter in _exporters) await exporter.DisposeAsync();
        File.Delete(_file);
    }

    [TestCase("vllm", "qwen", "infer.errors infer.finished infer.kv_usage infer.queue_depth infer.running infer.tokens_in infer.truncated "
        + "infer.ttft_s_count_per_second infer.ttft_s_mean infer.ttft_s_p50 infer.ttft_s_p90 infer.ttft_s_p99")]
    [TestCase("vllm", "vllm", "up")]
    [TestCase("sglang", "qwen", "infer.e2e_s_count_per_second infer.e2e_s_mean infer.e2e_s_p50 infer.e2e_s_p90 infer.e2e_s_p99 "
        + "infer.kv_usage infer.queue_depth infer.running infer.tokens_out sglang:gen_throughput")]
    [TestCase("triton", "resnet", "infer.errors infer.finished infer.kv_usage infer.queue_depth infer.queue_time "
        + "nv_trt_llm_kv_cache_block_metrics")]
    [TestCase("triton", "triton", "gpu.util up")]
    [TestCase("tgi", "tgi", "infer.e2e_s_count_per_second infer.e2e_s_mean infer.e2e_s_p50 infer.e2e_s_p90 infer.e2e_s_p99 infer.errors "
        + "infer.finished infer.queue_depth infer.running up")]
    [TestCase("dcgm", "dcgm", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION_per_second gpu.power_w gpu.temp_c gpu.tensor_active gpu.xid up")]
    [TestCase("gpud", "gpud", "accelerator_nvidia_nvlink_crc_errors_per_second gpu.ecc_uncorr gpu.mem_used gpu.power_w gpu.temp_c "
        + "gpu.throttled gpu.util gpu.xid_count host.disk_pct host.zombies net.link_down up")]
    [TestCase("node", "node", "host.blocked node_infiniband_port_data_received_bytes_per_second node_load1 node_memory_MemAvailable_bytes "
        + "node_network_receive_bytes_per_second up")]
    [TestCase("ray", "LLM", "infer.e2e_s_count_per_second infer.e2e_s_mean infer.e2e_s_p50 infer.e2e_s_p90 infer.e2e_s_p99 "
        + "infer.finished infer.queue_depth infer.running")]
    [TestCase("ray", "ray", "gpu.util up")]
    public void Page_OfAnExporter_BecomesTheseMetricsOfTheModel(string job, string model, string metrics)
    {
        var found = _values.Where(value => Job(value) == job && (string?)value["model"] == model)
            .SelectMany(value => value["metrics"]?.AsObject().Select(metric => metric.Key) ?? []).Distinct().Order(StringComparer.Ordinal);

        Assert.That(string.Join(' ', found), Is.EqualTo(metrics));
    }

    [TestCase("gpud", "gpu.power_w", 350)]
    [TestCase("gpud", "gpu.mem_used", 61035.15625)]
    [TestCase("triton", "gpu.util", 50)]
    [TestCase("dcgm", "gpu.power_w", 512.3)]
    [TestCase("sglang", "infer.kv_usage", 0.61)]
    [TestCase("ray", "infer.e2e_s_mean", 0.05)]
    public void Value_OfAnExporter_IsInTheCanonicalUnit(string job, string metric, double value) =>
        Assert.That(_values.First(one => Job(one) == job && one["metrics"]?[metric] is not null)["metrics"]![metric]!.GetValue<double>(),
            Is.EqualTo(value).Within(1e-6 * value));

    // What changes with each start of something would make every series another one.
    [TestCase("dcgm", "Hostname UUID gpu instance modelName")]
    [TestCase("gpud", "device_port instance mount_point uuid xid")]
    [TestCase("ray", "GpuDeviceName GpuIndex application instance job replica route")]
    public void Labels_OfAnExporter_AreThese(string job, string labels) =>
        Assert.That(string.Join(' ', _values.Where(value => Job(value) == job).SelectMany(value => value["labels"]!.AsObject())
            .Select(label => label.Key).Except(["collector", "source"]).Distinct().Order(StringComparer.Ordinal)), Is.EqualTo(labels));

    private static string? Job(JsonNode value) => ((string?)value["labels"]?["instance"])?.Split('-')[0];

    [GeneratedRegex("(?<= )@(\\d+)")]
    private static partial Regex Total();
}
