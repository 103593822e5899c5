using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>When a distribution contradicts itself.</summary>
internal static class HistogramRules
{
    // The scales of OpenTelemetry; those of Prometheus (-4 to 8) lie within.
    private const int LeastScale = -10;
    private const int MostScale = 20;

    // Powers of two beyond which no double lies.
    private const double MostExponent = 1100;

    /// <summary>The fault of a histogram; null where it has none.</summary>
    public static string? FaultOf(PointBatch batch, in Distribution distribution)
    {
        if (distribution.Counts.Count > batch.Limits.Buckets) return $"more than {batch.Limits.Buckets} buckets";
        if (distribution.Counts.Count == 0)
            return distribution.Bounds.Count == 0 ? null : "bounds without counts";
        if (distribution.Counts.Count != distribution.Bounds.Count + 1)
            return $"{distribution.Counts.Count} counts for {distribution.Bounds.Count} bounds";
        var before = double.NegativeInfinity;
        foreach (var bound in batch.NumbersOf(distribution.Bounds))
        {
            // Written so that NaN fails.
            if (!(bound > before)) return "bounds don't ascend";
            before = bound;
        }

        return FaultOfCounts(batch.NumbersOf(distribution.Counts));
    }

    /// <summary>
    /// Makes counts of the buckets alone from accumulated ones. Buckets that were read one after the other while others counted may be
    /// ahead of those behind them.
    /// </summary>
    public static void TakeApart(Span<double> counts)
    {
        var below = 0.0;
        foreach (ref var count in counts)
        {
            var accumulated = count;
            // A NaN stays one, and is a fault.
            if (count >= 0) count = Math.Max(0, accumulated - below);
            below = Math.Max(below, accumulated);
        }
    }

    /// <summary>The fault of an exponential histogram; null where it has none.</summary>
    public static string? FaultOfExponential(PointBatch batch, in Distribution distribution)
    {
        if (distribution.Counts.Count + distribution.NegativeCounts.Count > batch.Limits.Buckets)
            return $"more than {batch.Limits.Buckets} buckets";
        if (distribution.Scale is < LeastScale or > MostScale) return $"scale {distribution.Scale}";
        return FaultOfRange(distribution.Scale, distribution.Offset, distribution.Counts.Count)
            ?? FaultOfRange(distribution.Scale, distribution.NegativeOffset, distribution.NegativeCounts.Count)
            ?? FaultOfCounts(batch.NumbersOf(distribution.Counts))
            ?? FaultOfCounts(batch.NumbersOf(distribution.NegativeCounts));
    }

    /// <summary>The fault of a summary; null where it has none.</summary>
    public static string? FaultOfSummary(PointBatch batch, in Distribution distribution)
    {
        if (distribution.Quantiles.Count > batch.Limits.Buckets) return $"more than {batch.Limits.Buckets} quantiles";
        foreach (var quantile in batch.NumbersOf(distribution.Quantiles))
            if (quantile is not (>= 0 and <= 1)) return $"quantile {quantile}";
        return null;
    }

    /// <summary>
    /// Ends the point of Prometheus that was added last: its value is the mean of its distribution. It is taken back where it has a fault,
    /// and is stale where its sum says so.
    /// </summary>
    public static void End(PointBatch batch, Text name, ref Point point, in Distribution distribution, string? fault)
    {
        if (fault is not null)
        {
            batch.RefuseOf(name, RefusalReason.BadHistogram, fault);
            batch.KeepPoints(batch.PointCount - 1);
            return;
        }

        point.Value = distribution.Sum;
        StaleMarker.Apply(ref point);
        if (!point.IsStale) point.Value = MeanOf(distribution);
    }

    /// <summary>The mean; NaN where nothing was observed or no sum is known.</summary>
    public static double MeanOf(in Distribution distribution) =>
        distribution.Count > 0 ? distribution.Sum / distribution.Count : double.NaN;

    private static string? FaultOfRange(int scale, int offset, int count)
    {
        if (count == 0) return null;
        var lowest = Math.ScaleB((double)offset, -scale);
        var highest = Math.ScaleB((double)offset + count, -scale);
        return Math.Abs(lowest) > MostExponent || Math.Abs(highest) > MostExponent ? $"offset {offset} at scale {scale}" : null;
    }

    private static string? FaultOfCounts(ReadOnlySpan<double> counts)
    {
        foreach (var count in counts)
            if (count is not (>= 0 and < double.PositiveInfinity)) return $"a count of {count}";
        return null;
    }
}
