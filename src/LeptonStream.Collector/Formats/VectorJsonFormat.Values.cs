using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>The values of Vector's metrics.</summary>
internal sealed partial class VectorJsonFormat
{
    private void Add(Text name, ref Metric metric)
    {
        ref var point = ref Batch.Add();
        point.Name = name;
        var temporality = metric.IsIncremental ? Temporality.Delta : Temporality.Cumulative;
        var reason = RefusalReason.None;
        var value = double.NaN;
        switch (metric.Value)
        {
            // A gauge's increment is no level.
            case ValueKind.Gauge:
                point.Kind = metric.IsIncremental ? PointKind.Delta : PointKind.Gauge;
                if (metric.IsIncremental) point.Flags |= PointFlags.NotMonotonic;
                reason = ReadInner(ref metric.At, out value);
                break;
            case ValueKind.Counter:
                point.Kind = metric.IsIncremental ? PointKind.Delta : PointKind.Cumulative;
                reason = ReadInner(ref metric.At, out value);
                break;
            default:
                point.Kind = metric.Value == ValueKind.Histogram ? PointKind.Histogram : PointKind.Summary;
                reason = ReadDistribution(ref metric.At, metric.Value, out value);
                break;
        }

        if (reason != RefusalReason.None)
        {
            Batch.RefuseLast(reason, "its value", metric.FirstLabel);
            return;
        }

        if (point.Kind != PointKind.Gauge) point.Temporality = temporality;
        if (metric.IsIncremental && metric.Interval > 0 && metric.Time > metric.Interval) point.StartTime = metric.Time - metric.Interval;
        End(metric.FirstLabel, value, metric.Time);
    }

    private static RefusalReason ReadInner(ref Utf8JsonReader json, out double value)
    {
        value = double.NaN;
        var reason = RefusalReason.MissingField;
        if (json.TokenType != JsonTokenType.StartObject) return RefusalReason.WrongType;
        while (TryProperty(ref json))
        {
            var isValue = json.ValueTextEquals("value"u8);
            json.Read();
            if (isValue) reason = ReadNumber(ref json, out value);
            else json.Skip();
        }

        return reason is RefusalReason.TextValue or RefusalReason.NoValue ? RefusalReason.BadNumber : reason;
    }

    private RefusalReason ReadDistribution(ref Utf8JsonReader json, ValueKind kind, out double mean)
    {
        mean = double.NaN;
        if (json.TokenType != JsonTokenType.StartObject) return RefusalReason.WrongType;
        ref var distribution = ref Batch.AddDistribution();
        NumberRange pairs = default;
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("count"u8))
            {
                json.Read();
                ReadNumber(ref json, out var count);
                distribution.Count = count;
            }
            else if (json.ValueTextEquals("sum"u8))
            {
                json.Read();
                ReadNumber(ref json, out var sum);
                distribution.Sum = sum;
            }
            else if (json.ValueTextEquals("buckets"u8) || json.ValueTextEquals("quantiles"u8))
            {
                json.Read();
                pairs = ReadPairs(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        if (double.IsNaN(distribution.Count)) return RefusalReason.BadHistogram;
        var fault = kind == ValueKind.Histogram ? SetHistogram(ref distribution, pairs) : SetSummary(ref distribution, pairs);
        mean = HistogramRules.MeanOf(distribution);
        return fault is null ? RefusalReason.None : RefusalReason.BadHistogram;
    }

    // Vector's buckets count alone, not accumulated.
    private string? SetHistogram(ref Distribution histogram, NumberRange pairs)
    {
        if (pairs.Count == 0) return null;
        if (!double.IsPositiveInfinity(Batch.NumbersOf(pairs)[^2]))
            pairs = Batch.Append(Batch.Append(pairs, double.PositiveInfinity), 0);
        var (bounds, counts) = Batch.Unzip(pairs);
        histogram.Bounds = bounds with { Count = bounds.Count - 1 };
        histogram.Counts = counts;
        return HistogramRules.FaultOf(Batch, histogram);
    }

    private string? SetSummary(ref Distribution summary, NumberRange pairs)
    {
        (summary.Quantiles, summary.QuantileValues) = Batch.Unzip(pairs);
        return HistogramRules.FaultOfSummary(Batch, summary);
    }

    private NumberRange ReadPairs(ref Utf8JsonReader json)
    {
        NumberRange pairs = default;
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return default;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            double first = double.NaN, second = double.NaN;
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }

            while (TryProperty(ref json))
            {
                var isFirst = json.ValueTextEquals("upper_limit"u8) || json.ValueTextEquals("quantile"u8);
                json.Read();
                ReadNumber(ref json, out var number);
                if (isFirst) first = number;
                else second = number;
            }

            if (Batch.MayAddNumbers(pairs.Count + 2)) pairs = Batch.Append(Batch.Append(pairs, first), second);
        }

        return pairs;
    }
}
