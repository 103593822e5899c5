namespace LeptonStream.Detection.Policies;

/// <summary>
/// Between which values a metric lies by its nature: a rate, a count, a size or a latency is never below 0, a share is 0 to 1.
/// </summary>
/// <param name="Lower">The lowest value there can be, in the series' unit; −∞ where there is none.</param>
/// <param name="Upper">The highest value there can be, in the series' unit; +∞ where there is none.</param>
public readonly record struct ValueBounds(double Lower, double Upper)
{
    /// <summary>Any value: temperatures, losses, and what nothing is known of.</summary>
    public static readonly ValueBounds None = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>From 0: rates, counts, sizes, durations.</summary>
    public static readonly ValueBounds FromZero = new(0, double.PositiveInfinity);

    /// <summary>0 to 1.</summary>
    public static readonly ValueBounds Share = new(0, 1);

    /// <summary>0 to 100.</summary>
    public static readonly ValueBounds Percent = new(0, 100);

    /// <summary>The value, or the bound that it lies beyond; NaN for NaN.</summary>
    public double Clamp(double value) => value < Lower ? Lower : value > Upper ? Upper : value;

    /// <summary>Whether a value can be one of the metric; false for NaN.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;
}
