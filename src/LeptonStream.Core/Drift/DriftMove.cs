namespace LeptonStream.Drift;

/// <summary>A part of a distribution that moved: a range of values or a category with its share, or a dimension with its mean.</summary>
internal sealed record DriftMove
{
    /// <summary>The lower end of the range; −∞ where it has none.</summary>
    public double From { get; private init; } = double.NaN;

    /// <summary>The upper end of the range; +∞ where it has none, and equal to <see cref="From"/> for a single value.</summary>
    public double To { get; private init; } = double.NaN;

    /// <summary>The category; null for all others together, and for what is none.</summary>
    public string? Category { get; private init; }

    /// <summary>The dimension of an embedding; −1 for what is none.</summary>
    public int Dimension { get; private init; } = -1;

    /// <summary>Share of the reference, 0 to 1; mean of a dimension.</summary>
    public required double Before { get; init; }

    /// <summary>Share of the sample, 0 to 1; mean of a dimension.</summary>
    public required double After { get; init; }

    /// <summary>Whether it is a range of values.</summary>
    public bool IsRange => !double.IsNaN(To);

    /// <summary>A range of values.</summary>
    public static DriftMove OfRange(double from, double to, double before, double after) =>
        new() { From = from, To = to, Before = before, After = after };

    /// <summary>A category; null for all others together.</summary>
    public static DriftMove OfCategory(string? name, double before, double after) =>
        new() { Category = name, Before = before, After = after };

    /// <summary>A dimension of an embedding.</summary>
    public static DriftMove OfDimension(int dimension, double before, double after) =>
        new() { Dimension = dimension, Before = before, After = after };
}
