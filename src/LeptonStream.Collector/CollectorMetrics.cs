using System.Diagnostics.Metrics;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Points;
using LeptonStream.Telemetry;

namespace LeptonStream.Collector;

/// <summary>The counters of the collector. Attributes hold names from the settings and fixed words, never text from a producer.</summary>
internal sealed class CollectorMetrics
{
    private static readonly RefusalReason[] AllRefusals = Enum.GetValues<RefusalReason>();
    private static readonly DropReason[] AllDrops = Enum.GetValues<DropReason>();

    private readonly Counter<long> _payloads;
    private readonly Counter<long> _points;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _records;
    private readonly Counter<long> _turnedAway;
    private readonly Counter<long> _scrapes;
    private readonly Counter<long> _discoveryTroubles;
    private readonly Histogram<double> _scrapeTime;
    private int _targets;

    public CollectorMetrics(IMeterFactory meters, MemoryBudget memory, IntakeMapping mapping)
    {
        var meter = meters.Create(LeptonTelemetry.Name);
        _payloads = meter.CreateCounter<long>(
            "leptonstream.collector.payloads", "{payload}",
            "Payloads taken or refused, by source and outcome (written, partial, refused, …)");
        _points = meter.CreateCounter<long>("leptonstream.collector.points", "{point}", "Points read from payloads, by source");
        _refused = meter.CreateCounter<long>(
            "leptonstream.collector.refused", "{point}", "Points, or whole payloads, that could not be read, by reason");
        _dropped = meter.CreateCounter<long>(
            "leptonstream.collector.dropped", "{point}", "Points of which the mapping made no sample, by reason");
        _samples = meter.CreateCounter<long>("leptonstream.collector.samples", "{sample}", "Samples written to records, by source");
        _records = meter.CreateCounter<long>("leptonstream.collector.records", "{record}",
            "Records sent to the metrics topic, by result (acknowledged, refused, failed)");
        _turnedAway = meter.CreateCounter<long>("leptonstream.collector.turned_away", "{request}",
            "Requests and connections turned away, by status: an HTTP status, certificate (no valid client certificate), "
            + "connections (one address has half of all already)");
        _scrapes = meter.CreateCounter<long>("leptonstream.collector.scrapes", "{scrape}", "Pages scraped, by job and result (up, down)");
        _discoveryTroubles = meter.CreateCounter<long>("leptonstream.collector.discovery.troubles", "{trouble}",
            "Problems met when looking for targets, by kind (pods, annotation, files, limit); each is counted again at every look, "
            + "every ten seconds");
        _scrapeTime = meter.CreateHistogram<double>("leptonstream.collector.scrape.duration", "s", "From the request of a page to its end");
        meter.CreateObservableGauge("leptonstream.collector.targets", () => Volatile.Read(ref _targets), "{target}", "Targets to scrape");
        meter.CreateObservableGauge("leptonstream.collector.pending.size", () => memory.Used, "By",
            "Bytes of payloads from senders that Kafka has not acknowledged yet; scraped pages are not among them");
        meter.CreateObservableGauge("leptonstream.collector.pending.limit", () => memory.Limit, "By",
            "Limit of those bytes; at the limit senders are asked to come again");
        meter.CreateObservableGauge("leptonstream.collector.series", () => mapping.SeriesCount, "{series}",
            "Series whose last point is kept");
    }

    /// <summary>A payload was read and mapped.</summary>
    public void Took(string source, IntakeLane lane, IntakeReport report)
    {
        _points.Add(lane.Points.Points.Length, Source(source));
        _samples.Add(lane.Samples, Source(source));
        foreach (var reason in AllRefusals)
            if (lane.Points.CountOf(reason) is > 0 and var count) _refused.Add(count, Reason(Refusals.NameOf(reason)));
        foreach (var reason in AllDrops)
            if (lane.Mapped.CountOf(reason) is > 0 and var count) _dropped.Add(count, Reason(Refusals.NameOf(reason)));
        if (lane.BeyondSeries > 0) _dropped.Add(lane.BeyondSeries, Reason("source_series"));
        if (report.Outcome == IntakeOutcome.Unsupported) _refused.Add(1, Reason("unknown_format"));
    }

    public void Sent(SendResult result)
    {
        _records.Add(result.Acknowledged, Result("acknowledged"));
        if (result.Refused > 0) _records.Add(result.Refused, Result("refused"));
        if (!result.IsDone) _records.Add(1, Result("failed"));
    }

    public void Answered(string source, IntakeReport report) =>
        _payloads.Add(1, Source(source), KeyValuePair.Create("outcome", (object?)Refusals.NameOf(report.Outcome)));

    public void Scraped(string job, bool isUp, TimeSpan took)
    {
        _scrapes.Add(1, KeyValuePair.Create("job", (object?)job), Result(isUp ? "up" : "down"));
        _scrapeTime.Record(took.TotalSeconds);
    }

    public void Discovered(IReadOnlyDictionary<string, int> troubles)
    {
        foreach (var (kind, count) in troubles) _discoveryTroubles.Add(count, KeyValuePair.Create("kind", (object?)kind));
    }

    public void Targets(int count) => Volatile.Write(ref _targets, count);

    public void TurnedAway(int status) => _turnedAway.Add(1, KeyValuePair.Create("status", (object?)status));

    /// <summary>Somebody was turned away before there was a request: <c>certificate</c>, <c>connections</c>.</summary>
    public void TurnedAway(string reason) => _turnedAway.Add(1, KeyValuePair.Create("status", (object?)reason));

    private static KeyValuePair<string, object?> Source(string source) => KeyValuePair.Create("source", (object?)source);

    private static KeyValuePair<string, object?> Reason(string reason) => KeyValuePair.Create("reason", (object?)reason);

    private static KeyValuePair<string, object?> Result(string result) => KeyValuePair.Create("result", (object?)result);
}
