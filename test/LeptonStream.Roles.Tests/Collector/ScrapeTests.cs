using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Scrape;

namespace LeptonStream.Roles.Tests.Collector;

[Parallelizable]
public sealed class ScrapeTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task FileDiscovery_TargetsComeAndGo()
    {
        var (first, second) = ("node-1:9400", "node-2:9400");
        var file = Path.Combine(_folder, "targets.json");
        await File.WriteAllTextAsync(file, $$$"""[{"targets": ["{{{first}}}"], "labels": {"zone": "a"}}]""");
        var jobs = CollectorFile.Parse($$"""
            scrape_configs:
              - job_name: j
                file_sd_configs: [{files: ['{{_folder}}/*.json']}]
            """, "c.yaml", out var errors)!.Scrapes;
        Assert.That(errors, Is.Empty);
        using var discovery = new TargetDiscovery(Microsoft.Extensions.Logging.Abstractions.NullLogger<TargetDiscovery>.Instance);

        var before = await discovery.Find(jobs, default);
        await File.WriteAllTextAsync(file, $$"""[{"targets": ["{{second}}"]}]""");
        var after = await discovery.Find(jobs, default);
        await File.WriteAllTextAsync(file, "[{targets: [");
        var damaged = await discovery.Find(jobs, default);

        Assert.That(before.Single().Labels.ToString(), Does.Contain("zone=\"a\""));
        Assert.That(before.Single().Url, Is.EqualTo(new Uri($"http://{first}/metrics")));
        Assert.That(after.Single().Url.Authority, Is.EqualTo(second));
        Assert.That(damaged.Select(target => target.Url), Is.EqualTo(after.Select(target => target.Url)));
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
    [TestCase("topics: [{name: a, format: xml}]", "format")]
    [TestCase("topics: [{name: a, start: middle}]", "start")]
    public void File_WithAMistake_IsRefusedWithItsLine(string yaml, string words)
    {
        Assert.That(CollectorFile.Parse(yaml, "c.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.StartsWith("c.yaml:1").And.Some.Contains(words));
    }
}
