namespace LeptonStream.Collector.Mapping.Rates;

/// <summary>
/// The buckets of an exponential histogram: bucket i holds values in (b^i, b^(i+1)] with b = 2^(2^-scale). A smaller scale has coarser
/// buckets, each of which is exactly two of the next scale.
/// </summary>
internal sealed class ExponentialBuckets
{
    private double[] _positive = [];
    private double[] _negative = [];
    private int _positiveLength;
    private int _negativeLength;

    public int Scale { get; private set; }

    public int Offset { get; private set; }

    public int NegativeOffset { get; private set; }

    public double Zero { get; private set; }

    public ReadOnlySpan<double> Positive => _positive.AsSpan(0, _positiveLength);

    public ReadOnlySpan<double> Negative => _negative.AsSpan(0, _negativeLength);

    /// <summary>All observations.</summary>
    public double Total
    {
        get
        {
            var total = Zero;
            foreach (var count in Positive) total += count;
            foreach (var count in Negative) total += count;
            return total;
        }
    }

    /// <summary>Whether a count is below zero: it is no histogram of observations.</summary>
    public bool HasNegative => Zero < 0 || Positive.ContainsAnyInRange(double.NegativeInfinity, -double.Epsilon)
        || Negative.ContainsAnyInRange(double.NegativeInfinity, -double.Epsilon);

    public void Set(int scale, double zero, int offset, ReadOnlySpan<double> positive, int negativeOffset, ReadOnlySpan<double> negative)
    {
        (Scale, Zero, Offset, NegativeOffset) = (scale, zero, offset, negativeOffset);
        Copy(positive, ref _positive, ref _positiveLength);
        Copy(negative, ref _negative, ref _negativeLength);
    }

    public void CopyTo(ExponentialBuckets other) => other.Set(Scale, Zero, Offset, Positive, NegativeOffset, Negative);

    /// <summary>Joins buckets until the scale is no larger than another.</summary>
    public void Coarsen(int scale)
    {
        if (scale >= Scale) return;
        var shift = Math.Min(Scale - scale, 31);
        Offset = Join(Offset, shift, _positive, ref _positiveLength);
        NegativeOffset = Join(NegativeOffset, shift, _negative, ref _negativeLength);
        Scale = scale;
    }

    /// <summary>Takes the counts of another away, of which every bucket must lie within these; false where one does not.</summary>
    public bool Subtract(ExponentialBuckets other)
    {
        Zero -= other.Zero;
        return Subtract(_positive.AsSpan(0, _positiveLength), Offset, other.Positive, other.Offset)
            && Subtract(_negative.AsSpan(0, _negativeLength), NegativeOffset, other.Negative, other.NegativeOffset);
    }

    /// <summary>The value at a share of a bucket's width, in logarithms.</summary>
    public double ValueAt(int index, double share) => Math.Pow(2, (index + share) * Math.Pow(2, -Scale));

    private static bool Subtract(Span<double> counts, int offset, ReadOnlySpan<double> other, int otherOffset)
    {
        for (var i = 0; i < other.Length; i++)
        {
            var at = (long)otherOffset + i - offset;
            if (other[i] == 0) continue;
            if (at < 0 || at >= counts.Length) return false;
            counts[(int)at] -= other[i];
        }

        return true;
    }

    private static int Join(int offset, int shift, double[] counts, ref int length)
    {
        var first = offset >> shift;
        if (length == 0) return first;
        var joined = (int)((((long)offset + length - 1) >> shift) - first + 1);
        for (var i = 0; i < length; i++)
        {
            var at = (int)((((long)offset + i) >> shift) - first);
            var count = counts[i];
            if (i > 0 && at == (int)((((long)offset + i - 1) >> shift) - first)) counts[at] += count;
            else counts[at] = count;
        }

        length = joined;
        return first;
    }

    private static void Copy(ReadOnlySpan<double> from, ref double[] to, ref int length)
    {
        if (to.Length < from.Length) to = new double[from.Length];
        from.CopyTo(to);
        length = from.Length;
    }
}
