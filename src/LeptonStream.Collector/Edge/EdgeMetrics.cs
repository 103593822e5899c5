using System.Diagnostics.Metrics;
using LeptonStream.Telemetry;

namespace LeptonStream.Collector.Edge;

/// <summary>The counters of the edge, beside those of its ways in.</summary>
internal sealed class EdgeMetrics
{
    private readonly Counter<long> _judged;
    private readonly Counter<long> _alerts;
    private readonly Counter<long> _deliveries;
    private double _skew;

    public EdgeMetrics(IMeterFactory meters, EdgeFolder folder, TimeProvider time)
    {
        var meter = meters.Create(LeptonTelemetry.Name);
        _judged = meter.CreateCounter<long>("leptonstream.edge.judged", "{sample}", "Samples judged on this host");
        _alerts = meter.CreateCounter<long>("leptonstream.edge.alerts", "{event}", "Alert events of this host");
        _deliveries = meter.CreateCounter<long>(
            "leptonstream.edge.deliveries", "{event}", "Alert events by target (file, webhook) and result (delivered, failed, refused)");
        meter.CreateObservableGauge("leptonstream.edge.spool.size", () => folder.Samples.Bytes, "By", "Bytes of records in the spool");
        meter.CreateObservableGauge("leptonstream.edge.unsent.age", () => UnsentSeconds(folder, time), "s",
            "How long the oldest record in the spool has waited for Kafka; 0 where none waits");
        meter.CreateObservableCounter("leptonstream.edge.dropped", () => folder.Samples.Dropped, "{record}",
            "Records that went before Kafka had them: the spool was full, too old, or damaged");
        meter.CreateObservableGauge("leptonstream.edge.clock_skew", () => Volatile.Read(ref _skew), "s",
            "By how much this host's clock is ahead of the broker's");
    }

    public void Judged(int samples) => _judged.Add(samples);

    public void Alerted(int events) => _alerts.Add(events);

    public void Delivered(string target, string result) =>
        _deliveries.Add(1, KeyValuePair.Create("target", (object?)target), KeyValuePair.Create("result", (object?)result));

    /// <summary>How long the oldest record in the spool has waited for Kafka, in seconds; 0 where none waits.</summary>
    public static double UnsentSeconds(EdgeFolder folder, TimeProvider time) =>
        folder.Samples.UnreadSince is { } since ? Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - since) / 1e3 : 0;

    public void Skew(TimeSpan skew) => Volatile.Write(ref _skew, skew.TotalSeconds);
}
