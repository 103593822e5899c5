using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <content>Summaries, and histograms of both kinds: one that is native and has classic buckets, too, is taken as native.</content>
internal ref partial struct PrometheusProtoWalk
{
    private void ReadSummary(int end)
    {
        double count = 0, sum = 0;
        long since = 0;
        NumberRange pairs = default;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: count = _in.Varint(); break;
                case (2 << 3) | 1: sum = _in.Double(); break;
                case (3 << 3) | 2: pairs = ReadPair(pairs, _in.Message(end), (1 << 3) | 1, (2 << 3) | 1); break;
                case (4 << 3) | 2: since = ReadTime(_in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed || !TryAdd(since)) return;
        ref var point = ref batch.Last;
        (point.Kind, point.Temporality) = (PointKind.Summary, Temporality.Cumulative);
        ref var summary = ref batch.AddDistribution();
        (summary.Count, summary.Sum) = (count, sum);
        (summary.Quantiles, summary.QuantileValues) = batch.Unzip(pairs);
        HistogramRules.End(batch, _name, ref point, summary, HistogramRules.FaultOfSummary(batch, summary));
    }

    private void ReadHistogram(int end)
    {
        double count = 0, sum = 0, zeroCount = 0, threshold = 0;
        long schema = 0, since = 0;
        NativeBuckets positive = default, negative = default;
        NumberRange pairs = default;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: count = _in.Varint(); break;
                case (2 << 3) | 1: sum = _in.Double(); break;
                case (3 << 3) | 2: pairs = ReadBucket(pairs, _in.Message(end)); break;
                case (4 << 3) | 1: count = _in.Double(); break;
                case 5 << 3: schema = _in.ZigZag(); break;
                case (6 << 3) | 1: threshold = _in.Double(); break;
                case 7 << 3: zeroCount = _in.Varint(); break;
                case (8 << 3) | 1: zeroCount = _in.Double(); break;
                case (9 << 3) | 2: negative.ReadSpan(batch, ref _in, _in.Message(end)); break;
                case 10 << 3: negative.ReadDelta(batch, ref _in); break;
                case (10 << 3) | 2: negative.ReadDeltas(batch, ref _in, _in.Message(end)); break;
                case (11 << 3) | 1: negative.ReadCount(batch, ref _in); break;
                case (11 << 3) | 2: negative.ReadCounts(batch, ref _in, _in.Message(end)); break;
                case (12 << 3) | 2: positive.ReadSpan(batch, ref _in, _in.Message(end)); break;
                case 13 << 3: positive.ReadDelta(batch, ref _in); break;
                case (13 << 3) | 2: positive.ReadDeltas(batch, ref _in, _in.Message(end)); break;
                case (14 << 3) | 1: positive.ReadCount(batch, ref _in); break;
                case (14 << 3) | 2: positive.ReadCounts(batch, ref _in, _in.Message(end)); break;
                case (15 << 3) | 2: since = ReadTime(_in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed || !TryAdd(since)) return;
        ref var point = ref batch.Last;
        // Each scrape of a gauge histogram stands for itself, as the histogram of a delta does.
        point.Temporality = _type == FamilyType.GaugeHistogram ? Temporality.Delta : Temporality.Cumulative;
        ref var histogram = ref batch.AddDistribution();
        (histogram.Count, histogram.Sum, histogram.ZeroCount, histogram.ZeroThreshold) = (count, sum, zeroCount, threshold);
        var isNative = positive.HasSpans || negative.HasSpans || zeroCount > 0 || threshold > 0;
        var fault = isNative ? NativeBuckets.Set(batch, ref point, ref histogram, schema, positive, negative)
            : SetClassic(ref point, ref histogram, pairs);
        HistogramRules.End(batch, _name, ref point, histogram, fault);
    }

    // Counts are accumulated, and that of +Inf may be left to the count of all.
    private readonly string? SetClassic(ref Point point, ref Distribution histogram, NumberRange pairs)
    {
        point.Kind = PointKind.Histogram;
        if (pairs.Count == 0) return null;
        if (!double.IsPositiveInfinity(batch.NumbersOf(pairs)[^2]))
            pairs = batch.Append(batch.Append(pairs, double.PositiveInfinity), histogram.Count);
        var (bounds, counts) = batch.Unzip(pairs);
        histogram.Bounds = bounds with { Count = bounds.Count - 1 };
        histogram.Counts = counts;
        HistogramRules.TakeApart(batch.NumbersToChange(counts));
        return HistogramRules.FaultOf(batch, histogram);
    }

    private NumberRange ReadBucket(NumberRange pairs, int end)
    {
        double count = 0, bound = 0;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: count = _in.Varint(); break;
                case (2 << 3) | 1: bound = _in.Double(); break;
                case (4 << 3) | 1: count = _in.Double(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        return Append(pairs, bound, count);
    }

    private NumberRange ReadPair(NumberRange pairs, int end, uint firstTag, uint secondTag)
    {
        double first = 0, second = 0;
        while (_in.TryTag(end, out var tag))
        {
            if (tag == firstTag) first = _in.Double();
            else if (tag == secondTag) second = _in.Double();
            else _in.Skip(tag, end);
        }

        return Append(pairs, first, second);
    }

    private readonly NumberRange Append(NumberRange pairs, double first, double second) =>
        batch.MayAddNumbers(pairs.Count + 2) ? batch.Append(batch.Append(pairs, first), second) : pairs;
}
