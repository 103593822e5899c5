namespace LeptonStream.Forecasting;

/// <summary>The forecast of the next sample.</summary>
/// <param name="Expected">The expected value, in the series' unit; NaN before the first sample.</param>
/// <param name="Scale">The usual size of the error (mean absolute residual as a standard deviation), in the series' unit; NaN until it is
/// known.</param>
public readonly record struct Forecast(double Expected, double Scale)
{
    /// <summary>Nothing is known yet.</summary>
    public static readonly Forecast None = new(double.NaN, double.NaN);

    /// <summary>Whether there is an expectation with a scale.</summary>
    public bool IsKnown => double.IsFinite(Expected) && double.IsFinite(Scale);

    /// <summary>The same forecast with a scale of at least <paramref name="least"/>; what is not known stays unknown.</summary>
    public Forecast WithScaleFrom(double least) => this with { Scale = Math.Max(Scale, least) };
}
