namespace LeptonStream.Collector.Mapping.Rates;

/// <summary>Quantiles of histograms.</summary>
internal static class BucketQuantiles
{
    /// <summary>
    /// A quantile of a histogram with declared bounds, as <c>histogram_quantile</c> of Prometheus has it: linear within a bucket, the first
    /// of which begins at 0 where its bound is above; in the last bucket, its lower bound. NaN without observations or bounds.
    /// </summary>
    /// <param name="bounds">The upper bounds, ascending, without infinity.</param>
    /// <param name="counts">The counts of the buckets, one more than bounds.</param>
    /// <param name="quantile">From 0 to 1.</param>
    public static double Linear(ReadOnlySpan<double> bounds, ReadOnlySpan<double> counts, double quantile)
    {
        var total = 0.0;
        foreach (var count in counts) total += count;
        if (total <= 0 || bounds.IsEmpty || counts.Length != bounds.Length + 1) return double.NaN;
        var rank = quantile * total;
        var below = 0.0;
        for (var i = 0; i < bounds.Length; i++)
        {
            if (below + counts[i] < rank || counts[i] <= 0)
            {
                below += counts[i];
                continue;
            }

            if (i == 0 && bounds[0] <= 0) return bounds[0];
            var lower = i == 0 ? 0 : bounds[i - 1];
            return lower + ((bounds[i] - lower) * ((rank - below) / counts[i]));
        }

        return bounds[^1];
    }

    /// <summary>
    /// A quantile of an exponential histogram: within a bucket values are taken as spread evenly in their logarithms; the bucket around
    /// zero counts as zero. NaN without observations.
    /// </summary>
    public static double Exponential(ExponentialBuckets buckets, double quantile)
    {
        var total = buckets.Total;
        if (total <= 0) return double.NaN;
        var rank = quantile * total;
        var below = 0.0;
        var negative = buckets.Negative;
        for (var i = negative.Length - 1; i >= 0; i--)
        {
            if (negative[i] > 0 && below + negative[i] >= rank)
                return -buckets.ValueAt(buckets.NegativeOffset + i, 1 - ((rank - below) / negative[i]));
            below += negative[i];
        }

        below += buckets.Zero;
        if (buckets.Zero > 0 && below >= rank) return 0;
        var positive = buckets.Positive;
        var last = 0.0;
        for (var i = 0; i < positive.Length; i++)
        {
            if (positive[i] <= 0) continue;
            if (below + positive[i] >= rank) return buckets.ValueAt(buckets.Offset + i, (rank - below) / positive[i]);
            below += positive[i];
            last = buckets.ValueAt(buckets.Offset + i, 1);
        }

        return last;
    }
}
