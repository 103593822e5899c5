namespace LeptonStream.Detectors.Forest;

/// <summary>The trees of a forest, one after another.</summary>
/// <param name="nodes">The nodes of all trees.</param>
/// <param name="lengths">The expected path of a row that has come to a node, in steps of <see cref="PathLength"/>.</param>
/// <param name="roots">Index of each tree's first node, and the end of the last tree.</param>
/// <param name="features">Features of a row.</param>
/// <param name="height">Levels of the highest tree.</param>
internal sealed class ForestTrees(IsolationNode[] nodes, ushort[] lengths, int[] roots, int features, int height)
{
    public int Count => roots.Length - 1;

    public int Features => features;

    public int Height => height;

    public ReadOnlySpan<IsolationNode> Nodes => nodes;

    public ReadOnlySpan<ushort> Lengths => lengths;

    public ReadOnlySpan<int> Roots => roots.AsSpan(..^1);

    /// <summary>The nodes that belong to a tree.</summary>
    public Range this[int tree] => roots[tree]..roots[tree + 1];
}
