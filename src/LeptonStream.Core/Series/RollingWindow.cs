using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.Series;

/// <summary>
/// The last W values of a series: a ring in order of arrival and a sorted copy of it, so that mean, variance, median, quantiles,
/// median absolute deviation, minimum and maximum are exact after every push. A push costs O(log W) comparisons and one move of at most W floats.
/// </summary>
/// <remarks>
/// A view of memory that belongs to the series (<see cref="BytesFor"/>), all zeros being the empty window; the bytes are its snapshot.
/// Values are kept as 32-bit differences from an anchor, a value of the window itself: to 24 bits of how far they lie from it, which after each anchoring is
/// the window's own spread. Sums are 64-bit; they are made anew from the ring whenever cancellation could eat their digits and at least every 32 W pushes,
/// so rounding never builds up. Values beyond ±3.4e38 of the anchor count as that far.
/// </remarks>
public readonly ref struct RollingWindow
{
    private readonly ref Head _head;
    private readonly Span<float> _ring;
    private readonly Span<float> _sorted;

    /// <summary>Looks at the memory of a window.</summary>
    /// <param name="memory">As many bytes as <see cref="BytesFor"/> says; zeros for an empty window.</param>
    public RollingWindow(Span<byte> memory)
    {
        _head = ref MemoryMarshal.AsRef<Head>(memory);
        var floats = MemoryMarshal.Cast<byte, float>(memory[Unsafe.SizeOf<Head>()..]);
        _ring = floats[..(floats.Length / 2)];
        _sorted = floats[(floats.Length / 2)..];
    }

    /// <summary>How many values it can hold.</summary>
    public int Capacity => _ring.Length;

    /// <summary>How many values it holds.</summary>
    public int Count => _head.Count;

    /// <summary>The smallest value; NaN while empty.</summary>
    public double Minimum => Count == 0 ? double.NaN : Value(_sorted[0]);

    /// <summary>The largest value; NaN while empty.</summary>
    public double Maximum => Count == 0 ? double.NaN : Value(_sorted[Count - 1]);

    /// <summary>μ = Σx/n; NaN while empty.</summary>
    public double Mean => Count == 0 ? double.NaN : IsFlat ? Value(_sorted[0]) : _head.Anchor + (_head.Sum / Count);

    /// <summary>σ² = Σ(x−μ)²/n, of the whole window as population; never negative, NaN while empty.</summary>
    public double Variance
    {
        get
        {
            if (Count == 0) return double.NaN;
            if (IsFlat) return 0;
            var shift = _head.Sum / Count;
            return Math.Max(0, (_head.Squares / Count) - (shift * shift));
        }
    }

    /// <summary>σ = √(Σ(x−μ)²/n).</summary>
    public double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>The middle value, or the mean of the two middle ones; NaN while empty.</summary>
    public double Median => Count == 0 ? double.NaN : _head.Anchor + MedianOffset;

    /// <summary>The exponentially weighted mean with λ = 2/(W + 1), the weight of a plain mean over W; NaN while empty.</summary>
    public double WeightedMean => Count == 0 ? double.NaN : _head.WeightedMean;

    /// <summary>The newest value; NaN while empty.</summary>
    public double Last => Count == 0 ? double.NaN : this[0];

    // Sums keep a rounding error of the values that left; a window of one value has none.
    private bool IsFlat => _sorted[0] == _sorted[Count - 1];

    private double MedianOffset => ((double)_sorted[(Count - 1) / 2] + _sorted[Count / 2]) / 2;

    /// <summary>The value <paramref name="back"/> pushes before the newest (0 = the newest).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window does not hold so many.</exception>
    public double this[int back]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)back, (uint)Count, nameof(back));
            var index = _head.Next - 1 - back;
            return Value(_ring[index < 0 ? index + Capacity : index]);
        }
    }

    /// <summary>The memory that a window needs, in bytes: 48 and 8 for each value.</summary>
    /// <param name="capacity">How many values it holds, from 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 2.</exception>
    public static int BytesFor(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        return Unsafe.SizeOf<Head>() + (2 * sizeof(float) * capacity);
    }

    /// <summary>Takes a value in; the oldest goes out when the window is full.</summary>
    /// <param name="value">A finite value.</param>
    /// <exception cref="ArgumentException">The value is not finite.</exception>
    public void Push(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException("a window holds finite values only", nameof(value));
        if (Count == 0) _head.Anchor = _head.WeightedMean = value;
        _head.WeightedMean += 2.0 / (Capacity + 1) * (value - _head.WeightedMean);
        // −0 sorts like 0: one of the two, else equal windows could differ in their bits.
        var offset = (float)Math.Clamp(value - _head.Anchor, -float.MaxValue, float.MaxValue) + 0f;
        var eaten = false;
        if (Count == Capacity)
        {
            var oldest = _ring[_head.Next];
            Replace(oldest, offset);
            eaten = Subtract(oldest);
        }
        else
        {
            Insert(offset);
        }

        _ring[_head.Next] = offset;
        _head.Next = _head.Next + 1 == Capacity ? 0 : _head.Next + 1;
        if (Add(offset) || eaten) Anchor();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _head = default;

    /// <summary>The value below which the share <paramref name="share"/> (0..1) of the window lies, linearly interpolated; NaN while empty.</summary>
    public double Quantile(double share)
    {
        if (Count == 0) return double.NaN;
        var position = Math.Clamp(share, 0, 1) * (Count - 1);
        var below = (int)position;
        return below + 1 < Count ? Value(_sorted[below] + ((position - below) * ((double)_sorted[below + 1] - _sorted[below]))) : Value(_sorted[below]);
    }

    /// <summary>The median of |x − median|; NaN while empty. O(log W), by a binary search over the sorted values.</summary>
    public double MedianAbsoluteDeviation()
    {
        if (Count == 0) return double.NaN;
        var median = MedianOffset;
        var middle = Deviation((Count - 1) / 2, median);
        return Count % 2 == 1 ? middle : (middle + Deviation(Count / 2, median)) / 2;
    }

    private double Value(double offset) => _head.Anchor + offset;

    private void Insert(float value)
    {
        var at = LowerBound(value);
        _sorted[at..Count].CopyTo(_sorted[(at + 1)..]);
        _sorted[at] = value;
        _head.Count++;
    }

    // One move of the values between the two places, not a removal and an insertion.
    private void Replace(float oldest, float value)
    {
        var from = LowerBound(oldest);
        var to = LowerBound(value);
        if (to > from)
        {
            _sorted[(from + 1)..to].CopyTo(_sorted[from..]);
            _sorted[to - 1] = value;
        }
        else
        {
            _sorted[to..from].CopyTo(_sorted[(to + 1)..]);
            _sorted[to] = value;
        }
    }

    // Without a branch on the comparison, which no predictor could guess.
    private int LowerBound(double value)
    {
        ref var sorted = ref MemoryMarshal.GetReference(_sorted);
        nint low = 0, length = Count;
        while (length > 0)
        {
            var half = length >> 1;
            var below = Unsafe.Add(ref sorted, low + half) < value;
            low = below ? low + half + 1 : low;
            length = below ? length - half - 1 : half;
        }

        return (int)low;
    }

    // True where the sums must be made anew: the variance is the small difference of two large numbers once the window has moved away from its anchor.
    private bool Add(double offset)
    {
        _head.Sum += offset;
        _head.Squares += offset * offset;
        var shift = _head.Sum / Count;
        var cancelled = (_head.Squares / Count) - (shift * shift) < 1e-3 * shift * shift;
        return ++_head.SinceAnchored >= 32 * Capacity || (cancelled && _head.SinceAnchored >= Capacity);
    }

    // True where the value was so large that its rounding is felt among those that stay: an outlier takes their digits along when it leaves.
    private bool Subtract(double offset)
    {
        _head.Sum -= offset;
        _head.Squares -= offset * offset;
        return offset * offset > 1e6 * _head.Squares;
    }

    private void Anchor()
    {
        var shift = (float)MedianOffset;
        _head.Anchor += shift;
        _head.Sum = _head.Squares = 0;
        _head.SinceAnchored = 0;
        foreach (ref var offset in _ring[..Count])
        {
            offset -= shift;
            double kept = offset;
            _head.Sum += kept;
            _head.Squares += kept * kept;
        }

        foreach (ref var offset in _sorted[..Count]) offset -= shift;
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

    private struct Head
    {
        public int Count;
        public int Next;
        public int SinceAnchored;
        public double Anchor;
        public double Sum;
        public double Squares;
        public double WeightedMean;
    }
}
