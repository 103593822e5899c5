using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// One side, positive or negative, of a native histogram of Prometheus: spans say which buckets there are, those between them are empty.
/// Counts come as differences or as they are.
/// </summary>
internal struct NativeBuckets
{
    private const int LeastSchema = -4;
    private const int MostSchema = 8;

    private NumberRange _spans;
    private NumberRange _counts;
    private long _last;

    /// <summary>Whether any span was read.</summary>
    public readonly bool HasSpans => _spans.Count > 0;

    /// <summary>Reads a span up to <paramref name="end"/>.</summary>
    public void ReadSpan(PointBatch batch, ref ProtoReader from, int end)
    {
        long offset = 0;
        ulong length = 0;
        while (from.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: offset = (int)from.ZigZag(); break;
                case 2 << 3: length = (uint)from.Varint(); break;
                default: from.Skip(tag, end); break;
            }
        }

        if (batch.MayAddNumbers(_spans.Count + 2)) _spans = batch.Append(batch.Append(_spans, offset), length);
    }

    /// <summary>Reads counts as their differences from the ones before, packed up to <paramref name="end"/>.</summary>
    public void ReadDeltas(PointBatch batch, ref ProtoReader from, int end)
    {
        while (from.At < end) ReadDelta(batch, ref from);
        if (from.At != end) from.Fail();
    }

    /// <summary>Reads one count as its difference from the one before.</summary>
    public void ReadDelta(PointBatch batch, ref ProtoReader from)
    {
        _last += from.ZigZag();
        if (batch.MayAddNumbers(_counts.Count + 1)) _counts = batch.Append(_counts, _last);
    }

    /// <summary>Reads counts as they are, packed up to <paramref name="end"/>.</summary>
    public void ReadCounts(PointBatch batch, ref ProtoReader from, int end) => _counts = ReadDoubles(batch, ref from, _counts, end);

    /// <summary>Reads one count as it is.</summary>
    public void ReadCount(PointBatch batch, ref ProtoReader from)
    {
        var value = from.Double();
        if (batch.MayAddNumbers(_counts.Count + 1)) _counts = batch.Append(_counts, value);
    }

    /// <summary>Reads packed doubles behind those of a range.</summary>
    public static NumberRange ReadDoubles(PointBatch batch, ref ProtoReader from, NumberRange numbers, int end)
    {
        while (from.At < end)
        {
            var value = from.Double();
            if (batch.MayAddNumbers(numbers.Count + 1)) numbers = batch.Append(numbers, value);
        }

        if (from.At != end) from.Fail();
        return numbers;
    }

    /// <summary>
    /// Makes an exponential histogram of both sides. Bucket i of Prometheus ends at base^i, that of OpenTelemetry begins there.
    /// </summary>
    /// <returns>The fault; null where it has none.</returns>
    public static string? Set(PointBatch batch, ref Point point, ref Distribution histogram, long schema, NativeBuckets positive,
        NativeBuckets negative)
    {
        if (schema is < LeastSchema or > MostSchema) return $"schema {schema}";
        point.Kind = PointKind.ExponentialHistogram;
        histogram.Scale = (int)schema;
        if (!positive.TryFill(batch, out var first, out var counts)) return "spans and counts differ, or there are too many buckets";
        (histogram.Offset, histogram.Counts) = (first - 1, counts);
        if (!negative.TryFill(batch, out first, out counts)) return "spans and counts differ, or there are too many buckets";
        (histogram.NegativeOffset, histogram.NegativeCounts) = (first - 1, counts);
        return HistogramRules.FaultOfExponential(batch, histogram);
    }

    /// <summary>The counts of all buckets from the first on, the empty ones between them among them.</summary>
    public readonly bool TryFill(PointBatch batch, out int first, out NumberRange filled)
    {
        first = 0;
        filled = default;
        var taken = 0;
        for (var i = 0; i < _spans.Count; i += 2)
        {
            var offset = (long)batch.NumbersOf(_spans)[i];
            var length = (long)batch.NumbersOf(_spans)[i + 1];
            if (i == 0) first = (int)Math.Clamp(offset, int.MinValue + 1, int.MaxValue);
            else if (offset < 0 || !TryAppend(batch, ref filled, offset, default, 0)) return false;
            if (length > _counts.Count - taken || !TryAppend(batch, ref filled, length, _counts, taken)) return false;
            taken += (int)length;
        }

        return taken == _counts.Count;
    }

    private static bool TryAppend(PointBatch batch, ref NumberRange filled, long count, NumberRange from, int first)
    {
        if (filled.Count + count > batch.Limits.Buckets || !batch.MayAddNumbers(filled.Count + (int)count)) return false;
        for (var i = 0; i < count; i++)
            filled = batch.Append(filled, from.Count == 0 ? 0 : batch.NumbersOf(from)[first + i]);
        return true;
    }
}
