using LeptonStream.Forecasting;
using LeptonStream.Series;

namespace LeptonStream.Detectors;

/// <summary>The view that all detectors of one series share: its window and the forecast of the sample at hand.</summary>
/// <param name="window">The last values, without the sample at hand.</param>
/// <param name="forecast">Forecast for the sample at hand, in the series' unit.</param>
/// <param name="minScale">The smallest scale on which a difference counts, in the series' unit.</param>
public readonly ref struct SeriesView(RollingWindow window, Forecast forecast, double minScale)
{
    /// <summary>The last values, without the sample at hand.</summary>
    public RollingWindow Window { get; } = window;

    /// <summary>The forecast of the sample at hand; unknown to slow detectors.</summary>
    public Forecast Forecast { get; } = forecast;

    /// <summary>
    /// The smallest scale on which a difference counts, in the series' unit; for slow detectors, the series' own deviation.
    /// </summary>
    public double MinScale { get; } = minScale;
}
