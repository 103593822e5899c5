using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// Distance from the window's median in robust standard deviations: |x − m|/s with m the median and s = 1.4826 · median|x − m| over the
/// last W samples, s at least a quarter of the window's standard deviation, since a series that is mostly one value has a MAD of zero
/// (F. R. Hampel, The influence curve and its role in robust estimation, JASA 69, 1974).
/// Half of the window may be outliers before it is misled. Warm-up 30 samples. O(log W) beyond the shared window.
/// </summary>
public sealed class MedianMadDetector : SeriesDetector<Stateless>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "median-mad";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.MedianMadWarmUp;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in Stateless state)
    {
        var window = view.Window;
        if (window.Count < WarmUp) return 0;
        var median = window.Median;
        var scale = Math.Max(MathConstants.MadToSigma * window.MedianAbsoluteDeviation(),
            Math.Max(window.StandardDeviation / 4, view.MinScale));
        return ScaledDifference.Of(sample.Value - median, scale, median);
    }
}
