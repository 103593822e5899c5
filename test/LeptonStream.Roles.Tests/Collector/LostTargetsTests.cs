using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Collector;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Collector.Scrape;
using LeptonStream.Detection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Targets that go down, from their pages to the alerts of a detector: one cause is one alert.</summary>
[Parallelizable]
public sealed class LostTargetsTests
{
    private const int Interval = 60;
    private const int Minute = 60;
    private const int Learned = 150 * Minute;

    [TestCase(50, 50, 1, "LeptonStreamDataQuality")]
    [TestCase(50, 20, 1, "LeptonStreamDataQuality")]
    [TestCase(3, 3, 1, "LeptonStreamDataQuality")]
    [TestCase(50, 2, 2, "LeptonStreamAnomaly")]
    [TestCase(3, 1, 1, "LeptonStreamAnomaly")]
    [TestCase(1, 1, 1, "LeptonStreamAnomaly")]
    public async Task Targets_ThatGoDownTogether_AreOneAlertWhereTheyAreMany(int targets, int down, int alerts, string name)
    {
        await using var fleet = await Fleet.Start(targets);
        await fleet.Run(Learned);
        Assert.That(fleet.Events, Is.Empty, fleet.Story);

        fleet.Down(down);
        await fleet.Run(30 * Minute);
        var opened = fleet.Events.FindAll(e => e.Type == AlertEventType.Opened);
        Assert.That(opened.Select(e => e.RoutingLabels["alertname"]), Is.EqualTo(Enumerable.Repeat(name, alerts)), fleet.Story);
        Assert.That(opened[0].DetectedAt.UnixSeconds - fleet.FellAt, Is.LessThanOrEqualTo(4 * Interval));
        if (name == "LeptonStreamDataQuality")
        {
            Assert.That(opened[0].RoutingLabels["model"], Is.EqualTo("llama-70b"));
            Assert.That(opened[0].English.Summary, Does.EndWith($": {down} of {targets} targets can't be scraped"));
            Assert.That(opened[0].Chinese.Summary, Does.Contain($"{targets} 个抓取目标中有 {down} 个无法抓取"));
        }

        fleet.Down(0);
        await fleet.Run(60 * Minute);
        Assert.That(fleet.Events.Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(alerts), fleet.Story);
        Assert.That(fleet.Events.Where(e => e.EndedReason is not null).Select(e => e.EndedReason),
            Is.EqualTo(Enumerable.Repeat(EndedReason.Recovered, alerts)), fleet.Story);
    }

    [Test]
    public async Task Targets_ThatStayDownWhenTheOthersAreBack_SayItThemselves()
    {
        await using var fleet = await Fleet.Start(20);
        await fleet.Run(Learned);
        fleet.Down(20);
        await fleet.Run(10 * Minute);
        fleet.Down(2);
        await fleet.Run(30 * Minute);

        var opened = fleet.Events.FindAll(e => e.Type == AlertEventType.Opened);
        Assert.That(opened.Select(e => e.RoutingLabels["alertname"]),
            Is.EqualTo((string[])["LeptonStreamDataQuality", "LeptonStreamAnomaly", "LeptonStreamAnomaly"]), fleet.Story);
        Assert.That(opened.Skip(1).Select(e => e.RoutingLabels["instance"]), Is.EquivalentTo((string[])["node-0", "node-1"]));
    }

    [Test]
    public async Task Job_ThatIsLostWhenTheCollectorStarts_IsOneAlert()
    {
        await using var fleet = await Fleet.Start(20);
        await fleet.Run(Learned);
        await fleet.Restart();
        fleet.Down(20);
        await fleet.Run(10 * Minute);

        Assert.That(fleet.Events.Select(e => e.RoutingLabels["alertname"]), Is.EqualTo((string[])["LeptonStreamDataQuality"]), fleet.Story);
    }

    // Nothing is known of the model of their pages yet: the alert that opens under another one must find its end there.
    [Test]
    public async Task Collector_ThatStartsBeforeItsTargets_HasOneAlertThatRecovers()
    {
        await using var fleet = await Fleet.Start(20);
        fleet.Down(20);
        await fleet.Run(10 * Minute);
        fleet.Down(0);
        await fleet.Run(60 * Minute);

        var lost = fleet.Events.FindAll(e => e.Metric == "lepton.quality.targets_lost");
        Assert.That(lost.Select(e => e.EndedReason), Is.EqualTo(new EndedReason?[] { null, EndedReason.Recovered }), fleet.Story);
    }

    [TestCase(50, 20)]
    [TestCase(50, 45)]
    [TestCase(8, 5)]
    public async Task Job_CutInPartWhenTheCollectorStarts_IsOneAlert(int targets, int down)
    {
        await using var fleet = await Fleet.Start(targets);
        await fleet.Run(Learned);
        await fleet.Restart();
        fleet.Down(down);
        await fleet.Run(30 * Minute);

        Assert.That(fleet.Events.Select(e => e.RoutingLabels["alertname"]), Is.EqualTo((string[])["LeptonStreamDataQuality"]), fleet.Story);
        Assert.That(fleet.Events[0].English.Summary, Does.EndWith($": {down} of {targets} targets can't be scraped"));
    }

