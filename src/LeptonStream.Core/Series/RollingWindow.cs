using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.Series;

/// <summary>
/// The last W values of a series, sorted, with the order of their arrival, so that mean, variance, median, quantiles, median absolute
/// deviation, minimum and maximum are exact after every push. A push costs O(log W) comparisons, one move of at most W floats and one pass
/// over the places.
/// </summary>
/// <remarks>
/// A view of memory that belongs to the series (<see cref="BytesFor"/>), all zeros being the empty window; the bytes are its snapshot.
/// Values are kept as 32-bit differences from an anchor, a value of the window itself: to 24 bits of how far they lie from it. The anchor
/// follows the window's middle, so that is the window's own spread. Sums are 64-bit; they are recomputed whenever cancellation could eat
/// their digits and at least every W pushes, so rounding never builds up. Values beyond ±3.4e38 of the anchor count as that far.
/// </remarks>
public readonly ref struct RollingWindow
{
    // Up to so many values a place fits into a byte.
    private const int MaxOfBytes = 256;
    private const int Max = 65_535;

    // The sums lose so many digits at most: to three, of their sixteen.
    private const double MaxCancelled = 1e3;

    private readonly ref Head _head;
    private readonly Span<float> _sorted;
    private readonly Span<byte> _places;

    /// <summary>Looks at the memory of a window.</summary>
    /// <param name="memory">Exactly as many bytes as <see cref="BytesFor"/> says; zeros for an empty window.</param>
    public RollingWindow(Span<byte> memory)
    {
        _head = ref MemoryMarshal.AsRef<Head>(memory);
        var values = memory[Unsafe.SizeOf<Head>()..];
        var capacity = values.Length <= MaxOfBytes * (sizeof(float) + 1)
            ? values.Length / (sizeof(float) + 1)
            : values.Length / (sizeof(float) + sizeof(ushort));
        _sorted = MemoryMarshal.Cast<byte, float>(values[..(capacity * sizeof(float))]);
        _places = values[(capacity * sizeof(float))..];
    }

    /// <summary>Number of values it can hold.</summary>
    public int Capacity => _sorted.Length;

    /// <summary>Number of values it holds.</summary>
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
            return Value(_sorted[PlaceOf(index < 0 ? index + Capacity : index)]);
        }
    }

    /// <summary>The memory that a window needs, in bytes: 40, and 5 for each value (6 from 257 values on).</summary>
    /// <param name="capacity">Number of values that it holds, 2 to 65,535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 2 or above 65,535.</exception>
    public static int BytesFor(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Max);
        return Unsafe.SizeOf<Head>() + ValueBytes(capacity);
    }

    /// <summary>Of them, those of the values and their places.</summary>
    internal static int ValueBytes(int capacity) => capacity * (sizeof(float) + (capacity <= MaxOfBytes ? 1 : sizeof(ushort)));

    /// <summary>Takes a value in; the oldest goes out when the window is full.</summary>
    /// <param name="value">A finite value.</param>
    /// <exception cref="ArgumentException">The value is not finite.</exception>
    public void Push(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException("a window holds finite values only", nameof(value));
        if (Count == 0) _head.Anchor = _head.WeightedMean = value;
        _head.WeightedMean += 2.0 / (Capacity + 1) * Bounded(value - _head.WeightedMean);
        // −0 sorts like 0: one of the two, else equal windows could differ in their bits.
        var offset = (float)Bounded(value - _head.Anchor) + 0f;
        if (Count == Capacity) Replace(offset);
        else Insert(offset);
        _head.Next = (ushort)(_head.Next + 1 == Capacity ? 0 : _head.Next + 1);
        Refresh();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _head = default;

    /// <summary>
    /// The value below which the share <paramref name="share"/> (0..1) of the window lies, linearly interpolated; NaN while empty.
    /// </summary>
    public double Quantile(double share)
    {
        if (Count == 0) return double.NaN;
        var position = Math.Clamp(share, 0, 1) * (Count - 1);
        var below = (int)position;
        return below + 1 < Count
            ? Value(_sorted[below] + ((position - below) * ((double)_sorted[below + 1] - _sorted[below])))
            : Value(_sorted[below]);
    }

    /// <summary>The median of |x − median|; NaN while empty. O(log W), by a binary search over the sorted values.</summary>
    public double MedianAbsoluteDeviation() => Count == 0 ? double.NaN : SortedFloats.MedianDeviation(_sorted[..Count], MedianOffset);

    private static double Bounded(double difference) => Math.Clamp(difference, -float.MaxValue, float.MaxValue);

    private double Value(double offset) => _head.Anchor + offset;

    private int PlaceOf(int arrival) => Capacity <= MaxOfBytes ? _places[arrival] : MemoryMarshal.Cast<byte, ushort>(_places)[arrival];

    private void Insert(float value)
    {
        var to = SortedFloats.LowerBound(_sorted[..Count], value);
        SortedFloats.MoveUp(_sorted[to..(Count + 1)]);
        Place(value, to, first: to, moved: Count - to, step: 1);
        _head.Count++;
        _head.Sum += value;
        _head.Squares += (double)value * value;
    }

    // One move of the values between the two places, not a removal and an insertion.
    private void Replace(float value)
    {
        var from = PlaceOf(_head.Next);
        var to = SortedFloats.LowerBound(_sorted, value);
        double oldest = _sorted[from];
        if (to > from)
        {
            SortedFloats.MoveDown(_sorted[from..to]);
            Place(value, to - 1, first: from + 1, moved: to - from - 1, step: -1);
        }
        else
        {
            SortedFloats.MoveUp(_sorted[to..(from + 1)]);
            Place(value, to, first: to, moved: from - to, step: 1);
        }

        _head.Sum = _head.Sum - oldest + value;
        _head.Squares = _head.Squares - (oldest * oldest) + ((double)value * value);
    }

    private void Place(float value, int place, int first, int moved, int step)
    {
        _sorted[place] = value;
        if (Capacity <= MaxOfBytes)
        {
            WindowPlaces.Follow(_places, (byte)first, (byte)moved, (byte)step);
            _places[_head.Next] = (byte)place;
            return;
        }

        var places = MemoryMarshal.Cast<byte, ushort>(_places);
        WindowPlaces.Follow(places, (ushort)first, (ushort)moved, (ushort)step);
        places[_head.Next] = (ushort)place;
    }

    // Recomputes the sums where values have left that were so large that their rounding is felt among those that stay, and where the window
    // has moved away from its anchor.
    private void Refresh()
    {
        var n = Count;
        if (_head.Squares > (double)_head.Largest * _head.Largest)
            _head.Largest = (float)Math.Min(Math.Sqrt(_head.Squares) * 1.0000002, float.MaxValue);
        float low = _sorted[3 * n >> 3], high = _sorted[5 * n >> 3];
        if (Math.Abs((double)high) > 1024 * ((double)high - low) && Math.Abs((double)high) > 1e-15 * Math.Abs(_head.Anchor)) Anchor();
        var cancelled = n * ((double)_head.Largest * _head.Largest) > MaxCancelled * ((n * _head.Squares) - (_head.Sum * _head.Sum));
        if (_head.Next == 0 || (cancelled && !IsFlat)) Sum();
    }

    private void Sum()
    {
        _head.Sum = _head.Squares = 0;
        foreach (double offset in _sorted[..Count])
        {
            _head.Sum += offset;
            _head.Squares += offset * offset;
        }

        _head.Largest = (float)Math.Min(Math.Sqrt(_head.Squares) * 1.0000002, float.MaxValue);
        if (_head.Sum * _head.Sum > 16 * ((Count * _head.Squares) - (_head.Sum * _head.Sum)) && MedianOffset != 0) Anchor();
    }

    private void Anchor()
    {
        var anchor = _head.Anchor + (float)MedianOffset;
        var shift = anchor - _head.Anchor;
        _head.Anchor = anchor;
        if (shift == 0) return;
        foreach (ref var offset in _sorted[..Count]) offset = (float)Bounded(offset - shift) + 0f;
        Sum();
    }

    internal struct Head
    {
        public ushort Count;
        public ushort Next;

        // The square root of the largest sum of squares since the sums were recomputed.
        public float Largest;
        public double Anchor;
        public double Sum;
        public double Squares;
        public double WeightedMean;
    }
}
