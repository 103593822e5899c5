using LeptonStream.Alerts;

namespace LeptonStream.Explanations;

/// <summary>How far the metrics of a change of a model's version are apart, and the order in which texts name them.</summary>
internal static class UpdateText
{
    /// <summary>The metrics of a verdict, the largest difference against its interval first.</summary>
    public static IReadOnlyList<MetricUpdate> Of(ModelUpdate update, UpdateVerdict verdict) =>
        [.. update.Metrics.Where(metric => metric.Verdict == verdict).OrderByDescending(Distance)];

    /// <summary>All metrics with numbers, the worst verdict first.</summary>
    public static IReadOnlyList<MetricUpdate> Known(ModelUpdate update) =>
        [.. update.Metrics.Where(static metric => metric.Verdict != UpdateVerdict.Unknown)
            .OrderByDescending(static metric => metric.Verdict).ThenByDescending(Distance)];

    /// <summary>How far a metric's difference is from 0, in half widths of its interval; 0 where there is none.</summary>
    public static double Distance(MetricUpdate metric) =>
        metric.Lower is { } lower && metric.Upper is { } upper ? Math.Abs(lower + upper) / Math.Max(double.Epsilon, upper - lower) : 0;
}
