namespace LeptonStream.Detectors;

/// <summary>
/// Every detector there is, in the fixed order in which they are asked. A new one is added to <see cref="All"/>, and to
/// <see cref="Default"/> and <see cref="Lean"/> where it judges unasked.
/// </summary>
public static class DetectorCatalog
{
    /// <summary>All detectors.</summary>
    public static IReadOnlyList<SeriesDetector> All { get; } =
    [
        new ForecastResidualDetector(),
        new MeanSigmaDetector(),
        new MedianMadDetector(),
        new NewExtremeDetector(),
        new TimeOfDayDetector(),
        new NearestShapeDetector(),
        new LevelShiftDetector(),
        new RecordDetector(),
        new MeanRecordDetector(),
        new FrozenValueDetector(),
        new ConstantChangeDetector(),
        new EwmaDetector(),
        new PageHinkleyDetector(),
        new VarianceChangeDetector(),
        new SeasonalResidualDetector(),
        new SpectralResidualDetector(),
        new HalfSpaceTreesDetector(),
        new AutoencoderDetector(),
    ];

    /// <summary>
    /// The names of those that judge a series unless its policy says otherwise: each has earned its place in docs/accuracy.md.
    /// </summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        ForecastResidualDetector.RuleName, MeanSigmaDetector.RuleName, NewExtremeDetector.RuleName, TimeOfDayDetector.RuleName,
        NearestShapeDetector.RuleName, LevelShiftDetector.RuleName, RecordDetector.RuleName, MeanRecordDetector.RuleName,
        FrozenValueDetector.RuleName, ConstantChangeDetector.RuleName,
    ];

    /// <summary>The names of those of a lean policy: little memory for very many series.</summary>
    public static IReadOnlyList<string> Lean { get; } = [ForecastResidualDetector.RuleName, MeanSigmaDetector.RuleName,
        NewExtremeDetector.RuleName, FrozenValueDetector.RuleName,
        ConstantChangeDetector.RuleName];
}
