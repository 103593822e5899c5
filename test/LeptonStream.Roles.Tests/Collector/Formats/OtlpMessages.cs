using System.Globalization;
using System.Text;
using LeptonStream.Testing.Otlp;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Random OTLP messages, and their points by the generated classes, in the form of <see cref="PointText"/>.</summary>
internal static class OtlpMessages
{
    private const ulong Begin = 1763856000000000000;

    public static MetricsData Random(Random random)
    {
        var data = new MetricsData();
        for (var r = random.Next(1, 3); r > 0; r--)
        {
            var resource = new ResourceMetrics { Resource = new(), SchemaUrl = "s" };
            resource.Resource.Attributes.Add(Attributes(random));
            var scope = new ScopeMetrics { Scope = new() { Name = Name(random), Version = random.Next(2) == 0 ? "" : "1" } };
            for (var m = random.Next(1, 5); m > 0; m--) scope.Metrics.Add(Metric(random));
            resource.ScopeMetrics.Add(scope);
            data.ResourceMetrics.Add(resource);
        }

        return data;
    }

    private static Metric Metric(Random random)
    {
        var metric = new Metric { Name = "m." + Name(random), Description = "d", Unit = random.Next(2) == 0 ? "" : "By" };
        switch (random.Next(5))
        {
            case 0:
                metric.Gauge = new();
                metric.Gauge.DataPoints.Add(Many(random, Number));
                break;
            case 1:
                metric.Sum = new() { AggregationTemporality = random.Next(3), IsMonotonic = random.Next(2) == 0 };
                metric.Sum.DataPoints.Add(Many(random, Number));
                break;
            case 2:
                metric.Histogram = new() { AggregationTemporality = random.Next(3) };
                metric.Histogram.DataPoints.Add(Many(random, Histogram));
                break;
            case 3:
                metric.ExponentialHistogram = new() { AggregationTemporality = random.Next(3) };
                metric.ExponentialHistogram.DataPoints.Add(Many(random, Exponential));
                break;
            default:
                metric.Summary = new();
                metric.Summary.DataPoints.Add(Many(random, Summary));
                break;
        }

        return metric;
    }

    private static T[] Many<T>(Random random, Func<Random, T> make) =>
        Enumerable.Range(0, random.Next(1, 4)).Select(_ => make(random)).ToArray();

    private static NumberDataPoint Number(Random random)
    {
        var point = new NumberDataPoint { TimeUnixNano = Time(random), StartTimeUnixNano = random.Next(2) == 0 ? 0 : Begin };
        if (random.Next(2) == 0) point.AsDouble = (random.NextDouble() - 0.5) * 1e6;
        else point.AsInt = random.Next(-1000, 1000);
        if (random.Next(10) == 0) point.Flags = 1;
        point.Attributes.Add(Attributes(random));
        return point;
    }

    private static HistogramDataPoint Histogram(Random random)
    {
        var point = new HistogramDataPoint { TimeUnixNano = Time(random), Count = (ulong)random.Next(100) };
        if (random.Next(2) == 0) point.Sum = random.Next(100);
        if (random.Next(2) == 0) (point.Min, point.Max) = (0, random.Next(100));
        var bounds = random.Next(5);
        for (var i = 0; i < bounds; i++) point.ExplicitBounds.Add(i * 1.5);
        for (var i = 0; i <= bounds; i++) point.BucketCounts.Add((ulong)random.Next(50));
        point.Attributes.Add(Attributes(random));
        return point;
    }

    private static ExponentialHistogramDataPoint Exponential(Random random)
    {
        var point = new ExponentialHistogramDataPoint
        {
            TimeUnixNano = Time(random), Count = (ulong)random.Next(100), Sum = random.Next(100), Scale = random.Next(-3, 9),
            ZeroCount = (ulong)random.Next(4), ZeroThreshold = random.Next(2) * 1e-6, Positive = new() { Offset = random.Next(-50, 50) },
        };
        for (var i = random.Next(6); i > 0; i--) point.Positive.BucketCounts.Add((ulong)random.Next(1 << random.Next(1, 20)));
        if (random.Next(2) == 0) point.Negative = new() { Offset = random.Next(-50, 50), BucketCounts = { 3, 4 } };
        point.Attributes.Add(Attributes(random));
        return point;
    }

