using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>Prometheus' native histograms: exponential, or with bounds of their own.</summary>
internal ref partial struct RemoteWriteWalk
{
    // The schema of a histogram whose bounds are written in it.
    private const long CustomBounds = -53;
    private const int LeastSchema = -4;
    private const int MostSchema = 8;

    private void ReadHistogram(int end)
    {
        double count = 0, zeroCount = 0, sum = 0, threshold = 0;
        long schema = 0, time = 0, start = 0;
        var positive = new Side();
        var negative = new Side();
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
                case (8 << 3) | 2: ReadSpan(ref negative, _in.Message(end)); break;
                case (9 << 3) | 2: ReadDeltas(ref negative, _in.Message(end)); break;
                case (10 << 3) | 2: negative.Counts = ReadDoubles(negative.Counts, _in.Message(end)); break;
                case (11 << 3) | 2: ReadSpan(ref positive, _in.Message(end)); break;
                case (12 << 3) | 2: ReadDeltas(ref positive, _in.Message(end)); break;
                case (13 << 3) | 2: positive.Counts = ReadDoubles(positive.Counts, _in.Message(end)); break;
                case 15 << 3: time = (long)_in.Varint(); break;
                case (16 << 3) | 2: bounds = ReadDoubles(bounds, _in.Message(end)); break;
                case 17 << 3 when _isSecond: start = (long)_in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed || !TryAdd(time, start)) return;
        ref var point = ref batch.Last;
        point.Unit = _unit;
        point.Temporality = Temporality.Cumulative;
        ref var histogram = ref batch.AddDistribution();
        histogram.Count = count;
        histogram.Sum = sum;
        histogram.ZeroCount = zeroCount;
        histogram.ZeroThreshold = threshold;
        var fault = schema == CustomBounds ? SetCustom(ref point, ref histogram, positive, bounds)
            : SetExponential(ref point, ref histogram, schema, positive, negative);
        if (fault is not null)
        {
            batch.RefuseOf(_name, RefusalReason.BadHistogram, fault);
            batch.KeepPoints(batch.PointCount - 1);
            return;
        }

        point.Value = sum;
        StaleMarker.Apply(ref point);
        if (!point.IsStale) point.Value = HistogramRules.MeanOf(histogram);
    }

    // Bucket i of Prometheus ends at base^i, that of OpenTelemetry begins there.
    private readonly string? SetExponential(ref Point point, ref Distribution histogram, long schema, Side positive, Side negative)
    {
        if (schema is < LeastSchema or > MostSchema) return $"schema {schema}";
        point.Kind = PointKind.ExponentialHistogram;
        histogram.Scale = (int)schema;
        if (!TryFill(positive, out var first, out var counts)) return "spans and counts differ, or there are too many buckets";
        (histogram.Offset, histogram.Counts) = (first - 1, counts);
        if (!TryFill(negative, out first, out counts)) return "spans and counts differ, or there are too many buckets";
        (histogram.NegativeOffset, histogram.NegativeCounts) = (first - 1, counts);
        return HistogramRules.FaultOfExponential(batch, histogram);
    }

    private readonly string? SetCustom(ref Point point, ref Distribution histogram, Side positive, NumberRange bounds)
    {
        point.Kind = PointKind.Histogram;
        if (!TryFill(positive, out var first, out var counts)) return "spans and counts differ, or there are too many buckets";
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

    // Spans say which buckets there are; those between them are empty.
    private readonly bool TryFill(Side side, out int first, out NumberRange filled)
    {
        first = 0;
        filled = default;
        var taken = 0;
        for (var i = 0; i < side.Spans.Count; i += 2)
        {
            var offset = (long)batch.NumbersOf(side.Spans)[i];
            var length = (long)batch.NumbersOf(side.Spans)[i + 1];
            if (i == 0) first = (int)Math.Clamp(offset, int.MinValue + 1, int.MaxValue);
            else if (offset < 0 || !TryAppend(ref filled, offset, default, 0)) return false;
            if (length > side.Counts.Count - taken || !TryAppend(ref filled, length, side.Counts, taken)) return false;
            taken += (int)length;
        }

        return taken == side.Counts.Count;
    }

    private readonly bool TryAppend(ref NumberRange filled, long count, NumberRange from, int first)
    {
        if (filled.Count + count > batch.Limits.Buckets || !batch.MayAddNumbers(filled.Count + (int)count)) return false;
        for (var i = 0; i < count; i++)
            filled = batch.Append(filled, from.Count == 0 ? 0 : batch.NumbersOf(from)[first + i]);
        return true;
    }

    private void ReadSpan(ref Side side, int end)
    {
        long offset = 0;
        ulong length = 0;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: offset = (int)_in.ZigZag(); break;
                case 2 << 3: length = (uint)_in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (batch.MayAddNumbers(side.Spans.Count + 2)) side.Spans = batch.Append(batch.Append(side.Spans, offset), length);
    }

    // Each count is written as its difference from the one before.
    private void ReadDeltas(ref Side side, int end)
    {
        while (_in.At < end)
        {
            side.Last += _in.ZigZag();
            if (batch.MayAddNumbers(side.Counts.Count + 1)) side.Counts = batch.Append(side.Counts, side.Last);
        }

        if (_in.At != end) _in.Fail();
    }

    private NumberRange ReadDoubles(NumberRange numbers, int end)
    {
        while (_in.At < end)
        {
            var value = _in.Double();
            if (batch.MayAddNumbers(numbers.Count + 1)) numbers = batch.Append(numbers, value);
        }

        if (_in.At != end) _in.Fail();
        return numbers;
    }

    private struct Side
    {
        public NumberRange Spans;
        public NumberRange Counts;
        public long Last;
    }
}
