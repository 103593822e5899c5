using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Points;
using LeptonStream.Collector.Quality;
using LeptonStream.Collector.Scrape;
using LeptonStream.Detection;
using LeptonStream.Series;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>Senders of a source, the mapping and the report of a collector, and the partition of a detector that judges it.</summary>
internal sealed class QualityStory : IRecordSink
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_790_553_600));
    private readonly PartitionPipeline _partition = new("lepton.metrics", 0, DetectionPolicy.Default);
    private readonly IntakeLane _lane = new();
    private readonly Dictionary<string, SourceContext> _targets = [];
    private readonly QualityReport _report;
    private long _offset;

    public QualityStory() =>
        _report = new(Mapping, new ScrapeReach(), this, new NoSampleLog(), new(null), _time, NullLogger<QualityReport>.Instance);

    public IntakeMapping Mapping { get; } = new();

    public List<AlertEvent> Events { get; } = [];

    public List<AlertEvent> Opened => Events.FindAll(e => e.Type == AlertEventType.Opened);

    public string Story => string.Join('\n', Events.Select(e => $"{e.DetectedAt} {e.Type} {e.Severity} {e.English.Summary} | "
        + e.English.Description));

    public List<string> Written { get; } = [];

    public string Source { get; init; } = "/v1/samples";

    public string? Trouble => null;

    /// <summary>The senders, in native JSON without the time.</summary>
    public List<string> Senders { get; set; } = [];

    public int Interval { get; init; } = 10;

    /// <summary>By how many seconds the messages are late.</summary>
    public int Delay { get; set; }

    public static string Pod(string pod, string metrics = "\"x\":1") => Message("m", $"\"pod\":\"{pod}\"", metrics);

    public static string Message(string model, string labels, string metrics) =>
        "{\"model\":\"" + model + "\",\"labels\":{" + labels + "},\"metrics\":{" + metrics + "}}";

    public void Run(double hours) => Run(hours, () => Senders);

    public void Run(double hours, Func<List<string>> senders)
    {
        for (var left = hours * 3600; left > 0; left -= Interval)
        {
            foreach (var sender in Senders = senders()) Send(sender);
            _time.Advance(TimeSpan.FromSeconds(Interval));
            _report.Round(CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    public void Each(double hours, Action senders) => Run(hours, () =>
    {
        senders();
        return [];
    });

    /// <summary>Reads the page of a target.</summary>
    public void Scrape(string target, string page)
    {
        if (!_targets.TryGetValue(target, out var source))
        {
            var labels = new SourceLabels(LabelSet.Of(("job", "m"), ("instance", target)));
            _targets.Add(target, source = new SourceContext(Source, labels) { Page = new() });
        }

        _lane.Read(_lane.Formats.ByName("prometheus_text")!, Encoding.UTF8.GetBytes(page), FormatLimits.Default);
        Mapping.Map(_lane, source, "", Now);
        Mapping.EndMissing(_lane, source, Now, isRead: true);
    }

    /// <summary>A target is scraped no more.</summary>
    public void Leave(string target)
    {
        _lane.Begin();
        Mapping.EndAll(_lane, _targets[target], Now);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;

    public void Send(string message)
    {
        var at = _time.GetUtcNow().ToUnixTimeSeconds() - Delay;
        var text = message.Replace("{\"model\"", $"{{\"ts\":{at},\"model\"", StringComparison.Ordinal);
        _lane.Read(_lane.Formats.ByName("native_json")!, Encoding.UTF8.GetBytes(text), FormatLimits.Default);
        Mapping.Map(_lane, new SourceContext(Source), "", Now);
    }

    public Task<SendResult> Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
    {
        var now = Timestamp.FromUnixSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        foreach (var record in records)
        {
            Written.Add(Encoding.UTF8.GetString(record.Value!));
            var outcome = _partition.Process(record.Value, _offset++, now, Events);
            Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
        }

        Events.RemoveAll(e => e.IsProgress);
        release();
        return Task.FromResult(SendResult.Nothing);
    }
}
