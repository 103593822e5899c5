namespace LeptonStream.Detectors.Forest;

/// <summary>Room for a forest as nodes, as it is grown, saved and explained; between times it lies in <see cref="CompactTrees"/>.</summary>
/// <param name="trees">Number of trees.</param>
/// <param name="nodesOfTree">Nodes of a tree, at most.</param>
internal sealed class ForestNodes(int trees, int nodesOfTree)
{
    private readonly IsolationNode[] _nodes = new IsolationNode[trees * nodesOfTree];
    private readonly ushort[] _lengths = new ushort[trees * nodesOfTree];
    private readonly ushort[] _rows = new ushort[trees * nodesOfTree];
    private readonly int[] _roots = [.. Enumerable.Range(0, trees).Select(tree => tree * nodesOfTree)];

    /// <summary>The nodes of all trees.</summary>
    public ReadOnlySpan<IsolationNode> All => _nodes;

    /// <summary>The expected path of a row that has come to a node.</summary>
    public ReadOnlySpan<ushort> Lengths => _lengths;

    /// <summary>Index of each tree's first node.</summary>
    public ReadOnlySpan<int> Roots => _roots;

    /// <summary>The nodes of a tree.</summary>
    public Span<IsolationNode> Of(int tree) => _nodes.AsSpan(_roots[tree], nodesOfTree);

    /// <summary>Their expected paths.</summary>
    public Span<ushort> LengthsOf(int tree) => _lengths.AsSpan(_roots[tree], nodesOfTree);

    /// <summary>Rows that came to each of them.</summary>
    public Span<ushort> RowsOf(int tree) => _rows.AsSpan(_roots[tree], nodesOfTree);

    /// <summary>Whether there is room for such a forest, and no other.</summary>
    public bool Fits(int otherTrees, int otherNodesOfTree) => (otherTrees, otherNodesOfTree) == (trees, nodesOfTree);
}
