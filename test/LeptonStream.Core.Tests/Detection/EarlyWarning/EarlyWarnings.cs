using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.EarlyWarning;

/// <summary>The events of a series that runs into its limit, or towards it, as a pipeline would make them.</summary>
internal static class EarlyWarnings
{
    /// <summary>The events of a course, sampled every 15 s.</summary>
    public static List<AlertEvent> Of(SeriesKey key, SeriesPolicy policy, Func<double, double> course, TimeSpan length)
    {
        var watch = new LimitWatch(policy.Limit!);
        var (events, points) = (new List<AlertEvent>(), new List<AlertPoint>());
        var id = SeriesId.OfMetric(SeriesId.OfEntity("test"u8), "metric"u8);
        for (var i = 0; i * Course.Step < length.TotalSeconds; i++)
        {
            var sample = new Sample(Course.Start + TimeSpan.FromSeconds(i * Course.Step), course(i * Course.Step));
            points.Add(new(sample.Time, sample.Value, double.NaN, double.NaN, double.NaN));
            if (watch.Observe(sample.Time, sample.Value) is not (var change and not LimitChange.None)) continue;
            var facts = new EarlyWarningFacts(id, key, policy, EarlyWarningEventBuilder.BasisOf(DetectionPolicy.Default, policy), [.. points.TakeLast(DetectionPolicy.Default.ChartPoints)]);
            events.Add(EarlyWarningEventBuilder.Build(facts, watch, change, sample, new("lepton.metrics", 3, i), 0));
        }

        return events;
    }

    /// <summary>A cache that leaks for an hour after a quiet day, and then is given back.</summary>
    public static List<AlertEvent> Leak()
    {
        var key = new SeriesKey("chat-70b", "vllm:kv_cache_usage_perc", LabelSet.Of(("instance", "chat-0")));
        return Of(key, PolicySet.Default.For(key), t => Math.Round(0.42 + (0.01 * Math.Sin(t / 7)) + (t is > 97_200 and < 100_800 ? (t - 97_200) / 9_000 : 0), 4), TimeSpan.FromHours(30));
    }
}
