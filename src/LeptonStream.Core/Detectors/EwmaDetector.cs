using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// How far the smoothed series lies from its level, in standard deviations of such a smoothed value: |z − μ|/(σ·√(λ/(2 − λ))) with z ← z +
/// λ(x − z), λ = 0.2, and μ, σ the exponentially weighted mean and deviation (rate 1/300). The control chart of S. W. Roberts,
/// Technometrics 1, 1959. It sees a small shift that lasts for some samples, where each value alone is ordinary. Warm-up 60 samples. O(1),
/// 32 bytes.
/// </summary>
public sealed class EwmaDetector : SeriesDetector<EwmaDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "ewma";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.EwmaWarmUp;
    private static readonly double Lambda = Tuning.EwmaLambda;
    private static readonly double Rate = 1 / Tuning.EwmaMemory;

    // The standard deviation of z against that of x, once z has forgotten where it began.
    private static readonly double Narrower = Math.Sqrt(Lambda / (2 - Lambda));

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < WarmUp) return 0;
        var mean = state.Level.Mean;
        return ScaledDifference.Of(Smoothed(sample, state) - mean, Narrower * Math.Max(state.Level.Sigma, view.MinScale), mean);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        state.Smoothed = state.Count == 0 ? sample.Value : Smoothed(sample, state);
        state.Level.Learn(sample.Value, Rate, state.Count);
        if (state.Count < int.MaxValue) state.Count++;
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state) => state = default;

    // In two products, since the difference of two values may be none.
    private static double Smoothed(in Sample sample, in State state) => ((1 - Lambda) * state.Smoothed) + (Lambda * sample.Value);

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal WeightedLevel Level;
        internal double Smoothed;
        internal int Count;
    }
}
