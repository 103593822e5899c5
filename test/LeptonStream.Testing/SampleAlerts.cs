using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Testing;

/// <summary>Alert events for tests: a series that is steady and then leaves its band.</summary>
public static class SampleAlerts
{
    private const int PointCount = 60;
    private const int AnomalousCount = 10;

    private static int _number;

    public static AlertEvent Opened(
        string model = "llama-70b", string metric = "ttft_p99_ms", AlertSeverity severity = AlertSeverity.Critical,
        params (string Name, string Value)[] labels)
    {
        var number = Interlocked.Increment(ref _number);
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        var points = Enumerable.Range(0, PointCount).Select(i => Point(now, i)).ToList();
        var series = LabelSet.Of(labels);
        return new AlertEvent
        {
            Id = $"{number:x32}",
            AlertId = $"a{number:x31}",
            Type = AlertEventType.Opened,
            Model = model,
            Metric = metric,
            Labels = series,
            Severity = severity,
            Score = 2.4,
            Confidence = 0.97,
            Value = points[^1].Value,
            Expected = points[^1].Expected,
            Lower = points[^1].Lower,
            Upper = points[^1].Upper,
            Unit = "ms",
            Onset = points[PointCount - AnomalousCount].Time,
            DetectedAt = now,
            SourceTopic = "lepton.metrics",
            SourcePartition = 3,
            SourceOffset = 4711,
            Detectors = [new("forecast-residual", 2.4, 11.2), new("median-mad", 1.6, 8.1), new("mean-sigma", 0.7, 2.2)],
            Points = points,
            English = new($"{metric} of {model} is high", "Usual now: 170 to 190 ms, seen: 320 ms.",
                ["Check what changed.", "Roll back the last release."]),
            Chinese = new($"{model} 的 {metric} 偏高", "通常为 170 至 190 ms，实际为 320 ms。", ["检查最近的变更。", "回滚最近的版本。"]),
            RunbookUrl = "https://runbooks.example/latency",
            RoutingLabels = series.With(("alertname", "MetricAnomaly"), ("severity", AlertEventJson.NameOf(severity)), ("model", model),
                ("metric", metric)),
            Annotations = LabelSet.Of(("summary", $"{metric} of {model} is high")),
        };
    }

    public static AlertEvent Resolved(AlertEvent opened) => opened with
    {
        Id = $"{Interlocked.Increment(ref _number):x32}",
        Type = AlertEventType.Resolved,
        DetectedAt = opened.DetectedAt + TimeSpan.FromMinutes(5),
    };

    private static AlertPoint Point(Timestamp now, int index)
    {
        var time = now - (TimeSpan.FromSeconds(15) * (PointCount - 1 - index));
        var usual = 180 + (6 * Math.Sin(index / 3.0));
        var isAnomalous = index >= PointCount - AnomalousCount;
        return new(time, isAnomalous ? usual + 140 : usual, 180, 168, 192);
    }
}
