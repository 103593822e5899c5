using LeptonStream.Forecasting;

namespace LeptonStream.Detection;

/// <summary>The verdict on one sample.</summary>
/// <param name="Score">How anomalous; 1.0 is the line of the warning budget.</param>
/// <param name="Change">What it changed about the alert of the series.</param>
/// <param name="Forecast">What was expected.</param>
public readonly record struct Judgement(double Score, AlertChange Change, Forecast Forecast)
{
    // Three standard deviations: what a person takes for "the usual range".
    private const double BandWidth = 3;

    /// <summary>Lower end of the band of usual values; NaN where it isn't known.</summary>
    public double Lower => Forecast.Expected - (BandWidth * Forecast.Scale);

    /// <summary>Upper end of the band of usual values; NaN where it isn't known.</summary>
    public double Upper => Forecast.Expected + (BandWidth * Forecast.Scale);
}
