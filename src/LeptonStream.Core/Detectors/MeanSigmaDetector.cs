using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// Distance from the window's mean in standard deviations: |x − μ|/σ with μ = Σx/n and σ = √(Σ(x−μ)²/n) over the last W samples,
/// the sample at hand not among them (else the score could never exceed √(n−1)). W. A. Shewhart's control chart, 1931.
/// Sensitive to any shift of level; an outlier in the window blinds it for W samples, which is what <see cref="MedianMadDetector"/> is for.
/// Warm-up 30 samples. O(1) beyond the shared window.
/// </summary>
public sealed class MeanSigmaDetector : SeriesDetector<Stateless>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "mean-sigma";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.MeanSigmaWarmUp;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in Stateless state)
    {
        var window = view.Window;
        if (window.Count < WarmUp) return 0;
        var mean = window.Mean;
        return ScaledDifference.Of(sample.Value - mean, Math.Max(window.StandardDeviation, view.MinScale), mean);
    }
}
