using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Histograms and summaries as Prometheus' client libraries show them: pairs of an upper bound and the count up to it, or of a quantile and
/// its value.
/// </summary>
internal static class PairedDistribution
{
    /// <summary>
    /// Makes bounds and counts, or quantiles and values, of the pairs in the point's distribution; refuses one that contradicts itself.
    /// </summary>
    public static bool TryFinish(PointBatch batch, ref Point point)
    {
        ref var distribution = ref batch.DistributionToChange(point);
        var fault = point.Kind == PointKind.Histogram ? FinishHistogram(batch, ref distribution) : FinishSummary(batch, ref distribution);
        if (fault is null)
        {
            point.Value = HistogramRules.MeanOf(distribution);
            return true;
        }

        batch.RefuseOf(point.Name, RefusalReason.BadHistogram, fault);
        return false;
    }

    private static string? FinishSummary(PointBatch batch, ref Distribution summary)
    {
        (summary.Quantiles, summary.QuantileValues) = batch.Unzip(summary.Counts);
        summary.Counts = default;
        return HistogramRules.FaultOfSummary(batch, summary);
    }

    private static string? FinishHistogram(PointBatch batch, ref Distribution histogram)
    {
        var pairs = batch.NumbersToChange(histogram.Counts);
        SortPairs(pairs);
        var hasAll = pairs.Length > 0 && double.IsPositiveInfinity(pairs[^2]);
        if (!hasAll && pairs.Length > 0)
        {
            histogram.Counts = batch.Append(batch.Append(histogram.Counts, double.PositiveInfinity),
                double.IsNaN(histogram.Count) ? pairs[^1] : histogram.Count);
        }

        if (double.IsNaN(histogram.Count)) histogram.Count = histogram.Counts.Count > 0 ? batch.NumbersOf(histogram.Counts)[^1] : 0;
        if (histogram.Counts.Count == 0) return null;
        var (bounds, counts) = batch.Unzip(histogram.Counts);
        histogram.Bounds = bounds with { Count = bounds.Count - 1 };
        histogram.Counts = counts;
        HistogramRules.TakeApart(batch.NumbersToChange(counts));
        return HistogramRules.FaultOf(batch, histogram);
    }

    // Insertion sort by the first of each pair: they come sorted from almost everybody.
    private static void SortPairs(Span<double> pairs)
    {
        for (var i = 2; i < pairs.Length; i += 2)
        {
            var (bound, count) = (pairs[i], pairs[i + 1]);
            var j = i;
            for (; j > 0 && pairs[j - 2] > bound; j -= 2) (pairs[j], pairs[j + 1]) = (pairs[j - 2], pairs[j - 1]);
            (pairs[j], pairs[j + 1]) = (bound, count);
        }
    }
}
