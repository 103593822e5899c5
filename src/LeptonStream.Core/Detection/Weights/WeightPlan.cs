namespace LeptonStream.Detection.Weights;

/// <summary>How samples are weighed by their denominators. The bounds are those of counts (SampleWeightTests).</summary>
internal static class WeightPlan
{
    /// <summary>Times the noise of its denominator that a deviation must exceed to count: three of three are no news.</summary>
    public const double CarriesFrom = 3;

    /// <summary>Seconds that the usual denominator remembers.</summary>
    public const double UsualSeconds = 86_400;

    /// <summary>Intervals of the denominator after which its last value says nothing of a sample.</summary>
    public const double FreshIntervals = 2;
}
