using LeptonStream.Alerts;

namespace LeptonStream.Explanations;

/// <summary>The order in which texts name the metrics of a change of a model's version.</summary>
internal static class UpdateText
{
    /// <summary>The metrics of a verdict, the largest difference against its interval first.</summary>
    public static IReadOnlyList<MetricUpdate> Of(ModelUpdate update, UpdateVerdict verdict) =>
        [.. update.Metrics.Where(metric => metric.Verdict == verdict).OrderByDescending(Distance)];

    /// <summary>All metrics with numbers, the worst verdict first.</summary>
    public static IReadOnlyList<MetricUpdate> Known(ModelUpdate update) =>
        [.. update.Metrics.Where(static metric => metric.Verdict != UpdateVerdict.Unknown)
            .OrderByDescending(static metric => metric.Verdict).ThenByDescending(Distance)];

    private static double Distance(MetricUpdate metric) =>
        metric.Lower is { } lower && metric.Upper is { } upper ? Math.Abs(lower + upper) / Math.Max(double.Epsilon, upper - lower) : 0;
}
