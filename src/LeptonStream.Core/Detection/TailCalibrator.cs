using System.Numerics;
using System.Runtime.InteropServices;
using LeptonStream.State;

namespace LeptonStream.Detection;

/// <summary>
/// Turns raw scores of any unit into rarities that mean the same on every series: r = −log₁₀ of the probability that this detector, on this series,
/// scores as high or higher. Below the 98 % quantile the probability is empirical, above it an exponential tail fitted to the mean excess
/// (peaks over threshold; J. Pickands III, Annals of Statistics 3, 1975, with shape 0).
/// </summary>
/// <remarks>
/// The history is a histogram of 88 bins, four an octave from 2⁻⁶ to 2¹⁶, whose counts are halved every 8,000 scores: a long memory in 200 bytes.
/// Bins divide an octave linearly, so the bin of a score is a shift of its bits. Counts are kept cumulated from the top, so that a tail is one look.
/// </remarks>
public sealed class TailCalibrator
{
    private const int Bins = 88;
    private const int HalveAt = 8_000;
    private const double TailShare = 0.02;
    private const double RoutineShare = 0.0025;

    // Exponent and two bits of the mantissa of 2⁻⁶: the first bin above "as good as nothing".
    private const long FirstKey = (1023L - 6) << 2;

    // _atOrAbove[i] scores fell into bin i or a higher one; the first is the total, the last is always 0.
    private readonly ushort[] _atOrAbove = new ushort[Bins + 1];
    private int _untilFit = 1;
    private double _threshold;
    private double _tailProbability = 1;
    private double _meanExcess = 1;

    /// <summary>How many scores it has learned, as weighted by the halving.</summary>
    public int Total => _atOrAbove[0];

    /// <summary>The rarity of a raw score: 0 for an everyday one, 3 for one in a thousand. Finite, not negative. Changes nothing.</summary>
    /// <param name="raw">A finite raw score, from 0.</param>
    public double Rarity(double raw)
    {
        if (Total == 0 || raw <= 0) return 0;
        var bin = BinOf(raw);
        int above = _atOrAbove[bin + 1];
        var within = (raw - Edge(bin)) / (Edge(bin + 1) - Edge(bin));
        var counted = Math.Max(0, -Math.Log10((above + ((1 - within) * (_atOrAbove[bin] - above)) + 1) / (Total + 1)));
        // What happens every hour is ordinary, however far from the rest it lies: the tail is for what was hardly ever seen.
        if (raw < _threshold || above >= RoutineShare * Total) return counted;
        return Rarities.Temper(Math.Max(0, -Math.Log10(_tailProbability)) + ((raw - _threshold) / _meanExcess * 0.4342944819032518));
    }

    /// <summary>Takes a raw score in.</summary>
    public void Learn(double raw)
    {
        CountUpTo(BinOf(raw));
        if (Total >= HalveAt) Halve();
        if (--_untilFit > 0) return;
        Fit();
        _untilFit = Math.Clamp(Total / 16, 1, 64);
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_untilFit);
        state.Write(_threshold);
        state.Write(_tailProbability);
        state.Write(_meanExcess);
        foreach (var count in _atOrAbove) state.Write((int)count);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _untilFit = state.ReadCount(64);
        _threshold = state.ReadDouble();
        _tailProbability = state.ReadDouble();
        _meanExcess = state.ReadDouble();
        for (var i = 0; i <= Bins; i++) _atOrAbove[i] = (ushort)state.ReadCount(HalveAt);
    }

    private void CountUpTo(int bin)
    {
        var counts = _atOrAbove.AsSpan(0, bin + 1);
        var vectors = MemoryMarshal.Cast<ushort, Vector<ushort>>(counts);
        for (var i = 0; i < vectors.Length; i++) vectors[i] += Vector<ushort>.One;
        for (var i = vectors.Length * Vector<ushort>.Count; i < counts.Length; i++) counts[i]++;
    }

    private void Halve()
    {
        for (var i = 0; i <= Bins; i++) _atOrAbove[i] /= 2;
    }

    // The threshold is the lower edge of the bin that holds the 98 % quantile; the excess over it is taken from the bins' middles.
    private void Fit()
    {
        var bin = Bins - 1;
        while (bin > 1 && _atOrAbove[bin] < TailShare * Total) bin--;
        var tail = _atOrAbove[bin];
        _threshold = Edge(bin);
        _tailProbability = (tail + 1.0) / (Total + 1);
        double excess = 0;
        for (var i = bin; i < Bins; i++) excess += (_atOrAbove[i] - _atOrAbove[i + 1]) * (((Edge(i) + Edge(i + 1)) / 2) - _threshold);
        // A tail of nothing (a constant series, an event once an hour) must not make the next small step infinitely rare.
        _meanExcess = Math.Max(tail == 0 ? 0 : excess / tail, Math.Max(0.5 - (0.3 * _threshold), 0.1 + (0.1 * _threshold)));
    }

    private static int BinOf(double raw)
    {
        var key = (BitConverter.DoubleToInt64Bits(raw) >> 50) - FirstKey;
        return (int)Math.Clamp(key + 1, 0, Bins - 1);
    }

    private static double Edge(int bin) => bin == 0 ? 0 : BitConverter.Int64BitsToDouble((bin - 1 + FirstKey) << 50);
}
