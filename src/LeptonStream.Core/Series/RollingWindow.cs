using LeptonStream.State;

namespace LeptonStream.Series;

/// <summary>
/// The last W values of a series: a ring in order of arrival and a sorted copy of it, so that mean, variance, median, quantiles,
/// median absolute deviation, minimum and maximum are exact after every push. A push costs O(log W) comparisons and one move of at most W floats.
/// </summary>
/// <remarks>
/// Mean and variance use sums of the values less an anchor, a value of the window itself; the sums are made anew from the ring
/// whenever cancellation could eat their digits and at least every 32 W pushes, so rounding never builds up (performance notes: docs/detectors).
/// </remarks>
public sealed class RollingWindow
{
    private readonly double[] _ring;
    private readonly double[] _sorted;
    private int _next;
    private double _anchor;
    private double _sum;
    private double _squares;
    private int _sinceAnchored;

    /// <summary>Makes an empty window.</summary>
    /// <param name="capacity">How many values it holds, from 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 2.</exception>
    public RollingWindow(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _ring = new double[capacity];
        _sorted = new double[capacity];
    }

    /// <summary>How many values it can hold.</summary>
    public int Capacity => _ring.Length;

    /// <summary>How many values it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The smallest value; NaN while empty.</summary>
    public double Minimum => Count == 0 ? double.NaN : _sorted[0];

    /// <summary>The largest value; NaN while empty.</summary>
    public double Maximum => Count == 0 ? double.NaN : _sorted[Count - 1];

    /// <summary>μ = Σx/n; NaN while empty.</summary>
    public double Mean => Count == 0 ? double.NaN : IsFlat ? _sorted[0] : _anchor + (_sum / Count);

    /// <summary>σ² = Σ(x−μ)²/n, of the whole window as population; never negative, NaN while empty.</summary>
    public double Variance
    {
        get
        {
            if (Count == 0) return double.NaN;
            if (IsFlat) return 0;
            var shift = _sum / Count;
            return Math.Max(0, (_squares / Count) - (shift * shift));
        }
    }

    /// <summary>σ = √(Σ(x−μ)²/n).</summary>
    public double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>The middle value, or the mean of the two middle ones; NaN while empty.</summary>
    public double Median => Count == 0 ? double.NaN : (_sorted[(Count - 1) / 2] + _sorted[Count / 2]) / 2;

    /// <summary>The newest value; NaN while empty.</summary>
    public double Last => Count == 0 ? double.NaN : _ring[_next == 0 ? Count - 1 : _next - 1];

    // Sums keep a rounding error of the values that left; a window of one value has none.
    private bool IsFlat => _sorted[0] == _sorted[Count - 1];

