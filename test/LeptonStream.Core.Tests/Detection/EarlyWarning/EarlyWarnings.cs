using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.EarlyWarning;

/// <summary>The early warnings of a series that runs into its limit, or towards it.</summary>
internal static class EarlyWarnings
{
    /// <summary>The events about the limit of a course, sampled every 15 s, under settings that hold for every series.</summary>
    public static List<AlertEvent> Of(SeriesKey key, PolicySettings settings, Func<double, double> course, TimeSpan length)
    {
        var driver = new PipelineTestDriver(policies: new([new([], settings)], PolicySettings.None, PresetCatalog.Default))
            { Now = Course.Start - Step };
        var labels = $"{{{string.Join(",", key.Labels.Select(l => $"\"{l.Key}\":\"{l.Value}\""))}}}";
        for (var i = 0; i * Course.Step < length.TotalSeconds; i++)
            driver.Step(key.Model, key.Metric, course(i * Course.Step), (int)Course.Step, labels);
        return [.. driver.Events.Where(e => e.EarlyWarning is not null)];
    }

    /// <summary>A cache that leaks for an hour after a quiet day, and then is given back.</summary>
    public static List<AlertEvent> Leak() => Of(
        new("chat-70b", "vllm:kv_cache_usage_perc", LabelSet.Of(("instance", "chat-0"))),
        PolicySettings.None,
        t => Math.Round(0.42 + (0.01 * Math.Sin(t / 7)) + (t is > 97_200 and < 100_800 ? (t - 97_200) / 9_000 : 0), 4),
        TimeSpan.FromHours(30));

    private static TimeSpan Step => TimeSpan.FromSeconds(Course.Step);
}
