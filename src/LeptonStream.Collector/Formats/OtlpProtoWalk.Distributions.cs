using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>Points with a distribution.</summary>
internal ref partial struct OtlpProtoWalk
{
    private const uint Count = (4 << 3) | 1;
    private const uint Sum = (5 << 3) | 1;

    private void ReadHistogram(int end)
    {
        var firstLabel = batch.LabelCount;
        _points.Add(PointKind.Histogram);
        ref var histogram = ref batch.AddDistribution();
        ulong start = 0, time = 0, flags = 0;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case StartTime: start = _in.Fixed64(); break;
                case Time: time = _in.Fixed64(); break;
                case Count: histogram.Count = _in.Fixed64(); break;
                case Sum: histogram.Sum = _in.Double(); break;
                case (6 << 3) | 2: histogram.Counts = ReadPacked(histogram.Counts, Packed.Fixed, _in.Message(end)); break;
                case (6 << 3) | 1: histogram.Counts = Append(histogram.Counts, _in.Fixed64()); break;
                case (7 << 3) | 2: histogram.Bounds = ReadPacked(histogram.Bounds, Packed.Double, _in.Message(end)); break;
                case (7 << 3) | 1: histogram.Bounds = Append(histogram.Bounds, _in.Double()); break;
                case (9 << 3) | 2: ReadAttribute(_in.Message(end), firstLabel); break;
                case 10 << 3: flags = _in.Varint(); break;
                case (11 << 3) | 1: histogram.Min = _in.Double(); break;
                case (12 << 3) | 1: histogram.Max = _in.Double(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.EndDistribution(firstLabel, start, time, flags);
    }

    private void ReadExponential(int end)
    {
        var firstLabel = batch.LabelCount;
        _points.Add(PointKind.ExponentialHistogram);
        ref var histogram = ref batch.AddDistribution();
        ulong start = 0, time = 0, flags = 0;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: ReadAttribute(_in.Message(end), firstLabel); break;
                case StartTime: start = _in.Fixed64(); break;
                case Time: time = _in.Fixed64(); break;
                case Count: histogram.Count = _in.Fixed64(); break;
                case Sum: histogram.Sum = _in.Double(); break;
                case 6 << 3: histogram.Scale = (int)_in.ZigZag(); break;
                case (7 << 3) | 1: histogram.ZeroCount = _in.Fixed64(); break;
                case (8 << 3) | 2:
                    (histogram.Offset, histogram.Counts) = ReadBuckets(_in.Message(end), histogram.Offset, histogram.Counts);
                    break;
                case (9 << 3) | 2:
                    (histogram.NegativeOffset, histogram.NegativeCounts) =
                        ReadBuckets(_in.Message(end), histogram.NegativeOffset, histogram.NegativeCounts);
                    break;
                case 10 << 3: flags = _in.Varint(); break;
                case (12 << 3) | 1: histogram.Min = _in.Double(); break;
                case (13 << 3) | 1: histogram.Max = _in.Double(); break;
                case (14 << 3) | 1: histogram.ZeroThreshold = _in.Double(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.EndDistribution(firstLabel, start, time, flags);
    }

    // A message that comes twice is one, as protobuf has it.
    private (int Offset, NumberRange Counts) ReadBuckets(int end, int offset, NumberRange counts)
    {
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: offset = (int)_in.ZigZag(); break;
                case (2 << 3) | 2: counts = ReadPacked(counts, Packed.Varint, _in.Message(end)); break;
                case 2 << 3: counts = Append(counts, _in.Varint()); break;
                default: _in.Skip(tag, end); break;
            }
        }

        return (offset, counts);
    }

    private void ReadSummary(int end)
    {
        var firstLabel = batch.LabelCount;
        _points.Add(PointKind.Summary);
        ref var summary = ref batch.AddDistribution();
        // Not optional, in contrast to a histogram's: zero is not written.
        summary.Sum = 0;
        ulong start = 0, time = 0, flags = 0;
        NumberRange pairs = default;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case StartTime: start = _in.Fixed64(); break;
                case Time: time = _in.Fixed64(); break;
                case Count: summary.Count = _in.Fixed64(); break;
                case Sum: summary.Sum = _in.Double(); break;
                case (6 << 3) | 2: pairs = ReadQuantile(pairs, _in.Message(end)); break;
                case (7 << 3) | 2: ReadAttribute(_in.Message(end), firstLabel); break;
                case 8 << 3: flags = _in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        (summary.Quantiles, summary.QuantileValues) = batch.Unzip(pairs);
        _points.EndDistribution(firstLabel, start, time, flags);
    }

    private NumberRange ReadQuantile(NumberRange pairs, int end)
    {
        double quantile = 0, value = 0;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 1: quantile = _in.Double(); break;
                case (2 << 3) | 1: value = _in.Double(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        return Append(Append(pairs, quantile), value);
    }

    private readonly NumberRange Append(NumberRange numbers, double value) =>
        batch.MayAddNumbers(numbers.Count + 1) ? batch.Append(numbers, value) : numbers;

    private NumberRange ReadPacked(NumberRange numbers, Packed kind, int end)
    {
        while (_in.At < end)
        {
            var value = kind switch
            {
                Packed.Fixed => _in.Fixed64(),
                Packed.Double => _in.Double(),
                _ => _in.Varint(),
            };
            if (_in.IsFailed) break;
            numbers = Append(numbers, value);
        }

        if (_in.At != end) _in.Fail();
        return numbers;
    }

    private enum Packed
    {
        Fixed,
        Double,
        Varint,
    }
}