    // A service that scales up, or from nothing while the collector runs, and takes ten minutes to load its weights.
    [TestCase(10)]
    [TestCase(0)]
    public async Task Targets_ThatComeLaterAndHaveNotBegun_AreNoLoss(int before)
    {
        await using var fleet = await Fleet.Start(10);
        await fleet.Run(Learned);
        fleet.Scale(before);
        await fleet.Run(5 * Minute);
        fleet.Scale(30, readyBefore: Math.Max(before, 1));
        await fleet.Run(10 * Minute);
        fleet.Scale(30);
        await fleet.Run(10 * Minute);

        Assert.That(fleet.Events.FindAll(e => e.Metric == "lepton.quality.targets_lost"), Is.Empty, fleet.Story);
    }

    /// <summary>Scrapers of one job, the quality of its data, and a partition of a detector, by one clock.</summary>
    private sealed class Fleet : IRecordSink, IAsyncDisposable
    {
        private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_553_600));
        private readonly PartitionPipeline _partition = new("lepton.metrics", 0, DetectionPolicy.Default);
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly FakeExporter _exporter;
        private int _count;
        private TargetScraper[] _scrapers = [];
        private Func<int, TargetScraper[]> _scale = null!;
        private QualityReport _quality = null!;
        private PageClient? _client;
        private long _offset;
        private int _down;
        private int _ready = int.MaxValue;

        private Fleet(FakeExporter exporter, int count) => (_exporter, _count) = (exporter, count);

        public List<AlertEvent> Events { get; } = [];

        public long FellAt { get; private set; }

        public string Story => string.Join('\n', Events.Select(e => $"{e.DetectedAt} {e.Type} {e.Severity} {e.English.Summary}"));

        public string? Trouble => null;

        public static async Task<Fleet> Start(int count)
        {
            Fleet? fleet = null;
            var exporter = await FakeExporter.Start(http =>
            {
                var path = http.Request.Path.Value!;
                var number = int.Parse(path[(path.LastIndexOf('-') + 1)..], null);
                if (number < fleet!._down || number >= fleet._ready) http.Response.StatusCode = 503;
                http.Response.ContentType = "text/plain; version=0.0.4";
                return http.Response.WriteAsync("vllm:num_requests_running{model_name=\"llama-70b\"} 3\n");
            });
            fleet = new(exporter, count);
            await fleet.Restart();
            return fleet;
        }

        /// <summary>As a collector that starts: it knows nothing.</summary>
        public Task Restart()
        {
            _client?.Dispose();
            var job = new ScrapeJob { Name = "vllm", Interval = TimeSpan.FromSeconds(Interval) };
            var (mapping, reach, memory) = (new IntakeMapping(), new ScrapeReach(), new MemoryBudget(1 << 30));
            var metrics = new CollectorMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), memory, mapping);
            _client = new PageClient(job, _time);
            _quality = new(mapping, reach, this, new NoSampleLog(), new(null), _time, NullLogger<QualityReport>.Instance);
            _scale = count =>
            {
                var targets = Enumerable.Range(0, count).Select(i => ScrapeTarget.Of(job,
                    [new("instance", $"node-{i}"), new("__metrics_path__", $"/node-{i}")], _exporter.Target)!).ToList();
                reach.Adopt(targets);
                return [.. _scrapers.Take(count), .. targets.Skip(_scrapers.Length).Select(target =>
                    new TargetScraper(target, _client, reach.Of(job.Name), mapping, this, memory, metrics, _time))];
            };
            _scrapers = [];
            Scale(_count);
            return Task.CompletedTask;
        }

        /// <summary>There are so many targets from now on, of which the first are ready.</summary>
        public void Scale(int count, int readyBefore = int.MaxValue)
        {
            (_count, _ready) = (count, readyBefore);
            _scrapers = _scale(count);
        }

        public void Down(int count)
        {
            _down = count;
            FellAt = _time.GetUtcNow().ToUnixTimeSeconds();
        }

        public async Task Run(int seconds)
        {
            // Each at its own place in the interval.
            for (var second = 0; second < seconds; second++)
            {
                for (var i = 0; i < _count; i++)
                    if (second % Interval == i * Interval / _count) await _scrapers[i].Scrape(default);
                await _quality.Round(CancellationToken.None);
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        public Task<SendResult> Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
        {
            var now = Timestamp.FromUnixSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
            foreach (var record in records)
            {
                var outcome = _partition.Process(record.Value, _offset++, now, Events);
                Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
            }

            Events.RemoveAll(e => e.IsProgress);
            release();
            return Task.FromResult(SendResult.Nothing);
        }

        public async ValueTask DisposeAsync()
        {
            _client?.Dispose();
            await _exporter.DisposeAsync();
            await _services.DisposeAsync();
        }
    }
}
