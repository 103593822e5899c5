using LeptonStream.Detection.Lifecycle;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>The verdict on one sample.</summary>
/// <param name="Sample">The sample as it was judged: of a counter, its rate.</param>
/// <param name="Score">How anomalous; 1.0 is the line of the warning budget.</param>
/// <param name="Change">What it changed about the alert of the series.</param>
/// <param name="Forecast">What was expected.</param>
/// <param name="Surprise">How rare it is, in decades, before anybody asks whether that is news: what its entity is judged by. 0 for what a rule judged.</param>
/// <param name="Rule">The rule that judged it instead of the detectors, or null.</param>
public readonly record struct Judgement(Sample Sample, double Score, AlertChange Change, Forecast Forecast, double Surprise = 0, string? Rule = null)
{
    // Three standard deviations: what a person takes for "the usual range".
    private const double BandWidth = 3;

    /// <summary>Lower end of the band of usual values; NaN where it isn't known.</summary>
    public double Lower => Forecast.Expected - (BandWidth * Forecast.Scale);

    /// <summary>Upper end of the band of usual values; NaN where it isn't known.</summary>
    public double Upper => Forecast.Expected + (BandWidth * Forecast.Scale);
}
