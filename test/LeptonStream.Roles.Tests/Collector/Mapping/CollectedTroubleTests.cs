using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>
/// Cases of trouble as payloads of real programs: what must be alerted on, and what must not, is the same behind the collector as without
/// one.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class CollectedTroubleTests
{
    private static IEnumerable<string> Formats => TroublePayloads.Formats;

    // Thirty days with a restart every two or three: from the first on the detector judges a rate, which follows the day.
    [Test]
    public void ATotalThatIsCalledAGauge_IsTakenAsATotalAtItsFirstRestart([ValueSource(nameof(Formats))] string format)
    {
        var partition = Collect("13-total-as-gauge", format);
        Assert.That(partition.Judged[^1], Does.StartWith("m requests_processed "));
        var opened = partition.Opened;
        Assert.That(opened.Where(e => e.Severity == AlertSeverity.Critical).Select(Text), Is.Empty);
        Assert.That(opened, Has.Count.LessThanOrEqualTo(3), string.Join('\n', opened.Select(Text)));
    }

    // Nine hours from the night to the busiest hour. The day after, it has its budget as ever.
    [Test]
    public void ACollectorThatWasAway_IsNoAlertOfTheThingAtItsReturn([ValueSource(nameof(Formats))] string format)
    {
        var back = Timestamp.FromDateTimeOffset(new(2026, 10, 12, 14, 0, 0, TimeSpan.Zero));
        var partition = Collect("24-collector-outage", format);
        Assert.That(partition.Events.Where(e => e.DetectedAt < back + TimeSpan.FromHours(12)).Select(Text), Is.Empty);
        Assert.That(partition.Opened.Select(e => e.Severity), Is.All.EqualTo(AlertSeverity.Warning));
        Assert.That(partition.Opened, Has.Count.LessThanOrEqualTo(1));
    }

    [Test]
    public void ValuesThatAreUsuallyMissing_AreQuiet([ValueSource(nameof(Formats))] string format)
    {
        var opened = Collect("25-quantile-nan-without-traffic", format).Opened;
        Assert.That(opened, Has.Count.LessThanOrEqualTo(1));
        Assert.That(opened.Select(e => (e.Severity, double.IsFinite(e.Value ?? double.NaN))),
            Is.All.EqualTo((AlertSeverity.Warning, true)));
    }

    [Test]
    public void AFirstValueThatIsNoNumber_IsNotMeasured([ValueSource(nameof(Formats))] string format) =>
        Assert.That(Collect("25b-nan-first", format).Events.Select(Text), Is.Empty);

    [Test]
    public void QuantilesOfASummaryWithoutTraffic_AreNoSamples()
    {
        var partition = new CollectedPartition();
        for (var i = 0; i < 200; i++)
        {
            var at = Timestamp.FromUnixSeconds(1_790_553_600 + (15 * i));
            var page = $$"""
                # TYPE ttft summary
                ttft{job="m",quantile="0.99"} {{(i < 100 ? "0.2" : "NaN")}}
                ttft_sum{job="m"} {{Math.Min(i, 100)}}
                ttft_count{job="m"} {{Math.Min(i, 100)}}

                """;
            Assert.That(partition.Take("prometheus_text", System.Text.Encoding.UTF8.GetBytes(page), at), Is.Null);
        }

        Assert.That(partition.Judged.Where(sample => sample.EndsWith("NaN", StringComparison.Ordinal)), Is.Empty);
        Assert.That(partition.Events.Where(e => e.Detectors[0].Name == "non-finite").Select(Text), Is.Empty);
    }

    [Test]
    public void ReadingsThatAreLost_AreAlertedUnderTheCanonicalName([ValueSource(nameof(Formats))] string format)
    {
        var partition = Collect("34-dcgm-blank-for-good", format);
        Assert.That(partition.Events.Where(e => !e.IsProgress).Select(e => (e.Type, e.Metric, e.Detectors[0].Name)).Distinct(),
            Is.EqualTo(new[] { (AlertEventType.Opened, "gpu.tensor_active", "readings-lost") }));
        Assert.That(partition.Events[0].Points.Max(p => p.Value), Is.LessThan(2), "a blank is no value");
    }

    // Whatever the detector takes, the collector makes the same samples of; of anything else it makes some, or says why not.
    [Test]
    public async Task EveryFormThatProducersWrite_GivesTheDetectorsSamplesOrAReason([Values(null, "native_json")] string? format)
    {
        var direct = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var partition = new CollectedPartition();
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        var forms = 0;
        foreach (var (key, headers, value) in await Messages())
        {
            var own = new List<string>();
            direct.Observer = (in JudgedSample sample) => own.Add(CollectedPartition.TextOf(sample));
            partition.Judged.Clear();
            var outcome = direct.Process(value, forms++, now, []);
            var before = partition.Samples;
            var words = partition.Take(format, value ?? [], now, headers.Contains("gzip", StringComparison.Ordinal) ? "gzip" : "");
            if (outcome.IsAccepted) Assert.That((partition.Judged, words), Is.EqualTo((own, (string?)null)), key);
            else Assert.That(words is { Length: > 0 } || partition.Samples > before, Is.True, $"{key}: neither samples nor a reason");
        }

        Assert.That(forms, Is.EqualTo(40));
    }

    private static async Task<IEnumerable<(string Key, string Headers, byte[]? Value)>> Messages()
    {
        var script = SharedFolder.Require(Path.Combine("data", "trouble", "08-producers-forms.py"));
        var made = await ExternalProgram.Run("python3", [script]);
        Assert.That(made.ExitCode, Is.Zero, made.Everything);
        return made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', 5))
            .Select(cells => (cells[0], cells[3], cells[4] switch
            {
                "@null" => null,
                var text when text.StartsWith("b64:", StringComparison.Ordinal) => Convert.FromBase64String(text[4..]),
                var text => System.Text.Encoding.UTF8.GetBytes(text),
            }));
    }

    private static CollectedPartition Collect(string name, string format)
    {
        var partition = new CollectedPartition();
        var lines = File.ReadAllLines(SharedFolder.Require($"data/trouble/{name}.csv"));
        var metric = lines[0].Split(',')[1];
        foreach (var cells in lines.Skip(1).Select(line => line.Split(',')))
        {
            var at = Timestamp.FromUnixSeconds(long.Parse(cells[0], CultureInfo.InvariantCulture));
            var payload = TroublePayloads.Of(format, metric, double.Parse(cells[1], CultureInfo.InvariantCulture), at);
            if (payload is not null) Assert.That(partition.Take(format, payload, at), Is.Null);
        }

        return partition;
    }

    private static string Text(AlertEvent e) => $"{e.DetectedAt} {e.Type} {e.Severity}: {e.English.Summary} by {e.Detectors[0].Name}";
}
