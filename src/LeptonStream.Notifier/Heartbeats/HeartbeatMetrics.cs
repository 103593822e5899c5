using System.Diagnostics.Metrics;
using LeptonStream.Samples;
using LeptonStream.Telemetry;

namespace LeptonStream.Notifier.Heartbeats;

/// <summary>The numbers of the dead-man's switch.</summary>
internal sealed class HeartbeatMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _delay;
    private long _lastSuccess;
    private double _interval;

    public HeartbeatMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(LeptonTelemetry.Name);
        _attempts = meter.CreateCounter<long>("leptonstream.heartbeat.attempts", "{heartbeat}", "Heartbeats, by kind and result");
        _delay = meter.CreateHistogram<double>(
            "leptonstream.heartbeat.delay", "s", "From the sending of a probe to its return through every partition");
        meter.CreateObservableGauge("leptonstream.heartbeat.interval", () => Volatile.Read(ref _interval), "s",
            "Time between two heartbeats; 0 where none are sent");
        meter.CreateObservableGauge("leptonstream.heartbeat.last_success_timestamp", () => Volatile.Read(ref _lastSuccess) / 1_000.0, "s",
            "When a probe came back through every partition last and all heartbeats were taken, in seconds since 1970; 0 for never");
    }

    public void Began(TimeSpan interval) => Volatile.Write(ref _interval, interval.TotalSeconds);

    public void Succeeded(Timestamp at) => Volatile.Write(ref _lastSuccess, at.UnixMilliseconds);

    public void CameBack(TimeSpan delay) => _delay.Record(delay.TotalSeconds);

    public void Attempted(HeartbeatKind kind, bool isTaken) => _attempts.Add(1,
        KeyValuePair.Create("kind", (object?)kind.ToString().ToLowerInvariant()),
        KeyValuePair.Create("result", (object?)(isTaken ? "taken" : "failed")));
}
