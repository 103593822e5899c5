namespace LeptonStream.Detectors;

/// <summary>Every detector that judges a series by default, in the fixed order in which they are asked. A new one is added here and nowhere else.</summary>
public static class DetectorCatalog
{
    private static readonly Func<ISeriesDetector>[] Makers =
    [
        () => new ForecastResidualDetector(),
        () => new MeanSigmaDetector(),
        () => new MedianMadDetector(),
        () => new NewExtremeDetector(),
        () => new FrozenValueDetector(),
    ];

    /// <summary>One new detector of each kind, in the fixed order.</summary>
    public static ISeriesDetector[] Create() => [.. Makers.Select(make => make())];
}
