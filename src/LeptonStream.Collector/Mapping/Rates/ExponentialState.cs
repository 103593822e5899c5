namespace LeptonStream.Collector.Mapping.Rates;

/// <summary>Turns the points of an exponential histogram into the histograms of the times between them.</summary>
internal sealed class ExponentialState
{
    // Beyond these OTLP allows no scale that a 64-bit float could use.
    private const int LeastScale = -10;
    private const int MostScale = 20;

    private readonly ExponentialBuckets _before = new();
    private readonly ExponentialBuckets _now = new();
    private TotalState _total;
    private double _sum = double.NaN;

    /// <summary>Observations since the point before.</summary>
    public ExponentialBuckets Change { get; } = new();

    /// <summary>Their sum; NaN where nobody knows.</summary>
    public double Sum { get; private set; }

    /// <summary>The buckets of the point that <see cref="Take"/> takes.</summary>
    public ExponentialBuckets Point => _now;

    /// <summary>Takes <see cref="Point"/>.</summary>
    public DropReason Take(double count, double sum, long time, long start, bool isDelta, out Increase increase)
    {
        increase = default;
        if (_now.Scale is < LeastScale or > MostScale || _now.HasNegative) return DropReason.BadHistogram;
        var reason = isDelta ? _total.TakeChange(count, time, start, out increase) : _total.Take(count, time, start, out increase);
        if (reason is DropReason.Duplicate or DropReason.OutOfOrder or DropReason.Overlap or DropReason.Negative) return reason;
        if (reason == DropReason.None)
        {
            var isWhole = isDelta || increase.IsFromZero;
            _now.CopyTo(Change);
            Sum = isWhole ? sum : sum - _sum;
            if (!isWhole && !TakeAwayBefore()) reason = _total.Rebase(count, time, start, DropReason.Reset);
        }

        _now.CopyTo(_before);
        _sum = sum;
        return reason;
    }

    private bool TakeAwayBefore()
    {
        var scale = Math.Min(Change.Scale, _before.Scale);
        Change.Coarsen(scale);
        _before.Coarsen(scale);
        return Change.Subtract(_before) && !Change.HasNegative;
    }
}
