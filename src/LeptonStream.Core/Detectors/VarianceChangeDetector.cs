using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// How the recent unrest of a series compares with its usual one: |ln((r + f)/(u + f))|/s, where r and u are exponentially weighted means
/// (rates 1/24 and 1/1000) of how far each value lies from a mean of the few before it (rate 0.3), f a tenth of the least scale, and s what
/// r strays by under normal noise. A control chart of the spread with exponential weights, as by J. F. MacGregor and T. J. Harris, Journal
/// of Quality Technology 25, 1993. It sees a metric that begins to flap, and one that falls quiet, at an unchanged level. Warm-up 120
/// samples. O(1), 32 bytes.
/// </summary>
public sealed class VarianceChangeDetector : SeriesDetector<VarianceChangeDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "variance-change";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.VarianceChangeWarmUp;
    private static readonly double LocalRate = Tuning.VarianceChangeLocalRate;
    private static readonly double RecentRate = 1 / Tuning.VarianceChangeRecentMemory;
    private static readonly double UsualRate = 1 / Tuning.VarianceChangeUsualMemory;

    // One value, however far, is an event and no unrest.
    private static readonly double MaxOfOne = Tuning.VarianceChangeMaxOfOne;

    // Below this share of the least scale unrest is grain.
    private static readonly double Floor = Tuning.VarianceChangeFloor;

    // The relative deviation of |x| is √(π/2 − 1) for normal x, that of its weighted mean √(λ/(2 − λ)) of it.
    private static readonly double Stray = Math.Sqrt(((Math.PI / 2) - 1) * RecentRate / (2 - RecentRate));

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    public override bool IsOfValues => false;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < WarmUp) return 0;
        var recent = Weighted(state.Recent, Unrest(sample, state), RecentRate);
        var floor = Math.Max(Floor * view.MinScale, Math.Max(1e-3 * Math.Abs(state.Mean), 1e-12));
        return Math.Abs(Math.Log((recent + floor) / (state.Usual + floor))) / Stray;
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        if (state.Count == 0)
        {
            state.Mean = sample.Value;
        }
        else
        {
            var unrest = Unrest(sample, state);
            state.Recent = Weighted(state.Recent, unrest, Math.Max(RecentRate, 1.0 / state.Count));
            state.Usual = Weighted(state.Usual, unrest, Math.Max(UsualRate, 1.0 / state.Count));
            state.Mean = Weighted(state.Mean, sample.Value, LocalRate);
        }

        if (state.Count < int.MaxValue) state.Count++;
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state) => state = default;

    private static double Unrest(in Sample sample, in State state)
    {
        // Halves, since the difference of two values may be none.
        var half = Math.Abs((sample.Value / 2) - (state.Mean / 2));
        return Math.Min(half, state.Usual > 0 ? MaxOfOne / 2 * state.Usual : 1e100) * 2;
    }

    // In two products, since the difference of two values may be none.
    private static double Weighted(double mean, double value, double rate) => ((1 - rate) * mean) + (rate * value);

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal double Mean;
        internal double Recent;
        internal double Usual;
        internal int Count;
    }
}
