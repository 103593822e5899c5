using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using LeptonStream.Cli.Demo;
using LeptonStream.Collector.Edge;
using LeptonStream.Kafka;
using LeptonStream.Telemetry;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Product.Tests.Telemetry;

/// <summary>docs/metrics.md lists exactly what a running installation exports, in the words of the export itself.</summary>
public sealed partial class MetricsPageTests
{
    private readonly ConcurrentBag<Instrument> _instruments = [];
    private string _scraped = "";

    [Test]
    public async Task Page_OfMetrics_IsWhatTheRunningRolesExport()
    {
        using var listener = new MeterListener { InstrumentPublished = Note };
        listener.Start();
        await using var stage = await DemoStage.Set(new() { Story = new() }, TimeProvider.System, default);
        using var http = new HttpClient { BaseAddress = stage.Dashboard };
        var spool = Directory.CreateTempSubdirectory("lepton-edge-").FullName;
        using var edge = EdgeOf(stage, spool);
        await edge.StartAsync();
        using var probe = new TopicProbe(stage.Cluster.Kafka);
        var topics = TopicNames.Of(stage.Cluster.Kafka);

        // Lag is told from the first batch on: here is one for the detector, and its alert is one for the notifier.
        probe.Produce(topics.Metrics, 0, MetricStream.Of("llama", 250, i => i is >= 200 and < 210 ? 900 : null));
        await Eventually.True(() => AllAreThere(http).Result, "every instrument exported", TimeSpan.FromSeconds(60));

        await edge.StopAsync();
        Directory.Delete(spool, recursive: true);
        var exported = Exported(_scraped);
        Assert.That(exported, Has.Count.GreaterThan(20));
        Assert.That(Rows(), Is.EqualTo(exported), $"docs/metrics.md should read:\n{string.Join('\n', exported)}\n");
    }

    // The demo has none, and an edge has all metrics of a collector; the exporter takes the meters of the whole process.
    private static IHost EdgeOf(DemoStage stage, string spool)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
        [
            new("Kafka:BootstrapServers", stage.Cluster.Kafka.BootstrapServers), new("Collector:HttpUrl", ""),
            new("Edge:SpoolPath", spool),
        ]);
        builder.Services.AddEdge(builder.Configuration);
        return builder.Build();
    }

    [TestCase("dotnet_gc_collections_total")]
    [TestCase("kestrel_active_connections")]
    public async Task Metrics_OfTheLibraries_AreExportedToo(string name)
    {
        await using var stage = await DemoStage.Set(new() { Story = new() }, TimeProvider.System, default);
        using var http = new HttpClient { BaseAddress = stage.Dashboard };

        await Eventually.True(() => http.GetStringAsync("metrics").Result.Contains(name, StringComparison.Ordinal), name);
    }

    private void Note(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == LeptonTelemetry.Name) _instruments.Add(instrument);
    }

    private async Task<bool> AllAreThere(HttpClient http)
    {
        foreach (var instrument in _instruments) Touch(instrument);
        _scraped = await http.GetStringAsync("metrics");
        return Exported(_scraped).Count >= _instruments.Select(instrument => instrument.Name).Distinct().Count();
    }

    // A counter is exported from its first count on.
    private static void Touch(Instrument instrument)
    {
        switch (instrument)
        {
            case Counter<long> counter: counter.Add(0); break;
            case UpDownCounter<int> counter: counter.Add(0); break;
            case Histogram<double> histogram: histogram.Record(0); break;
            case { IsObservable: true }: break;
            default: throw new AssertionException($"{instrument.Name}: teach this test about {instrument.GetType()}");
        }
    }

    private static List<string> Exported(string text)
    {
        var help = Help().Matches(text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        return [.. Kind().Matches(text)
            .Select(match => string.Create(CultureInfo.InvariantCulture,
                $"| `{match.Groups[1].Value}` | {match.Groups[2].Value} | {help.GetValueOrDefault(match.Groups[1].Value)} |"))
            .Order(StringComparer.Ordinal)];
    }

    private static List<string> Rows() =>
        [.. File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "metrics.md"))
            .Where(line => line.StartsWith("| `leptonstream_", StringComparison.Ordinal))];

    [GeneratedRegex("^# HELP (leptonstream_[a-z_]+) (.*)$", RegexOptions.Multiline)]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE (leptonstream_[a-z_]+) ([a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Kind();
}