    /// <summary>The value <paramref name="back"/> pushes before the newest (0 = the newest).</summary>
    public double this[int back]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)back, (uint)Count, nameof(back));
            var index = _next - 1 - back;
            return _ring[index < 0 ? index + Capacity : index];
        }
    }

    /// <summary>Takes a value in; the oldest goes out when the window is full.</summary>
    /// <param name="value">A finite value.</param>
    /// <exception cref="ArgumentException">The value is not finite.</exception>
    public void Push(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException("a window holds finite values only", nameof(value));
        // −0 sorts like 0: one of the two, else equal windows could differ in their bits.
        value += 0.0;
        var eaten = false;
        if (Count == Capacity)
        {
            var oldest = _ring[_next];
            Replace(oldest, value);
            eaten = Subtract(oldest);
        }
        else
        {
            Insert(value);
        }

        _ring[_next] = value;
        _next = _next + 1 == Capacity ? 0 : _next + 1;
        Add(value);
        if (eaten) Anchor();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Count = _next = _sinceAnchored = 0;
        _anchor = _sum = _squares = 0;
    }

    /// <summary>The value below which the share <paramref name="share"/> (0..1) of the window lies, linearly interpolated; NaN while empty.</summary>
    public double Quantile(double share)
    {
        if (Count == 0) return double.NaN;
        var position = Math.Clamp(share, 0, 1) * (Count - 1);
        var below = (int)position;
        return below + 1 < Count ? _sorted[below] + ((position - below) * (_sorted[below + 1] - _sorted[below])) : _sorted[below];
    }

    /// <summary>The median of |x − median|; NaN while empty. O(log W), by a binary search over the sorted values.</summary>
    public double MedianAbsoluteDeviation()
    {
        if (Count == 0) return double.NaN;
        var median = Median;
        var middle = Deviation((Count - 1) / 2, median);
        return Count % 2 == 1 ? middle : (middle + Deviation(Count / 2, median)) / 2;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(Count);
        state.Write(_next);
        state.Write(_sinceAnchored);
        state.Write(_anchor);
        state.Write(_sum);
        state.Write(_squares);
        state.Write(_ring.AsSpan(0, Count));
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a window of the same capacity.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such window.</exception>
    public void Load(ref StateReader state)
    {
        Count = state.ReadCount(Capacity);
        _next = state.ReadCount(Capacity - 1);
        _sinceAnchored = state.ReadInt32();
        _anchor = state.ReadDouble();
        _sum = state.ReadDouble();
        _squares = state.ReadDouble();
        state.Read(_ring.AsSpan(0, Count));
        var sorted = _sorted.AsSpan(0, Count);
        _ring.AsSpan(0, Count).CopyTo(sorted);
        sorted.Sort();
    }

    private void Insert(double value)
    {
        var at = LowerBound(value);
        Array.Copy(_sorted, at, _sorted, at + 1, Count - at);
        _sorted[at] = value;
        Count++;
    }

    // One move of the values between the two places, not a removal and an insertion.
    private void Replace(double oldest, double value)
    {
        var from = LowerBound(oldest);
        var to = LowerBound(value);
        if (to > from)
        {
            Array.Copy(_sorted, from + 1, _sorted, from, to - from - 1);
            _sorted[to - 1] = value;
        }
        else
        {
            Array.Copy(_sorted, to, _sorted, to + 1, from - to);
            _sorted[to] = value;
        }
    }

    private int LowerBound(double value)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (_sorted[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void Add(double value)
    {
        if (Count == 1) _anchor = value;
        var shifted = value - _anchor;
        _sum += shifted;
        _squares += shifted * shifted;
        var shift = _sum / Count;
        // The variance is the small difference of two large numbers once the window has moved away from its anchor.
        var cancelled = (_squares / Count) - (shift * shift) < 1e-3 * shift * shift;
        if (++_sinceAnchored >= 32 * Capacity || (cancelled && _sinceAnchored >= Capacity)) Anchor();
    }

    // True where the value was so large that its rounding is felt among those that stay: an outlier takes their digits along when it leaves.
    private bool Subtract(double value)
    {
        var shifted = value - _anchor;
        _sum -= shifted;
        _squares -= shifted * shifted;
        return shifted * shifted > 1e6 * _squares;
    }

    private void Anchor()
    {
        _anchor = Median;
        _sum = _squares = 0;
        _sinceAnchored = 0;
        foreach (var value in _ring.AsSpan(0, Count))
        {
            var shifted = value - _anchor;
            _sum += shifted;
            _squares += shifted * shifted;
        }
    }

    // The k-th smallest |x − median|: the deviations left and right of the median are two sorted lists already.
    private double Deviation(int k, double median)
    {
        var right = LowerBound(median);
        int low = Math.Max(0, k + 1 - (Count - right)), high = Math.Min(right, k + 1);
        while (low < high)
        {
            var left = (int)((uint)(low + high) >> 1);
            var others = k + 1 - left;
            if (others > 0 && median - _sorted[right - left - 1] < _sorted[right + others - 1] - median) low = left + 1;
            else high = left;
        }

        var rest = k + 1 - low;
        var fromLeft = low > 0 ? median - _sorted[right - low] : double.NegativeInfinity;
        var fromRight = rest > 0 ? _sorted[right + rest - 1] - median : double.NegativeInfinity;
        return Math.Max(fromLeft, fromRight);
    }
}
