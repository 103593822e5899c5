using System.Text;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using NUnit.Framework;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>GPUs under the names of Telegraf's nvidia_smi and of OpenTelemetry's conventions: the same metrics as DCGM's.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GpuSourceTests
{
    private readonly FormatCatalog _formats = new();
    private long _received = Begin + 3_600_000_000_000;

    private readonly PointMapper _mapper = new(CollectorConfig.Default);

    [Test]
    public void Map_LinesOfNvidiaSmi_GiveCanonicalMetricsOfOneEntityWhateverTheLoad()
    {
        Map("influx", Line("P0", 40));
        Map("influx", Line("P2", 45));
        var samples = Map("influx", Line("P2", 50));

        const string Entity = "fleet{host=\"node-7\",index=\"0\",name=\"NVIDIA H100\",uuid=\"GPU-1\"}";
        Assert.That(samples, Is.SupersetOf(new[]
        {
            $"{Entity} gpu.temp_c 61", $"{Entity} gpu.mem_temp_c 70", $"{Entity} gpu.util 97", $"{Entity} gpu.mem_util 50",
            $"{Entity} gpu.mem_used 70123", $"{Entity} gpu.mem_free 10877", $"{Entity} gpu.power_w 512.25",
            $"{Entity} gpu.sm_clock_mhz 1980", $"{Entity} gpu.ecc_corr 0.5", $"{Entity} gpu.ecc_uncorr 1",
            $"{Entity} nvidia_smi_clocks_event_reasons_counters_sw_power_cap_per_second 1000",
        }));
        foreach (var constant in (string[])["memory_total", "power_limit", "threshold"])
            Assert.That(samples, Has.None.Contains(constant));

        static string Line(string state, int i) =>
            $"nvidia_smi,compute_mode=Default,host=node-7,index=0,model=fleet,name=NVIDIA\\ H100,pstate={state},uuid=GPU-1 "
            + $"temperature_gpu=61i,temperature_memory=70i,utilization_gpu=97i,utilization_memory={i}i,"
            + "memory_used=70123i,memory_free=10877i,memory_total=81559i,power_draw=512.25,power_limit=700,"
            + "temperature_slow_threshold=90i,clocks_current_sm=1980i,"
            + $"ecc_errors_volatile_dram_correctable={i}i,ecc_errors_volatile_dram_uncorrectable=1i,driver_version=\"550.54\","
            + $"clocks_event_reasons_counters_sw_power_cap={i * 2000}i {(Begin / 1_000_000_000) + (i * 2)}000000000\n";
    }

    [Test]
    public void Map_NvidiaSmiProcesses_AreLeftOut() => Assert.That(
        Map("influx", $"nvidia_smi_process,model=fleet,name=python,type=C pid=4711i,used_memory=512i {Begin}\n"), Is.Empty);

    [TestCase("hw.gpu.utilization", "1", "\"hw.gpu.task\":\"general\"", 0.97, "gpu.util 97")]
    [TestCase("hw.gpu.utilization", "1", "", 0.97, "gpu.util 97")]
    [TestCase("hw.gpu.utilization", "1", "\"hw.gpu.task\":\"encoder\"", 0.25, "gpu.enc_util 25")]
    [TestCase("hw.gpu.utilization", "1", "\"hw.gpu.task\":\"decoder\"", 0.25, "gpu.dec_util 25")]
    [TestCase("hw_gpu_utilization_ratio", "", "\"hw_gpu_task\":\"decoder\",\"hw_type\":\"gpu\"", 0.25, "gpu.dec_util 25")]
    [TestCase("hw.gpu.memory.utilization", "1", "", 0.5, "gpu.mem_used_frac 0.5")]
    [TestCase("hw.gpu.memory.usage", "By", "", 1073741824, "gpu.mem_used 1024")]
    [TestCase("hw_gpu_memory_usage_bytes", "", "\"hw_type\":\"gpu\"", 1073741824, "gpu.mem_used 1024")]
    [TestCase("hw.temperature", "Cel", "\"hw.type\":\"gpu\"", 61, "gpu.temp_c 61")]
    [TestCase("hw_temperature_celsius", "", "\"hw_type\":\"gpu\"", 61, "gpu.temp_c 61")]
    [TestCase("hw.power", "W", "\"hw.type\":\"gpu\"", 512.5, "gpu.power_w 512.5")]
    [TestCase("hw.gpu.power.draw", "W", "", 512.5, "gpu.power_w 512.5")]
    [TestCase("hw.gpu.clock.graphics", "MHz", "", 1980, "gpu.sm_clock_mhz 1980")]
    public void Map_AGaugeOfTheConventions_GivesTheCanonicalMetric(string name, string unit, string attributes, double value, string sample)
    {
        var samples = Map("otlp_json", Otlp(name, unit, attributes, "\"gauge\":{\"dataPoints\":[POINT]}", value, 0));
        Assert.That(samples, Is.EqualTo(new[] { $"fleet{{hw.id=\"GPU-1\"}} {sample}" }), "the type and the task are no labels");
    }

    [TestCase("hw.energy", "J", "\"hw.type\":\"gpu\"", 5120, "gpu.energy 512000")]
    [TestCase("hw.gpu.energy.consumed", "J", "", 5120, "gpu.energy 512000")]
    [TestCase("hw.gpu.io", "By", "\"hw.gpu.io.direction\":\"receive\"", 1000, "gpu.pcie_bytes 100")]
    [TestCase("hw.errors", "{error}", "\"hw.type\":\"gpu\",\"error.type\":\"corrected\"", 10, "gpu.ecc_corr 1")]
    public void Map_ATotalOfTheConventions_GivesTheCanonicalRate(string name, string unit, string attributes, double value, string sample)
    {
        const string Sum = "\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":[POINT]}";
        Map("otlp_json", Otlp(name, unit, attributes, Sum, value, 0));
        Assert.That(Map("otlp_json", Otlp(name, unit, attributes, Sum, 2 * value, 10)).Single(), Does.EndWith($"}} {sample}"));
    }

    [Test]
    public void Map_UncorrectedErrors_StayACode()
    {
        const string Sum = "\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":[POINT]}";
        var payload = Otlp("hw.errors", "{error}", "\"hw.type\":\"gpu\",\"error.type\":\"uncorrected\"", Sum, 2, 0);
        Assert.That(Map("otlp_json", payload), Is.EqualTo(new[] { "fleet{hw.id=\"GPU-1\"} gpu.ecc_uncorr 2" }));
    }

    [TestCase("hw.temperature", "\"hw.type\":\"cpu\"", "hw.temperature 61")]
    [TestCase("hw.gpu.utilization", "\"hw.gpu.task\":\"copy\"", "hw.gpu.utilization 61")]
    public void Map_OtherHardwareOrTasks_KeepTheirNames(string name, string attributes, string sample) => Assert.That(
        Map("otlp_json", Otlp(name, "", attributes, "\"gauge\":{\"dataPoints\":[POINT]}", 61, 0)).Single(), Does.EndWith($"}} {sample}"));

    private string[] Map(string format, string payload)
    {
        var points = new PointBatch();
        Assert.That(_formats.ByName(format)!.Read(Encoding.UTF8.GetBytes(payload), points, FormatLimits.Default),
            Is.EqualTo(FormatOutcome.Taken));
        var mapped = new MappedBatch(1000);
        _mapper.Map(points, new SourceContext("test"), _received += 10_000_000_000, mapped);
        return SamplesOf(mapped);
    }

    private static string Otlp(string name, string unit, string attributes, string data, double value, int seconds)
    {
        var all = string.Join(',', $"\"hw.id\":\"GPU-1\",{attributes}".Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
            pair.Split(':', 2) is [var key, var text] ? $"{{\"key\":{key},\"value\":{{\"stringValue\":{text}}}}}" : ""));
        var point = FormattableString.Invariant(
            $"{{\"timeUnixNano\":\"{At(seconds)}\",\"startTimeUnixNano\":\"{Begin - 1}\",\"asDouble\":{value},\"attributes\":[{all}]}}");
        return "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"fleet\"}}]},"
            + "\"scopeMetrics\":[{\"metrics\":[{" + $"\"name\":\"{name}\",\"unit\":\"{unit}\"," + data.Replace("POINT", point) + "}]}]}]}";
    }
}
