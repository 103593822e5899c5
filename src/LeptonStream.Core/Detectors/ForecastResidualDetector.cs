using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// Distance from the forecast in scales of its usual error: |x − x̂|/s. The sharpest detector for service metrics: it knows the time of day
/// and the recent course, so it sees a step where the value itself is still ordinary. Warm-up 30 samples. O(1).
/// </summary>
public sealed class ForecastResidualDetector : SeriesDetector<Stateless>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "forecast-residual";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.ForecastResidualWarmUp;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in Stateless state)
    {
        if (view.Window.Count < WarmUp || !view.Forecast.IsKnown) return 0;
        return ScaledDifference.Of(sample.Value - view.Forecast.Expected, view.Forecast.Scale, view.Forecast.Expected);
    }
}
