namespace LeptonStream.Detectors.Forest;

/// <summary>
/// How a <see cref="StreamingForest"/> grows and forgets. It takes about 3.4·Trees·Cuts + Rows·features bytes once it has learned so
/// many rows, 5.3 KB for eight features, and hardly any before.
/// </summary>
public sealed record StreamingForestOptions
{
    internal const int MostTrees = 1000;

    /// <summary>Trees. <value>The default value is 64; 1 to 1000.</value></summary>
    public int Trees { get; init; } = 64;

    /// <summary>
    /// Cuts of a tree, spent level by level. More of them tell ordinary rows apart from each other, which nobody needs.
    /// <value>The default value is 15; 1 to 31.</value>
    /// </summary>
    public int Cuts { get; init; } = 15;

    /// <summary>
    /// Rows that are remembered, and that each tree is grown on (ψ of the paper). <value>The default value is 256; 8 to 1024.</value>
    /// </summary>
    public int Rows { get; init; } = 256;

    /// <summary>
    /// How many rows go by, on average, until a remembered one makes room for a newer one; the trees are renewed in half of that.
    /// <value>The default value is 2048, eight hours and a half at one row in 15 s; at least <see cref="Rows"/>.</value>
    /// </summary>
    public int Memory { get; init; } = 2048;

    /// <summary>Decides cuts, what is remembered, and when trees grow. <value>The default value is 1.</value></summary>
    public ulong Seed { get; init; } = 1;

    internal int NodesOfTree => (2 * Cuts) + 1;

    internal int GrowEvery => Math.Max(1, Memory / (2 * Trees));

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Trees, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Trees, MostTrees);
        ArgumentOutOfRangeException.ThrowIfLessThan(Cuts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Cuts, CompactTrees.MaxCuts);
        ArgumentOutOfRangeException.ThrowIfLessThan(Rows, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Rows, PathLength.MaxRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(Memory, Rows);
    }
}
