namespace LeptonStream.Collector.Mapping.Rates;

/// <summary>The histogram of the time between two points: observations alone, whatever there was before.</summary>
internal sealed class HistogramChange
{
    private double[] _counts = new double[32];

    /// <summary>The counts of the buckets, one more than <see cref="Bounds"/>; none where only count and sum are known.</summary>
    public ReadOnlySpan<double> Counts => _counts.AsSpan(0, Length);

    /// <summary>The upper bounds.</summary>
    public double[] Bounds { get; set; } = [];

    public int Length { get; private set; }

    /// <summary>How many observations, and in how many seconds.</summary>
    public Increase Count { get; set; }

    /// <summary>Their sum; NaN where nobody knows.</summary>
    public double Sum { get; set; }

    /// <summary>Sets the counts to those of two points.</summary>
    public void Subtract(ReadOnlySpan<double> now, ReadOnlySpan<double> before)
    {
        Length = now.Length;
        if (_counts.Length < Length) _counts = new double[Length];
        for (var i = 0; i < Length; i++) _counts[i] = now[i] - (i < before.Length ? before[i] : 0);
    }
}

/// <summary>Turns the points of a histogram with declared bounds into the histograms of the times between them.</summary>
internal sealed class HistogramState
{
    private TotalState _total;
    private double[] _bounds = [];
    private double[] _counts = [];
    private double _sum = double.NaN;

    /// <summary>Takes a point.</summary>
    /// <param name="point">The histogram: bounds ascend, counts are one more, or none.</param>
    /// <param name="time">When, in nanoseconds.</param>
    /// <param name="start">Since when it counts; 0 where nobody knows.</param>
    /// <param name="isDelta">Whether its counts are those since the point before.</param>
    /// <param name="change">Takes the change; only for <see cref="DropReason.None"/>.</param>
    public DropReason Take(in HistogramPoint point, long time, long start, bool isDelta, HistogramChange change)
    {
        if (!IsSound(point)) return DropReason.BadHistogram;
        var isSame = _bounds.AsSpan().SequenceEqual(point.Bounds);
        var reason = isDelta
            ? _total.TakeChange(point.Count, time, start, out var count)
            : _total.Take(point.Count, time, start, out count);
        if (reason is DropReason.Duplicate or DropReason.OutOfOrder or DropReason.Overlap or DropReason.Negative) return reason;
        if (reason == DropReason.None && !isDelta && !count.IsFromZero && !Grew(point, isSame))
            reason = _total.Rebase(point.Count, time, start, isSame ? DropReason.Reset : DropReason.BadHistogram);
        if (reason == DropReason.None)
        {
            var isWhole = isDelta || count.IsFromZero;
            change.Subtract(point.Counts, isWhole ? [] : _counts);
            change.Count = count;
            change.Sum = isWhole ? point.Sum : point.Sum - _sum;
        }

        Keep(point, isSame);
        change.Bounds = _bounds;
        return reason;
    }

    private bool Grew(in HistogramPoint point, bool isSame)
    {
        if (!isSame || _counts.Length != point.Counts.Length) return false;
        for (var i = 0; i < _counts.Length; i++)
            if (point.Counts[i] < _counts[i]) return false;
        return true;
    }

    private void Keep(in HistogramPoint point, bool isSame)
    {
        if (!isSame) _bounds = point.Bounds.ToArray();
        if (_counts.Length != point.Counts.Length) _counts = new double[point.Counts.Length];
        point.Counts.CopyTo(_counts);
        _sum = point.Sum;
    }

    private static bool IsSound(in HistogramPoint point)
    {
        if (point.Counts.Length > 0 && point.Counts.Length != point.Bounds.Length + 1) return false;
        for (var i = 1; i < point.Bounds.Length; i++)
            if (!(point.Bounds[i] > point.Bounds[i - 1])) return false;
        foreach (var count in point.Counts)
            if (!(count >= 0)) return false;
        return point.Count >= 0;
    }
}

/// <summary>A histogram with declared bounds as it came.</summary>
internal readonly ref struct HistogramPoint
{
    public required ReadOnlySpan<double> Bounds { get; init; }

    public required ReadOnlySpan<double> Counts { get; init; }

    public required double Count { get; init; }

    public required double Sum { get; init; }
}
