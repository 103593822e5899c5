using LeptonStream.Forecasting;

namespace LeptonStream.Detection;

/// <summary>The expectation of a sample: a value, and how far an ordinary one lies from it.</summary>
/// <param name="Expected">The expected value, in the series' unit; NaN where it is not known.</param>
/// <param name="HalfWidth">Half the width of the band of ordinary values; NaN where it is not known.</param>
public readonly record struct ExpectedBand(double Expected, double HalfWidth)
{
    /// <summary>Nothing is expected.</summary>
    public static readonly ExpectedBand None = new(double.NaN, double.NaN);

    /// <summary>Lower end of the band; NaN where it is not known.</summary>
    public double Lower => Expected - HalfWidth;

    /// <summary>Upper end of the band; NaN where it is not known.</summary>
    public double Upper => Expected + HalfWidth;

    /// <summary>Whether a value lies inside; false where the band is not known.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;

    internal static ExpectedBand Of(in Forecast forecast, double width) => new(forecast.Expected, width * forecast.Scale);
}
