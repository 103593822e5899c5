using System.Runtime.CompilerServices;
using MathNet.Numerics;

namespace LeptonStream.Detection.Calibration;

/// <summary>
/// Turns raw scores of any unit into rarities that mean the same on every series: r = −log₁₀ of the probability that this detector,
/// on this series, scores as high or higher. Below the quantile of the tail the probability is empirical, above it an exponential tail
/// fitted to the mean excess (peaks over threshold; J. Pickands III, Annals of Statistics 3, 1975, with shape 0), but for scores that were
/// reached five times before: these are counted. A tail above scores of 0 may hold very few: the next score, given n of them, follows a
/// power law of order n (K. S. Lomax, JASA 49, 1954).
/// </summary>
/// <remarks>
/// The history is a histogram of 64 bins, four an octave from 2⁻⁶ to 2¹⁰, whose counts are halved now and then: a long memory in 96
/// bytes, all zeros at first. Bins divide an octave linearly, so the bin of a score is a shift of its bits.
/// </remarks>
public struct TailCalibrator
{
    private const int Bins = TailCounts.Bins;
    private const double Routine = 5;
    private const double AnchoredShare = 0.1;

    // The body: scores that one in ten reaches. Below so many scores it is not known.
    private const double BodyShare = 0.1;
    private const int BodyFrom = 30;

    // However close both scores lie: of whole numbers they may be the same.
    private const double Steepest = 1.2;

    // Exponent and two bits of the mantissa of 2⁻⁶: the first bin above "as good as nothing".
    private const long FirstKey = (1023L - 6) << 2;

    // In this order nothing lies between them: one of them for each detector of each series.
    private TailCounts _counts;
    private byte _untilFit;
    private float _threshold;
    private float _tailRarity;
    private float _meanExcess;

    /// <summary>Number of scores learned, as weighted by the halving.</summary>
    public readonly int Total => _counts.Total;

    /// <summary>The rarity of a raw score: 0 for an everyday one, 3 for one in a thousand. Finite, not negative. Changes nothing.</summary>
    /// <param name="raw">A finite raw score, from 0.</param>
    /// <param name="plan">Lengths of memory and share of the values that count as the tail.</param>
    /// <param name="intervalSeconds">The usual time between two scores, in seconds.</param>
    public readonly double Rarity(double raw, in CalibrationPlan plan, double intervalSeconds)
    {
        if (Total == 0 || raw <= 0) return 0;
        var bin = BinOf(raw);
        var (inBin, above) = _counts.Look(bin);
        var within = Math.Clamp((raw - Edge(bin)) / (Edge(bin + 1) - Edge(bin)), 0, 1);
        var reached = above + ((1 - within) * inBin);
        // A score that came again and again is ordinary, however far from the rest it lies: the tail is for scores hardly ever seen.
        if (raw < _threshold || reached >= Routine) return Math.Max(0, -Math.Log10((reached + 1) / (Total + 1)));
        // Never less than what the last counted score had.
        var counted = Math.Log10((Total + 1) / (Routine + 1));
        // A mean excess of 0 is one that a snapshot lacked.
        var excess = _meanExcess > 0 ? _meanExcess : plan.MinExcess(_threshold);
        var tail = Math.Max(_tailRarity + Beyond((raw - _threshold) / excess, plan), counted);
        var isShort = Total * intervalSeconds < Routine * plan.RoutineSeconds;
        return Rarities.SoftCap(isShort ? Math.Min(tail, counted + BeyondRoutine(raw)) : tail);
    }

    /// <summary>
    /// The rarity that the body of the scores lets expect, however often this one came: a power law through the scores that one in ten and
    /// one in thirty reach. Incidents that come back do not move it, and a series of bursts has a body of bursts. 0 where the tail has not
    /// begun. Finite, not negative. Changes nothing.
    /// </summary>
    /// <param name="raw">A finite raw score, from 0.</param>
    /// <param name="plan">The share of the values that count as the tail, and what is ordinary on any series.</param>
    [SkipLocalsInit]
    public readonly double RarityByBody(double raw, in CalibrationPlan plan)
    {
        if (raw <= 0 || raw < _threshold || Total <= BodyFrom) return 0;
        Span<ushort> atOrAbove = stackalloc ushort[Bins];
        _counts.Cumulate(atOrAbove);
        var far = Math.Max(ReachedBy(plan.TailShare, atOrAbove), plan.Floor);
        var near = Math.Min(Math.Max(ReachedBy(BodyShare, atOrAbove), plan.Floor / 10), far / Steepest);
        var slope = Math.Log10(BodyShare / plan.TailShare) / Math.Log(far / near);
        return Math.Max(0, (slope * Math.Log(raw / far)) - Math.Log10(plan.TailShare));
    }

