using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Scrape;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Pages that come in part: no series of them is gone, and each scrape judges its target.</summary>
public sealed class TornPageTests : IRecordSink
{
    private const string Page = "# TYPE a gauge\na{model=\"m\"} 1\n# TYPE b gauge\nb{model=\"m\"} 2\n# EOF\n";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly List<string> _sent = [];
    private long _room = 1 << 30;

    [TestCase("# TYPE a gauge\na{model=\"m\"} 1\n# TYPE b gauge\nb{model=\"m\"} x\n# EOF\n", "application/openmetrics-text", false)]
    [TestCase("# TYPE a gauge\na{model=\"m\"} 1\n", "application/openmetrics-text", false)]
    [TestCase("# TYPE a gauge\na{model=\"m\"} 1\n# EOF\n", "application/openmetrics-text", true)]
    [TestCase("a{model=\"m\"} 1\nb{model=\"m\" 2\n", "text/plain; version=0.0.4", false)]
    [TestCase("a{model=\"m\"} 1\n", "text/plain; version=0.0.4", true)]
    public async Task Scrape_OfAPageInPart_EndsNothing(string next, string type, bool isWhole)
    {
        await Scrapes([(Page, type), (next, type)]);
        Assert.That(_sent.Any(record => record.Contains("\"ended\"", StringComparison.Ordinal)), Is.EqualTo(isWhole),
            string.Join('\n', _sent));
    }

    // A label that is too long is on the page for weeks; one that is new may have hidden anything.
    [Test]
    public async Task Scrape_OfAPageWithALastingFault_EndsWhatLeft()
    {
        var fault = $"c{{model=\"m\",x=\"{new string('x', 100_000)}\"}} 1\n";
        const string Text = "text/plain; version=0.0.4";
        await Scrapes([($"a{{model=\"m\"}} 1\nb{{model=\"m\"}} 1\n", Text), ($"a{{model=\"m\"}} 1\n{fault}", Text)]);
        Assert.That(Ended, Is.Empty);
        _sent.Clear();
        await Scrapes([($"a{{model=\"m\"}} 1\nb{{model=\"m\"}} 1\n{fault}", Text), ($"a{{model=\"m\"}} 1\n{fault}", Text)]);
        Assert.That(Ended, Has.Exactly(1).Contains("\"ended\":[\"b\"]"));
    }

    [Test]
    public async Task Scrape_OfAPageThatBecomesTooManyRecords_IsDownFromTheSecondOn()
    {
        var page = string.Concat(Enumerable.Range(0, 4_000).Select(i => $"a{{model=\"m\",n=\"{i}\"}} 1\n"));
        List<KeyValuePair<string, string>> labels =
            [.. Enumerable.Range(0, 25).Select(i => KeyValuePair.Create($"l{i}", new string('x', 1000)))];
        await Scrapes([(page, "text/plain"), (page, "text/plain"), (page, "text/plain")], labels: labels, others: 4);
        Assert.That(_sent.Count(record => record.Contains("\"up\":0", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    private IEnumerable<string> Ended => _sent.Where(record => record.Contains("\"ended\"", StringComparison.Ordinal));

    [Test]
    public async Task Scrape_WithoutRoomForThePage_JudgesTheTarget()
    {
        _room = 10;
        // Room is never refused to one alone.
        var memory = new MemoryBudget(_room);
        memory.TryTake(10);
        await Scrapes([(Page, "text/plain"), (Page, "text/plain"), (Page, "text/plain")], memory);
        Assert.That(_sent.Count(record => record.Contains("\"up\":0", StringComparison.Ordinal)), Is.Positive);
    }

    private async Task Scrapes(
        (string Text, string Type)[] pages, MemoryBudget? memory = null, IEnumerable<KeyValuePair<string, string>>? labels = null,
        int others = 0)
    {
        var number = 0;
        await using var exporter = await FakeExporter.Start(http =>
        {
            var (text, type) = pages[number++];
            http.Response.ContentType = type;
            return http.Response.WriteAsync(text);
        });
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var mapping = new IntakeMapping();
        var job = new ScrapeJob { Name = "j" };
        memory ??= new(_room);
        var metrics = new CollectorMetrics(services.GetRequiredService<IMeterFactory>(), memory, mapping);
        using var client = new PageClient(job, _time);
        var reach = new ScrapeReach();
        var target = ScrapeTarget.Of(job, [.. labels ?? []], exporter.Target)!;
        reach.Adopt([target, .. Enumerable.Range(0, others).Select(i => ScrapeTarget.Of(job, [new("n", $"{i}")], exporter.Target)!)]);
        var scraper = new TargetScraper(target, client, reach.Of("j"), mapping, this, memory, metrics, _time);
        foreach (var _ in pages)
        {
            await scraper.Scrape(default);
            _time.Advance(TimeSpan.FromSeconds(15));
        }
    }

    string? IRecordSink.Trouble => null;

    Task<SendResult> IRecordSink.Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
    {
        _sent.AddRange(records.Select(record => Encoding.UTF8.GetString(record.Value!)));
        release();
        return Task.FromResult(SendResult.Nothing);
    }

    [SetUp]
    public void Begin() => _sent.Clear();
}
