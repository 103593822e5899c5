namespace LeptonStream.Drift;

/// <summary>The distances of one sample to its reference; NaN where one is not defined for its kind.</summary>
internal sealed class DriftReading
{
    // So many cells or dimensions are named.
    private const int Named = 3;

    private readonly Func<IReadOnlyList<DriftMove>> _moves;

    /// <param name="cells">The sample and the reference in the same cells.</param>
    public DriftReading(CellShares cells) => _moves = () => cells.Moves(Named);

    /// <param name="sample">The sample.</param>
    /// <param name="reference">The reference.</param>
    public DriftReading(EmbeddingSummary sample, EmbeddingSummary reference) => _moves = () => sample.Moves(reference, Named);

    /// <inheritdoc cref="Drift.StabilityIndex"/>
    public double StabilityIndex { get; init; } = double.NaN;

    /// <inheritdoc cref="Drift.KolmogorovSmirnov"/>
    public double KolmogorovSmirnov { get; init; } = double.NaN;

    /// <inheritdoc cref="Drift.JensenShannon"/>
    public double JensenShannon { get; init; } = double.NaN;

    /// <inheritdoc cref="Drift.Wasserstein"/>
    public double Wasserstein { get; init; } = double.NaN;

    /// <inheritdoc cref="MeanDiscrepancy"/>
    public double Discrepancy { get; init; } = double.NaN;

    /// <summary>The cells or dimensions that moved most; to be asked for an event, since it costs a sort.</summary>
    public IReadOnlyList<DriftMove> Moves() => _moves();

    /// <summary>The distance with the number of a suffix of <see cref="DriftNames"/>.</summary>
    public double this[int suffix] => suffix switch
    {
        0 => StabilityIndex,
        1 => KolmogorovSmirnov,
        2 => JensenShannon,
        3 => Wasserstein,
        _ => Discrepancy,
    };
}

/// <summary>The names of the series that are made of a distribution.</summary>
internal static class DriftNames
{
    /// <summary>Number of suffixes.</summary>
    public const int Count = 5;

    /// <summary>The suffix that makes the name of a series of the name of its distribution, in UTF-8.</summary>
    /// <param name="number">0 to <see cref="Count"/> − 1.</param>
    public static ReadOnlySpan<byte> SuffixOf(int number) => number switch
    {
        0 => ".drift.psi"u8,
        1 => ".drift.ks"u8,
        2 => ".drift.js"u8,
        3 => ".drift.w1"u8,
        _ => ".drift.mmd"u8,
    };
}
