namespace LeptonStream.Detectors.Forest;

/// <summary>
/// Which features made a row's score. Each cut on the row's path changes the path that is still to be expected, from c(n) to 1 + c(n′)
/// edges when n rows become n′; what it saves is credited to its feature. Along a path the savings add up to c(ψ) − h, just what the score
/// is made of.
/// </summary>
/// <remarks>
/// That alone can't tell a value far outside from one at the rim. So a value that lies by o outside all cuts of its feature, which span r,
/// is credited with c(n′) besides in the share o/(o + r): with this probability the cut would have parted it from all others, had the tree
/// been grown with it, which is how random cut forests weigh features (S. Guha, N. Mishra, G. Roy, O. Schrijvers, Robust random cut forest
/// based anomaly detection on streams, ICML 2016). A feature whose cuts save nothing on the whole has no share; neither has a missing one.
/// </remarks>
internal static class ForestAttribution
{
    /// <summary>
    /// Shares that sum to 1. Where nothing was saved, all features that are there share alike; a row with nothing in it has no shares.
    /// </summary>
    /// <param name="nodes">The nodes of all trees.</param>
    /// <param name="lengths">The expected path of a row that has come to a node.</param>
    /// <param name="roots">Index of each tree's first node.</param>
    /// <param name="row">Every feature that the trees compare, at most 256; NaN is a missing one.</param>
    /// <param name="shares">One a feature.</param>
    public static void Explain(ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<ushort> lengths, ReadOnlySpan<int> roots,
        ReadOnlySpan<float> row, Span<double> shares)
    {
        Span<double> outside = stackalloc double[row.Length];
        FindOutside(nodes, roots, row, outside);
        shares.Clear();
        foreach (var root in roots) AddSavings(nodes[root..], lengths[root..], row, outside, shares);
        var total = 0.0;
        for (var i = 0; i < shares.Length; i++) total += shares[i] = float.IsNaN(row[i]) ? 0 : Math.Max(shares[i], 0);
        if (total == 0) total = ShareAlike(row, shares);
        if (total == 0) return;
        foreach (ref var share in shares) share /= total;
    }

    private static void FindOutside(ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<int> roots, ReadOnlySpan<float> row,
        Span<double> outside)
    {
        Span<double> least = stackalloc double[row.Length], greatest = stackalloc double[row.Length];
        least.Fill(double.PositiveInfinity);
        greatest.Fill(double.NegativeInfinity);
        foreach (var root in roots)
        {
            for (int i = root, end = root + 1; i < end; i++)
            {
                var node = nodes[i];
                if (node.IsLeaf) continue;
                end += 2;
                least[node.Feature] = Math.Min(least[node.Feature], node.Cut);
                greatest[node.Feature] = Math.Max(greatest[node.Feature], node.Cut);
            }
        }

        for (var i = 0; i < row.Length; i++)
        {
            var beyond = Math.Max(row[i] - greatest[i], least[i] - row[i]);
            outside[i] = beyond > 0 ? 1 / (1 + ((greatest[i] - least[i]) / beyond)) : 0;
        }
    }

    private static void AddSavings(ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<ushort> lengths, ReadOnlySpan<float> row,
        ReadOnlySpan<double> outside, Span<double> savings)
    {
        for (int at = 0, next, passed = PathLength.Edge; !nodes[at].IsLeaf; at = next, passed += PathLength.Edge)
        {
            var feature = nodes[at].Feature;
            next = at + (int)nodes[at].ToNext(row[feature]);
            savings[feature] += lengths[at] - lengths[next] + (outside[feature] * (lengths[next] - passed));
        }
    }

    private static double ShareAlike(ReadOnlySpan<float> row, Span<double> shares)
    {
        var total = 0.0;
        for (var i = 0; i < shares.Length; i++) total += shares[i] = float.IsNaN(row[i]) ? 0 : 1;
        return total;
    }
}
