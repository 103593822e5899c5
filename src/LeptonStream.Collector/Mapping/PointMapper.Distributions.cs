using LeptonStream.Collector.Mapping.Rates;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Mapping;

/// <content>Histograms and summaries: the rate of their observations, their mean and their quantiles.</content>
public sealed partial class PointMapper
{
    private readonly HistogramChange _change = new();

    private DropReason TakeHistogram(SeriesEntry entry, PointBatch points, in Point point, long time, MappedBatch into)
    {
        if (!point.HasDistribution) return DropReason.BadHistogram;
        ref readonly var distribution = ref points.DistributionOf(point);
        var histogram = new HistogramPoint
        {
            Bounds = points.NumbersOf(distribution.Bounds),
            Counts = points.NumbersOf(distribution.Counts),
            Count = distribution.Count,
            Sum = distribution.Sum,
        };
        var isDelta = point.Temporality == Temporality.Delta;
        var extremes = isDelta ? (distribution.Min, distribution.Max) : (double.NaN, double.NaN);
        return TakeHistogram(entry, histogram, extremes, (time, point.StartTime, _identity.Step), isDelta, into);
    }

    private DropReason TakeHistogram(SeriesEntry entry, in HistogramPoint histogram, (double Min, double Max) extremes,
        (long Time, long Start, long Step) at, bool isDelta, MappedBatch into)
    {
        var state = entry.Histogram ??= new();
        var reason = state.Take(histogram, at.Time, at.Start, isDelta, _change);
        if (reason != DropReason.None) return reason;
        if (!AddRateAndMean(entry, _change.Count, _change.Sum, at.Time, at.Step, into)) return DropReason.NoTraffic;
        for (var i = 0; i < DistributionOutputs.Quantiles.Length; i++)
        {
            var value = BucketQuantiles.Linear(_change.Bounds, _change.Counts, DistributionOutputs.Quantiles[i]);
            AddQuantile(entry, i, Within(value, extremes.Min, extremes.Max), at.Time, at.Step, into);
        }

        return DropReason.None;
    }

    private DropReason TakeExponential(SeriesEntry entry, PointBatch points, in Point point, long time, MappedBatch into)
    {
        if (!point.HasDistribution) return DropReason.BadHistogram;
        ref readonly var distribution = ref points.DistributionOf(point);
        var state = entry.Exponential ??= new();
        state.Point.Set(distribution.Scale, distribution.ZeroCount, distribution.Offset, points.NumbersOf(distribution.Counts),
            distribution.NegativeOffset, points.NumbersOf(distribution.NegativeCounts));
        var isDelta = point.Temporality == Temporality.Delta;
        var reason = state.Take(distribution.Count, distribution.Sum, time, point.StartTime, isDelta, out var increase);
        if (reason != DropReason.None) return reason;
        if (!AddRateAndMean(entry, increase, state.Sum, time, _identity.Step, into)) return DropReason.NoTraffic;
        for (var i = 0; i < DistributionOutputs.Quantiles.Length; i++)
        {
            var value = BucketQuantiles.Exponential(state.Change, DistributionOutputs.Quantiles[i]);
            if (isDelta) value = Within(value, distribution.Min, distribution.Max);
            AddQuantile(entry, i, value, time, _identity.Step, into);
        }

        return DropReason.None;
    }

    private DropReason TakeSummary(SeriesEntry entry, PointBatch points, in Point point, long time, MappedBatch into)
    {
        if (!point.HasDistribution) return DropReason.BadHistogram;
        if (IsNotNewer(entry, time, out var reason)) return reason;
        entry.LastTime = time;
        ref readonly var distribution = ref points.DistributionOf(point);
        var quantiles = points.NumbersOf(distribution.Quantiles);
        var values = points.NumbersOf(distribution.QuantileValues);
        var (isEmpty, taken) = (true, 0u);
        for (var i = 0; i < quantiles.Length && i < values.Length; i++)
        {
            if (double.IsNaN(values[i])) continue;
            isEmpty = false;
            // Of two values of one quantile the first counts, as of two equal lines.
            if (QuantileAt(entry, quantiles[i]) is not (>= 0 and var at) || (taken & (1u << at)) != 0) continue;
            taken |= 1u << at;
            Add(entry.Quantiles![at].Series, time, _identity.Step, values[i] * entry.Factor, into);
        }

        if (!double.IsNaN(distribution.Count))
        {
            var totals = new HistogramPoint { Bounds = [], Counts = [], Count = distribution.Count, Sum = distribution.Sum };
            var isDelta = point.Temporality == Temporality.Delta;
            reason = (entry.Histogram ??= new()).Take(totals, time, point.StartTime, isDelta, _change);
            if (reason == DropReason.None && AddRateAndMean(entry, _change.Count, _change.Sum, time, _identity.Step, into)) return reason;
        }

        // The quantiles are samples, whatever the totals are.
        return isEmpty ? DropReason.NoTraffic : DropReason.None;
    }

    // False where there was nothing to observe: then there is a rate of 0, and nothing else.
    private static bool AddRateAndMean(SeriesEntry entry, in Increase count, double sum, long time, long step, MappedBatch into)
    {
        Add(entry.Outputs[DistributionOutputs.Rate], time, step, count.Rate, into);
        if (!(count.Amount > 0)) return false;
        var mean = sum / count.Amount * entry.Factor;
        if (double.IsFinite(mean)) Add(entry.Outputs[DistributionOutputs.Mean], time, step, mean, into);
        return true;
    }

    private static void AddQuantile(SeriesEntry entry, int quantile, double value, long time, long step, MappedBatch into)
    {
        if (double.IsFinite(value))
            Add(entry.Outputs[DistributionOutputs.FirstQuantile + quantile], time, step, value * entry.Factor, into);
    }

    // The place of a quantile among those of the series; negative where there are too many.
    private int QuantileAt(SeriesEntry entry, double quantile)
    {
        var known = entry.Quantiles ??= [];
        for (var i = 0; i < known.Count; i++)
            if (known[i].Quantile == quantile) return i;
        if (known.Count == MostQuantiles || quantile is not (>= 0 and <= 1)) return -1;
        // Two that differ in their last digits have one name.
        var suffix = DistributionOutputs.SuffixOf(quantile);
        var isNew = !known.Exists(other => DistributionOutputs.SuffixOf(other.Quantile) == suffix);
        known.Add((quantile, isNew ? _resolver.QuantileOf(entry, quantile) : null));
        return known.Count - 1;
    }

    // Of a summary: people declare a handful.
    private const int MostQuantiles = 16;

    // Buckets are wide; the extremes of the same observations bound what is between. A NaN bounds nothing.
    private static double Within(double value, double min, double max) => value < min ? min : value > max ? max : value;
}
