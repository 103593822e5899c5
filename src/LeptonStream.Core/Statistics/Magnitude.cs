namespace LeptonStream.Statistics;

/// <summary>
/// The bound of all arithmetic on values: what lies beyond ±10³⁶ counts as that far. Differences, sums of a window and squares then stay
/// finite in 64 bits, and single values and their differences in 32. What lies within ±10⁻³⁰ counts as 0: such grain is no scale for
/// anything. No metric has such values; whoever sends them sees them unchanged in events.
/// </summary>
internal static class Magnitude
{
    /// <summary>The bound.</summary>
    public const double Max = 1e36;

    private const double Min = 1e-30;

    /// <summary>A value within the bound.</summary>
    /// <param name="value">Any number; NaN stays NaN.</param>
    public static double Clamp(double value) => Math.Abs(value) < Min ? 0 : Math.Clamp(value, -Max, Max);
}
