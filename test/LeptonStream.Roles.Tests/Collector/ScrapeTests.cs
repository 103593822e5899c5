using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Scrape;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Roles.Tests.Collector;

[Parallelizable]
public sealed partial class ScrapeTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCase("README.md")]
    [TestCase("README.zh-CN.md")]
    public async Task Readme_FiveLines_GetVllmAndDcgmMetricsIn(string readme)
    {
        await using var vllm = await FakeExporter.Start(FakeExporter.Vllm);
        await using var dcgm = await FakeExporter.Start(FakeExporter.Dcgm);
        var yaml = Block().Match(await File.ReadAllTextAsync(Path.Combine(SharedFolder.RepositoryRoot, readme))).Groups[1].Value;
        Assert.That(yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(5));
        // The addresses are those of the test, and it does not wait a quarter of a minute.
        yaml = Targets().Replace(yaml, match => match.Value.Contains("vllm", StringComparison.Ordinal) ? $"[\"{vllm.Target}\"]"
            : $"[\"{dcgm.Target}\"]").Replace("    static", "    scrape_interval: 1s\n    static");
        using var rig = Rig(yaml);

        await Eventually.True(() => Keys(rig).IsSupersetOf(["llama-70b", "gpu-fleet"]), "both are there");
        var values = rig.Values().Select(value => JsonNode.Parse(value)!).ToList();
        Assert.That(Metric(values, "llama-70b", "infer.running"), Is.EqualTo(3));
        Assert.That(Metric(values, "gpu-fleet", "gpu.xid"), Is.EqualTo(79));
        Assert.That(values.Any(value => value["metrics"]?["up"]?.GetValue<double>() == 1), Is.True);
    }

    [Test]
    public async Task Target_ThatFailsInEachWay_IsDownAndTheOthersAreNot()
    {
        await using var good = await FakeExporter.Start("x 1\n");
        await using var moved = await FakeExporter.Start(http =>
        {
            http.Response.Redirect($"http://{good.Target}/metrics");
            return Task.CompletedTask;
        });
        await using var slow = await FakeExporter.Start(http => Task.Delay(5_000, http.RequestAborted));
        await using var large = await FakeExporter.Start(http => http.Response.WriteAsync(new string('#', 100_000)));
        // A job each: where most of one fail together it is the job that is lost, and its targets say nothing.
        string[] targets = [good.Target, moved.Target, slow.Target, large.Target, "127.0.0.1:1", "169.254.169.254:80"];
        using var rig = Rig("scrape_configs:\n" + string.Concat(targets.Select((target, i) => $$"""
              - job_name: j{{i}}
                scrape_interval: 1s
                scrape_timeout: 500ms
                body_size_limit: 50000
                static_configs: [{targets: ['{{target}}']}]

            """)));

        await Eventually.True(() => Ups(rig).Count == 6, "all six are judged");
        var ups = Ups(rig);
        Assert.That(ups[good.Target], Is.EqualTo(1));
        Assert.That(ups.Where(up => up.Key != good.Target).Select(up => up.Value), Is.All.Zero);
        Assert.That(rig.Values().Count(value => value.Contains("\"x\":1", StringComparison.Ordinal)), Is.Positive);
    }

    [Test]
    public async Task FileDiscovery_TargetsComeAndGo()
    {
        await using var first = await FakeExporter.Start("x 1\n");
        await using var second = await FakeExporter.Start("x 2\n");
        var file = Path.Combine(_folder, "targets.json");
        await File.WriteAllTextAsync(file, $$$"""[{"targets": ["{{{first.Target}}}"], "labels": {"zone": "a"}}]""");
        var jobs = CollectorFile.Parse($$"""
            scrape_configs:
              - job_name: j
                file_sd_configs: [{files: ['{{_folder}}/*.json']}]
            """, "c.yaml", out var errors)!.Scrapes;
        Assert.That(errors, Is.Empty);
        using var pods = new PodDiscovery();
        var discovery = new TargetDiscovery(pods);

        var before = await discovery.Find(jobs, default);
        await File.WriteAllTextAsync(file, $$"""[{"targets": ["{{second.Target}}"]}]""");
        var after = await discovery.Find(jobs, default);
        await File.WriteAllTextAsync(file, "[{targets: [");
        var damaged = await discovery.Find(jobs, default);

        Assert.That(before.Single().Labels.ToString(), Does.Contain("zone=\"a\""));
        Assert.That(before.Single().Url, Is.EqualTo(new Uri($"http://{first.Target}/metrics")));
        Assert.That(after.Single().Url.Authority, Is.EqualTo(second.Target));
        Assert.That(damaged.Select(target => target.Url), Is.EqualTo(after.Select(target => target.Url)));
        Assert.That((discovery.Troubles.Counts["files"], discovery.Troubles.Words), Is.EqualTo((1, discovery.Troubles.Words)));
        Assert.That(discovery.Troubles.Words, Does.Contain("targets.json"));
    }

    [Test]
    public async Task Target_ThatLeavesItsFile_EndsItsSeriesAndItsReplacementOnOtherSettingsDoesNot()
    {
        await using var first = await FakeExporter.Start("x 1\n");
        await using var second = await FakeExporter.Start("x 2\n");
        var targets = Path.Combine(_folder, "leaving.yaml");
        await File.WriteAllTextAsync(targets, $"- targets: ['{first.Target}', '{second.Target}']\n");
        var file = Path.Combine(_folder, "c-leaving.yaml");
        var job = $"scrape_configs: [{{job_name: j, scrape_interval: 1s, file_sd_configs: [{{files: ['{targets}']}}]}}]";
        await File.WriteAllTextAsync(file, job);
        using var rig = new CollectorRig(("Collector:ConfigFile", file)).Start();
        await Eventually.True(() => Ups(rig).Count == 2, "both are scraped");

        await File.WriteAllTextAsync(file, job.Replace("interval: 1s", "interval: 2s", StringComparison.Ordinal));
        await rig.Reload();
        await Eventually.True(() => rig.Values().Count > 8, "they go on under other settings");
        Assert.That(Ends(rig), Is.Empty);
        await File.WriteAllTextAsync(targets, $"- targets: ['{second.Target}']\n");

        await Eventually.True(() => Ends(rig).Count > 0, "the target that left has ended");
        Assert.That(Ends(rig), Is.EquivalentTo(new[] { $"{first.Target} up,x" }));
    }

    [Test]
    public async Task Target_ThatFails_EndsTheSeriesOfItsPageAndNotItsUp()
    {
        var isUp = true;
        await using var exporter = await FakeExporter.Start(http =>
        {
            if (!isUp) http.Response.StatusCode = 503;
            return http.Response.WriteAsync("x 1\ny 2\n");
        });
        using var rig = Rig(
            $"scrape_configs: [{{job_name: j, scrape_interval: 1s, static_configs: [{{targets: ['{exporter.Target}']}}]}}]");
        await Eventually.True(() => Ups(rig).Count == 1, "it is scraped");
        isUp = false;

        await Eventually.True(() => Ends(rig).Count > 0, "its series end");
        Assert.That(Ends(rig), Is.EquivalentTo(new[] { $"{exporter.Target} x,y" }));
        Assert.That(Ups(rig).Values, Is.All.Zero);
    }

    [TestCase("", "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8,"
        + "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,*/*;q=0.1")]
    [TestCase("scrape_protocols: [PrometheusProto, PrometheusText0.0.4],", "application/vnd.google.protobuf;"
        + "proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9,text/plain;version=0.0.4;q=0.8,*/*;q=0.1")]
    public async Task Page_InProtobuf_IsAskedForAndRead(string setting, string expected)
    {
        var accept = "";
        await using var exporter = await FakeExporter.Start(async http =>
        {
            accept = http.Request.Headers.Accept.ToString();
            http.Response.ContentType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
            await http.Response.Body.WriteAsync(Formats.PrometheusProtoTests.Page);
        });
        using var rig = Rig(
            $"scrape_configs: [{{job_name: j, scrape_interval: 1s, {setting} static_configs: [{{targets: ['{exporter.Target}']}}]}}]");

        await Eventually.True(() => rig.Values().Exists(value => value.Contains("\"temperature\":21.5", StringComparison.Ordinal)), "read");
        Assert.That(accept, Is.EqualTo(expected));
        Assert.That(Ups(rig).Values, Is.All.EqualTo(1));
    }

    [Test]
    public void Offsets_OfManyTargets_AreSpreadOverTheInterval()
    {
        var job = new ScrapeJob { Name = "j", Interval = TimeSpan.FromSeconds(10) };
        var offsets = Enumerable.Range(0, 1_000).Select(i => ScrapeTarget.Of(job, [], $"node-{i}:9400")!.Offset.TotalSeconds).ToList();

        Assert.That(offsets, Is.All.InRange(0, 10));
        for (var second = 0; second < 10; second++)
            Assert.That(offsets.Count(offset => (int)offset == second), Is.InRange(60, 140), $"second {second}");
    }

    [TestCase("scrape_configs: [{job_name: a, static_configs: [{targets: ['http://a:1']}]}]", "write host:port")]
    [TestCase("scrape_configs: [{job_name: a}, {job_name: a}]", "stands here twice")]
    [TestCase("scrape_configs: [{job_name: a, scrape_interval: 5s, scrape_timeout: 10s}]", "longer than scrape_interval")]
    [TestCase("scrape_configs: [{job_name: a, scheme: ftp}]", "scheme")]
    [TestCase("scrape_configs: [{job_name: a, intervall: 5s}]", "intervall")]
    [TestCase("scrape_configs: [{job_name: a, scrape_protocols: [Xml]}]", "scrape_protocols")]
    [TestCase("topics: [{name: a, format: xml}]", "format")]
    [TestCase("topics: [{name: a, start: middle}]", "start")]
    public void File_WithAMistake_IsRefusedWithItsLine(string yaml, string words)
    {
        Assert.That(CollectorFile.Parse(yaml, "c.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.StartsWith("c.yaml:1").And.Some.Contains(words));
    }

    private CollectorRig Rig(string yaml)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, yaml);
        return new CollectorRig(("Collector:ConfigFile", file)).Start();
    }

    private static HashSet<string> Keys(CollectorRig rig) =>
        [.. rig.Probe.Read(rig.Topics.Metrics).Select(record => Encoding.UTF8.GetString(record.Message.Key!))];

    private static Dictionary<string, double> Ups(CollectorRig rig)
    {
        var ups = new Dictionary<string, double>();
        foreach (var value in rig.Values().Select(value => JsonNode.Parse(value)!))
            if (value["metrics"]?["up"] is { } up) ups[value["labels"]!["instance"]!.GetValue<string>()] = up.GetValue<double>();
        return ups;
    }

    // Who ended which metrics.
    private static List<string> Ends(CollectorRig rig) => [.. rig.Values().Select(value => JsonNode.Parse(value)!)
        .Where(value => value["ended"] is not null).Select(value => $"{value["labels"]!["instance"]} "
            + string.Join(',', value["ended"]!.AsArray().Select(name => name!.GetValue<string>()).Order()))];

    private static double? Metric(IEnumerable<JsonNode> values, string model, string metric) => values
        .Where(value => value["model"]!.GetValue<string>() == model).Select(value => value["metrics"]?[metric]?.GetValue<double>())
        .FirstOrDefault(value => value is not null);

    [GeneratedRegex("```yaml\\n(scrape_configs:.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<=targets: )\[[^\]]*\]")]
    private static partial Regex Targets();
}
