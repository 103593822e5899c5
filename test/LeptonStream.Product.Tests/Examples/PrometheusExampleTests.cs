using System.Text;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Examples;

/// <summary>The script of docs/sending.md makes records that the detector takes, of metrics that presets know.</summary>
public sealed class PrometheusExampleTests
{
    private const string Vllm =
        """
        # HELP vllm:kv_cache_usage_perc Share of the cache in use.
        # TYPE vllm:kv_cache_usage_perc gauge
        vllm:kv_cache_usage_perc{engine="0",model_name="llama-70b"} 0.3125
        vllm:generation_tokens_total{engine="0",model_name="llama-70b"} 1.8273645e+07
        vllm:generation_tokens_created{engine="0",model_name="llama-70b"} 1.7953e+09
        vllm:request_success_total{engine="0",finished_reason="abort",model_name="llama-70b"} 3.0
        vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="llama-70b"} 9024.0
        vllm:time_to_first_token_seconds_sum{engine="0",model_name="llama-70b"} NaN
        process_cpu_seconds_total 12.5
        """;

    private const string Dcgm =
        """
        DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-1",Hostname="node-7",pod="a \"quoted\" name"} 61 1795341600000
        DCGM_FI_DEV_GPU_TEMP{gpu="1",UUID="GPU-2",Hostname="node-7",pod="b"} 62 1795341600000
        DCGM_FI_DEV_XID_ERRORS{gpu="1",UUID="GPU-2",Hostname="node-7",pod="b",err_code="79"} 79 1795341600000
        """;

    // A producer whose queue is full at first, and that is interrupted or unheard as the test asks.
    private const string Confluent =
        """
        import os, signal

        class Producer:
            def __init__(self, settings):
                self.refusals, self.waiting = 3, []

            def produce(self, topic, key, value, on_delivery):
                if self.refusals > 0:
                    self.refusals -= 1
                    raise BufferError("Local: Queue full")
                self.waiting.append(key)

            def poll(self, timeout):
                if os.environ.get("INTERRUPT") and self.waiting:
                    os.kill(os.getpid(), getattr(signal, os.environ["INTERRUPT"]))

            def flush(self, timeout):
                if os.environ.get("UNHEARD"):
                    return len(self.waiting)
                print("flushed", *self.waiting)
                return 0
        """;

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-example-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Script_OnVllm_GathersTheMetricsOfALabelSet()
    {
        var lines = await Run(Vllm, "--match", "vllm:", "--model-label", "model_name", "--label", "instance=vllm-0");

        Assert.That(lines.Select(line => line.Key), Is.EqualTo(new[] { "llama-70b", "llama-70b" }));
        Assert.That(lines[0].Metrics, Is.EqualTo(
            new[] { "vllm:kv_cache_usage_perc", "vllm:generation_tokens_total", "vllm:time_to_first_token_seconds_sum" }));
        Assert.That(lines[1].Metrics, Is.EqualTo(new[] { "vllm:request_success_total" }));
        Assert.That(lines[0].Labels, Is.EqualTo("engine=0 instance=vllm-0"));
    }

    [Test]
    public async Task Script_OnDcgm_DropsLabelsThatChange()
    {
        var lines = await Run(Dcgm, "--model", "gpu-fleet", "--drop", "UUID", "--drop", "pod", "--drop", "err_code");

        Assert.That(lines.Select(line => line.Labels), Is.EqualTo(new[] { "Hostname=node-7 gpu=0", "Hostname=node-7 gpu=1" }));
        Assert.That(lines[1].Metrics, Is.EqualTo(new[] { "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_XID_ERRORS" }));
        Assert.That(lines[0].Time, Is.EqualTo(1795341600000));
    }

