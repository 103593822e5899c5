using MathNet.Numerics.Statistics;

namespace LeptonStream.Benchmarks.Windows;

/// <summary>
/// What MathNet offers for a window: its moving statistics, and order statistics by quick selection on a copy, since these have none.
/// </summary>
internal sealed class MathNetWindow(int capacity)
{
    private readonly MovingStatistics _moving = new(capacity);
    private readonly double[] _ring = new double[capacity];
    private readonly double[] _copy = new double[capacity];
    private int _next;

    /// <summary>Pushes and reads mean, variance, minimum and maximum.</summary>
    public double PushAndRead(double value)
    {
        _moving.Push(value);
        _ring[_next] = value;
        _next = _next + 1 == capacity ? 0 : _next + 1;
        return _moving.Mean + _moving.PopulationVariance + _moving.Minimum + _moving.Maximum;
    }

    /// <summary>The median, on a copy that is left in another order.</summary>
    public double Median()
    {
        _ring.AsSpan().CopyTo(_copy);
        return ArrayStatistics.MedianInplace(_copy);
    }

    /// <summary>The median absolute deviation, after <see cref="Median"/>.</summary>
    public double MedianAbsoluteDeviation(double median)
    {
        foreach (ref var value in _copy.AsSpan()) value = Math.Abs(value - median);
        return ArrayStatistics.MedianInplace(_copy);
    }
}
