namespace LeptonStream.Detectors;

/// <summary>Turns a difference into scales: one rule for series that hardly move, one cap for those that explode.</summary>
internal static class ScaledDifference
{
    /// <summary>No score exceeds this: beyond it "how much" says nothing more, and sums of scores must stay finite.</summary>
    public const double Max = 1e6;

    /// <summary>
    /// |difference|/scale, where the scale is at least a thousandth of the level, since less is rounding, and at least the smallest normal
    /// number.
    /// </summary>
    /// <param name="difference">From what was expected, in the series' unit.</param>
    /// <param name="scale">The usual difference, in the series' unit; may be 0.</param>
    /// <param name="level">Expected value, in the series' unit.</param>
    public static double Of(double difference, double scale, double level)
    {
        var floor = Math.Max(1e-3 * Math.Abs(level), 1e-12);
        var score = Math.Abs(difference) / Math.Max(scale, floor);
        return score < Max ? score : Max;
    }
}