    [Test]
    public async Task Script_WithoutAModel_SaysHowToNameIt()
    {
        var result = await Python("--url", "file:///none", "--once");

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("--model or --model-label"));
    }

    [Test]
    public async Task Script_WithUp_SaysWhetherTheAddressAnswered()
    {
        var page = Path.Combine(_folder, "metrics");
        await File.WriteAllTextAsync(page, Vllm);
        var answered = await Python("--url", $"file://{page}", "--model", "llama-70b", "--label", "instance=vllm-0", "--up", "--once");
        var result = await Python("--url", "http://127.0.0.1:1/metrics", "--model", "llama-70b", "--up", "--once");

        Assert.That(answered.ExitCode, Is.Zero, answered.Everything);
        Assert.That(answered.Output.TrimEnd().Split('\n')[^1], Does.StartWith("llama-70b|").And.EndWith(
            "\"labels\": {\"instance\": \"vllm-0\"}, \"metrics\": {\"up\": 1}}"));
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.StartWith("llama-70b|").And.Contain("\"instance\": \"127.0.0.1:1\"").And.Contain("\"up\": 0"));
    }

    [Test]
    public async Task Script_QueueOfTheProducerIsFull_WaitsAndSendsEverything()
    {
        var result = await Send("NOTHING", "", "--once");

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output, Is.EqualTo("flushed gpu-fleet gpu-fleet gpu-fleet\n"));
    }

    [TestCase("SIGINT", 130)]
    [TestCase("SIGTERM", 143)]
    public async Task Script_Stopped_SendsWhatItHoldsAndSaysByWhichSignal(string stopped, int code)
    {
        if (stopped == "SIGINT") LeptonProcess.NeedsCtrlC();
        var result = await Send("INTERRUPT", stopped);

        Assert.That(result.ExitCode, Is.EqualTo(code), result.Everything);
        Assert.That(result.Output, Does.StartWith("flushed gpu-fleet"));
        Assert.That(result.Error, Is.Empty);
    }

    [Test]
    public async Task Script_RecordsAreNotAcknowledged_SaysSoAndFails()
    {
        var result = await Send("UNHEARD", "1", "--once");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.Everything);
        Assert.That(result.Error, Does.Contain("lepton.metrics: 3 records were not acknowledged"));
    }

    private async Task<ProgramResult> Send(string variable, string value, params string[] options)
    {
        var file = Path.Combine(_folder, "metrics");
        await File.WriteAllTextAsync(file, Dcgm + "\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "confluent_kafka.py"), Confluent);
        return await Python(new Dictionary<string, string> { ["PYTHONPATH"] = _folder, [variable] = value },
            ["--url", $"file://{file}", "--model", "gpu-fleet", "--bootstrap-servers", "kafka:9092", .. options]);
    }

    private async Task<List<Line>> Run(string page, params string[] options)
    {
        var file = Path.Combine(_folder, "metrics");
        await File.WriteAllTextAsync(file, page + "\n");
        var result = await Python(["--url", $"file://{file}", "--once", .. options]);
        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        return [.. result.Output.TrimEnd().Split('\n').Select(Read)];
    }

    private static Task<ProgramResult> Python(params string[] arguments) => Python(new Dictionary<string, string>(), arguments);

    private static Task<ProgramResult> Python(Dictionary<string, string> environment, string[] arguments)
    {
        Requires.Component(ExternalProgram.Exists("python3"), "python3 is not on the path");
        return ExternalProgram.Run("python3",
            [Path.Combine(SharedFolder.RepositoryRoot, "examples", "prometheus_to_lepton.py"), .. arguments], environment);
    }

    private static Line Read(string line)
    {
        var split = line.IndexOf('|', StringComparison.Ordinal);
        var batch = new SampleBatch();
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        var reason = new NativeJsonFormat(FormatLimits.Default)
            .Read(Encoding.UTF8.GetBytes(line[(split + 1)..]), now, batch, out var detail);
        Assert.That(reason, Is.EqualTo(RejectReason.None), detail);

        var entity = batch.Entities[0];
        var keys = batch.MetricsOf(entity).ToArray().Select(metric => batch.KeyOf(batch.Entities[0], metric)).ToArray();
        Assert.That(keys.Where(key => PresetCatalog.Default.Find(key.Metric, key.Labels) is null), Is.Empty,
            "metrics that no preset knows");
        return new(line[..split], entity.Time.ToDateTimeOffset().ToUnixTimeMilliseconds(), [.. keys.Select(key => key.Metric)],
            string.Join(' ', keys[0].Labels.Select(label => $"{label.Key}={label.Value}")));
    }

    private sealed record Line(string Key, long Time, string[] Metrics, string Labels);
}