    /// <summary>
    /// The raw score from which on the rarity is at least this: where the tail has it, whatever was reached before. The other way round of
    /// <see cref="Rarity"/>, for a line that raw scores are held against.
    /// </summary>
    /// <param name="rarity">In decades, as <see cref="Rarity"/> counts.</param>
    public readonly double RawAt(double rarity) => _threshold + (_meanExcess * (rarity - _tailRarity) / Constants.Log10E);

    // Decades beyond the beginning of the tail. One to which scores of 0 do not belong may hold very few.
    private readonly double Beyond(double excesses, in CalibrationPlan plan)
    {
        if (plan.FirstTailBin == 0) return excesses * Constants.Log10E;
        var scores = Math.Max(1, ((Total + 1) * Math.Pow(10, -_tailRarity)) - 1);
        return scores * Math.Log10(1 + (excesses / scores));
    }

    // Decades beyond the score that was reached five times: what lies a tenth of it further out is a third as frequent at least.
    [SkipLocalsInit]
    private readonly double BeyondRoutine(double raw)
    {
        Span<ushort> atOrAbove = stackalloc ushort[Bins];
        _counts.Cumulate(atOrAbove);
        var bin = Bins - 1;
        while (bin > 1 && atOrAbove[TailCounts.PlaceOf(bin)] < Routine) bin--;
        var reached = Edge(bin + 1);
        return Math.Max(0, raw - reached) / Math.Max(_meanExcess, AnchoredShare * reached) * Constants.Log10E;
    }

    /// <summary>Takes a raw score in.</summary>
    /// <param name="raw">A finite raw score, from 0.</param>
    /// <param name="plan">Lengths of memory and share of the values that count as the tail.</param>
    public void Learn(double raw, in CalibrationPlan plan)
    {
        _counts.Add(BinOf(raw));
        if (Total >= Math.Min(plan.Memory, TailCounts.Max)) _counts.Halve();
        if (_untilFit > 0 && --_untilFit > 0) return;
        Fit(plan);
        _untilFit = (byte)Math.Clamp(Total / 16, 1, 64);
    }

    // The threshold is the lower edge of the bin that holds the tail's quantile; the excess over it is taken from the bins' middles.
    [SkipLocalsInit]
    private void Fit(in CalibrationPlan plan)
    {
        Span<ushort> atOrAbove = stackalloc ushort[Bins];
        _counts.Cumulate(atOrAbove);
        var least = (int)Math.Ceiling(plan.TailShare * Total);
        var last = TailCounts.PlaceOf(plan.FirstTailBin);
        var place = 0;
        while (place < last && atOrAbove[place] < least) place++;
        int tail = atOrAbove[place];
        var threshold = Edge(TailCounts.PlaceOf(place));
        double excess = 0;
        for (; place >= 0 && atOrAbove[place] > 0; place--)
        {
            var within = atOrAbove[place] - (place > 0 ? atOrAbove[place - 1] : 0);
            if (within == 0) continue;
            var bin = TailCounts.PlaceOf(place);
            excess += within * (((Edge(bin) + Edge(bin + 1)) / 2) - threshold);
        }

        _threshold = (float)threshold;
        _tailRarity = (float)Math.Max(0, -Math.Log10((tail + 1.0) / (Total + 1)));
        // A tail of nothing (a constant series, an event once an hour) must not make the next small step infinitely rare.
        _meanExcess = (float)Math.Max(tail == 0 ? 0 : excess / tail, plan.MinExcess(threshold));
    }

    // The score that a share of all reaches, by a line within its bin.
    private readonly double ReachedBy(double share, ReadOnlySpan<ushort> atOrAbove)
    {
        var least = share * Total;
        var place = 0;
        while (place < Bins - 1 && atOrAbove[place] < least) place++;
        var bin = TailCounts.PlaceOf(place);
        if (bin == 0) return 0;
        var above = place == 0 ? 0 : atOrAbove[place - 1];
        return Edge(bin + 1) - ((least - above) / Math.Max(1, atOrAbove[place] - above) * (Edge(bin + 1) - Edge(bin)));
    }

    private static int BinOf(double raw)
    {
        var key = (BitConverter.DoubleToInt64Bits(raw) >> 50) - FirstKey;
        return (int)Math.Clamp(key + 1, 0, Bins - 1);
    }

    private static double Edge(int bin) => bin == 0 ? 0 : BitConverter.Int64BitsToDouble((bin - 1 + FirstKey) << 50);
}
