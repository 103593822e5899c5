using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>Prometheus' native histograms: exponential, or with bounds of their own.</summary>
internal ref partial struct RemoteWriteWalk
{
    // The schema of a histogram whose bounds are written in it.
    private const long CustomBounds = -53;

    // ResetHint.GAUGE.
    private const ulong GaugeHint = 3;

    private void ReadHistogram(int end)
    {
        double count = 0, zeroCount = 0, sum = 0, threshold = 0;
        var isGauge = _type == FamilyType.GaugeHistogram;
        long schema = 0, time = 0, start = 0;
        var positive = new NativeBuckets();
        var negative = new NativeBuckets();
        NumberRange bounds = default;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: count = _in.Varint(); break;
                case (2 << 3) | 1: count = _in.Double(); break;
                case (3 << 3) | 1: sum = _in.Double(); break;
                case 4 << 3: schema = _in.ZigZag(); break;
                case (5 << 3) | 1: threshold = _in.Double(); break;
                case 6 << 3: zeroCount = _in.Varint(); break;
                case (7 << 3) | 1: zeroCount = _in.Double(); break;
                case (8 << 3) | 2: negative.ReadSpan(batch, ref _in, _in.Message(end)); break;
                case (9 << 3) | 2: negative.ReadDeltas(batch, ref _in, _in.Message(end)); break;
                case (10 << 3) | 2: negative.ReadCounts(batch, ref _in, _in.Message(end)); break;
                case (11 << 3) | 2: positive.ReadSpan(batch, ref _in, _in.Message(end)); break;
                case (12 << 3) | 2: positive.ReadDeltas(batch, ref _in, _in.Message(end)); break;
                case (13 << 3) | 2: positive.ReadCounts(batch, ref _in, _in.Message(end)); break;
                case 14 << 3: isGauge |= _in.Varint() == GaugeHint; break;
                case 15 << 3: time = (long)_in.Varint(); break;
                case (16 << 3) | 2: bounds = NativeBuckets.ReadDoubles(batch, ref _in, bounds, _in.Message(end)); break;
                case 17 << 3 when _isSecond: start = (long)_in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed || !TryAdd(time, start)) return;
        ref var point = ref batch.Last;
        point.Unit = _unit;
        // Each of its points counts what is there now, as if nothing had been before.
        point.Temporality = isGauge ? Temporality.Delta : Temporality.Cumulative;
        ref var histogram = ref batch.AddDistribution();
        histogram.Count = count;
        histogram.Sum = sum;
        histogram.ZeroCount = zeroCount;
        histogram.ZeroThreshold = threshold;
        var fault = schema == CustomBounds ? SetCustom(ref point, ref histogram, positive, bounds)
            : NativeBuckets.Set(batch, ref point, ref histogram, schema, positive, negative);
        HistogramRules.End(batch, _name, ref point, histogram, fault);
    }

    private readonly string? SetCustom(ref Point point, ref Distribution histogram, NativeBuckets positive, NumberRange bounds)
    {
        point.Kind = PointKind.Histogram;
        if (!positive.TryFill(batch, out var first, out var counts)) return "spans and counts differ, or there are too many buckets";
        if (first < 0 || first + (long)counts.Count > bounds.Count + 1) return "a bucket without bound";
        NumberRange all = default;
        for (var i = 0; i <= bounds.Count; i++)
        {
            var at = i - first;
            all = batch.Append(all, at >= 0 && at < counts.Count ? batch.NumbersOf(counts)[at] : 0);
        }

        histogram.Bounds = bounds;
        histogram.Counts = all;
        return HistogramRules.FaultOf(batch, histogram);
    }
}