    private static SummaryDataPoint Summary(Random random)
    {
        var point = new SummaryDataPoint { TimeUnixNano = Time(random), Count = (ulong)random.Next(100), Sum = random.Next(100) };
        for (var i = random.Next(4); i > 0; i--)
            point.QuantileValues.Add(new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 0.2 * i, Value = i });
        point.Attributes.Add(Attributes(random));
        return point;
    }

    private static KeyValue[] Attributes(Random random) => Enumerable.Range(0, random.Next(4)).Select(i => new KeyValue
    {
        Key = $"k{i}",
        Value = random.Next(5) switch
        {
            0 => new() { StringValue = Name(random) },
            1 => new() { IntValue = random.Next(-1000, 1000) },
            2 => new() { BoolValue = random.Next(2) == 0 },
            3 => new() { DoubleValue = random.NextDouble() },
            _ => new() { StringValue = "训练-" + Name(random) },
        },
    }).ToArray();

    private static ulong Time(Random random) => Begin + (ulong)random.NextInt64(1_000_000_000_000);

    private static string Name(Random random) => "n" + random.Next(100).ToString(CultureInfo.InvariantCulture);

    /// <summary>The points of a message by its generated classes.</summary>
    public static string Expected(MetricsData data)
    {
        var text = new StringBuilder();
        foreach (var resource in data.ResourceMetrics)
        {
            foreach (var scope in resource.ScopeMetrics)
            {
                foreach (var metric in scope.Metrics) new Writer(text, resource, scope, metric).Write();
            }
        }

        return text.ToString();
    }

    private sealed class Writer(StringBuilder text, ResourceMetrics resource, ScopeMetrics scope, Metric metric)
    {
        public void Write()
        {
            var temporality = metric.Histogram?.AggregationTemporality ?? metric.ExponentialHistogram?.AggregationTemporality
                ?? metric.Sum?.AggregationTemporality ?? 0;
            var kind = (metric.Sum?.IsMonotonic, temporality) switch
            {
                (true, 2) => "Cumulative",
                (_, 1) => "Delta",
                (_, 2) => "Gauge",
                _ => "Untyped",
            };
            foreach (var point in metric.Gauge?.DataPoints ?? []) Number(point, "Gauge", 0, false);
            var isNotMonotonic = kind == "Delta" && metric.Sum is { IsMonotonic: false };
            foreach (var point in metric.Sum?.DataPoints ?? []) Number(point, kind, temporality, isNotMonotonic);
            foreach (var point in metric.Histogram?.DataPoints ?? [])
            {
                Head("Histogram", Mean(point.Sum, point.HasSum, point.Count), point.TimeUnixNano, point.StartTimeUnixNano, temporality,
                    point.Flags, false);
                Labels(point.Attributes);
                Common(point.Count, Known(point.HasSum, point.Sum), Known(point.HasMin, point.Min), Known(point.HasMax, point.Max));
                Numbers("bounds", point.ExplicitBounds);
                Numbers("counts", point.BucketCounts.Select(count => (double)count));
                text.Append('\n');
            }

            foreach (var point in metric.ExponentialHistogram?.DataPoints ?? [])
            {
                Head("ExponentialHistogram", Mean(point.Sum, point.HasSum, point.Count), point.TimeUnixNano, point.StartTimeUnixNano,
                    temporality, point.Flags, false);
                Labels(point.Attributes);
                Common(point.Count, Known(point.HasSum, point.Sum), Known(point.HasMin, point.Min), Known(point.HasMax, point.Max));
                Numbers("counts", point.Positive?.BucketCounts.Select(count => (double)count) ?? []);
                text.Append(CultureInfo.InvariantCulture, $" scale={point.Scale} offset={point.Positive?.Offset ?? 0}");
                text.Append(CultureInfo.InvariantCulture, $" zero={Of(point.ZeroCount)} threshold={Of(point.ZeroThreshold)}");
                text.Append(CultureInfo.InvariantCulture, $" negativeOffset={point.Negative?.Offset ?? 0}");
                Numbers("negative", point.Negative?.BucketCounts.Select(count => (double)count) ?? []);
                text.Append('\n');
            }

            foreach (var point in metric.Summary?.DataPoints ?? [])
            {
                Head("Summary", Mean(point.Sum, true, point.Count), point.TimeUnixNano, point.StartTimeUnixNano, 0, point.Flags, false);
                Labels(point.Attributes);
                Common(point.Count, point.Sum, double.NaN, double.NaN);
                Numbers("quantiles", point.QuantileValues.Select(quantile => quantile.Quantile));
                Numbers("values", point.QuantileValues.Select(quantile => quantile.Value));
                text.Append('\n');
            }
        }

        private void Number(NumberDataPoint point, string kind, int temporality, bool isNotMonotonic)
        {
            var value = point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;
            Head(kind, value, point.TimeUnixNano, point.StartTimeUnixNano, temporality, point.Flags, isNotMonotonic);
            Labels(point.Attributes);
        }

        private static double Known(bool isKnown, double value) => isKnown ? value : double.NaN;

        private static double Mean(double sum, bool hasSum, ulong count) => count == 0 || !hasSum ? double.NaN : sum / count;

        private void Head(string kind, double value, ulong time, ulong start, int temporality, uint flags, bool isNotMonotonic)
        {
            var isStale = (flags & 1) != 0;
            text.Append(kind).Append(' ').Append(metric.Name);
            if (metric.Unit.Length > 0) text.Append(" [").Append(metric.Unit).Append(']');
            text.Append(" = ").Append(Of(isStale ? double.NaN : value));
            if (time != 0) text.Append(" @").Append(time);
            if (start is not 0 and <= long.MaxValue) text.Append(" since ").Append(start);
            if (temporality is 1 or 2) text.Append(temporality == 1 ? " Delta" : " Cumulative");
            if (isStale || isNotMonotonic)
                text.Append(" !").Append(isStale && isNotMonotonic ? "Stale, NotMonotonic" : isStale ? "Stale" : "NotMonotonic");
            text.Append('\n');
        }

        private void Labels(IEnumerable<KeyValue> labels)
        {
            Line("resource", Pairs(resource.Resource?.Attributes ?? []));
            Line("scope", new[] { ("otel.scope.name", scope.Scope?.Name ?? ""), ("otel.scope.version", scope.Scope?.Version ?? "") }
                .Where(pair => pair.Item2.Length > 0).Concat(Pairs(scope.Scope?.Attributes ?? [])));
            Line("labels", Pairs(labels));
        }

        private static IEnumerable<(string, string)> Pairs(IEnumerable<KeyValue> attributes) =>
            attributes.Select(pair => (pair.Key, TextOf(pair.Value)));

        private static string TextOf(AnyValue? value) => value?.ValueCase switch
        {
            AnyValue.ValueOneofCase.StringValue => value.StringValue,
            AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
            AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
            AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
            AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
            _ => "",
        };

        private void Line(string name, IEnumerable<(string Name, string Value)> labels)
        {
            var all = labels.ToArray();
            if (all.Length == 0) return;
            text.Append("  ").Append(name).Append(": ").AppendJoin(' ', all.Select(label => $"{label.Name}={PointText.Line(label.Value)}"));
            text.Append('\n');
        }

        private void Common(double count, double sum, double min, double max) =>
            text.Append(CultureInfo.InvariantCulture, $"  count={Of(count)} sum={Of(sum)} min={Of(min)} max={Of(max)}");

        private void Numbers(string name, IEnumerable<double> numbers)
        {
            var all = numbers.ToArray();
            if (all.Length > 0) text.Append(' ').Append(name).Append("=[").AppendJoin(' ', all.Select(Of)).Append(']');
        }

        private static string Of(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }
}
