using System.Text;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>Points as a format would make them, and what a mapper makes of them, in words.</summary>
internal sealed class MappingPayload
{
    public const long Begin = 1_764_000_000L * 1_000_000_000;

    private readonly PointBatch _points = new();

    public PointBatch Points => _points;

    /// <summary>A second of the test's time.</summary>
    public static long At(double seconds) => Begin + (long)(seconds * 1e9);

    public MappingPayload Gauge(string series, double seconds, double value) => Add(PointKind.Gauge, series, seconds, value);

    public MappingPayload Untyped(string series, double seconds, double value) => Add(PointKind.Untyped, series, seconds, value);

    public MappingPayload Total(string series, double seconds, double value, double? start = null) =>
        Add(PointKind.Cumulative, series, seconds, value, start);

    public MappingPayload Change(string series, double seconds, double value, double? start = null) =>
        Add(PointKind.Delta, series, seconds, value, start);

    public MappingPayload Part(string series, double seconds, double value)
    {
        Add(PointKind.Cumulative, series, seconds, value);
        _points.Last.Flags = PointFlags.Part;
        return this;
    }

    public MappingPayload Stale(PointKind kind, string series, double seconds)
    {
        Add(kind, series, seconds, double.NaN);
        _points.Last.Flags |= PointFlags.Stale;
        return this;
    }

    public MappingPayload Unit(string unit)
    {
        _points.Last.Unit = _points.AddText(Encoding.UTF8.GetBytes(unit));
        return this;
    }

    public MappingPayload Model(string model)
    {
        _points.Last.Model = _points.AddText(Encoding.UTF8.GetBytes(model));
        return this;
    }

    public MappingPayload Histogram(string series, double seconds, double[] bounds, double[] counts, double sum,
        Temporality temporality = Temporality.Cumulative, double? start = null)
    {
        Add(PointKind.Histogram, series, seconds, sum / counts.Sum(), start);
        _points.Last.Temporality = temporality;
        ref var distribution = ref _points.AddDistribution();
        (distribution.Count, distribution.Sum) = (counts.Sum(), sum);
        (distribution.Bounds, distribution.Counts) = (Numbers(bounds), Numbers(counts));
        return this;
    }

    public MappingPayload Exponential(string series, double seconds, int scale, int offset, double[] counts, double zero = 0,
        Temporality temporality = Temporality.Cumulative)
    {
        Add(PointKind.ExponentialHistogram, series, seconds, double.NaN);
        _points.Last.Temporality = temporality;
        ref var distribution = ref _points.AddDistribution();
        (distribution.Count, distribution.Scale, distribution.Offset) = (counts.Sum() + zero, scale, offset);
        (distribution.ZeroCount, distribution.Counts) = (zero, Numbers(counts));
        return this;
    }

    public MappingPayload Summary(string series, double seconds, double count, double sum, params (double Quantile, double Value)[] values)
    {
        Add(PointKind.Summary, series, seconds, sum / count);
        _points.Last.Temporality = Temporality.Cumulative;
        ref var distribution = ref _points.AddDistribution();
        (distribution.Count, distribution.Sum) = (count, sum);
        distribution.Quantiles = Numbers([.. values.Select(pair => pair.Quantile)]);
        distribution.QuantileValues = Numbers([.. values.Select(pair => pair.Value)]);
        return this;
    }

    public MappedBatch MapBy(PointMapper mapper, SourceContext? source = null, double? received = null)
    {
        var mapped = new MappedBatch(1000);
        var newest = _points.Points.ToArray().Select(point => point.HasTime ? point.Time : Begin).DefaultIfEmpty(Begin).Max();
        mapper.Map(_points, source ?? new SourceContext("test"), received is { } at ? At(at) : newest, mapped);
        return mapped;
    }

    /// <summary>Each sample as <c>model{labels} metric value</c>, in the order of the messages.</summary>
    public static string[] SamplesOf(MappedBatch batch)
    {
        var lines = new List<string>();
        foreach (ref readonly var message in batch.Messages)
            foreach (ref readonly var sample in batch.SamplesOf(message))
                lines.Add(FormattableString.Invariant($"{message.Entity} {sample.Series.Metric} {Math.Round(sample.Value, 9)}"));
        return [.. lines];
    }

    public static string[] DropsOf(MappedBatch batch) => [.. batch.Drops.ToArray().Select(drop => $"{drop.Reason} {drop.Series}")];

    private MappingPayload Add(PointKind kind, string series, double seconds, double value, double? start = null)
    {
        var brace = series.IndexOf('{', StringComparison.Ordinal);
        var first = _points.LabelCount;
        foreach (var label in brace < 0 ? [] : series[(brace + 1)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var split = label.IndexOf('=', StringComparison.Ordinal);
            var (name, text) = (Encoding.UTF8.GetBytes(label[..split]), Encoding.UTF8.GetBytes(label[(split + 1)..]));
            _points.AddLabel(_points.AddText(name), _points.AddText(text));
        }

        ref var point = ref _points.Add();
        point.Name = _points.AddText(Encoding.UTF8.GetBytes(brace < 0 ? series : series[..brace]));
        point.Labels = _points.LabelsSince(first);
        (point.Kind, point.Value, point.Time) = (kind, value, At(seconds));
        point.StartTime = start is { } since ? At(since) : 0;
        return this;
    }

    private NumberRange Numbers(double[] values)
    {
        var first = _points.NumberCount;
        foreach (var value in values) _points.AddNumber(value);
        return _points.NumbersSince(first);
    }
}
