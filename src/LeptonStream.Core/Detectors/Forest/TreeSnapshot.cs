using LeptonStream.State;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// A tree as bytes: one number a node, and its cut where it has one. Where the children lie follows from the order, level by level.
/// </summary>
internal static class TreeSnapshot
{
    private const int FeatureShift = 16;
    private const int MissingBit = 1 << 24;
    private const int CutBit = 1 << 25;

    /// <summary>Writes a tree.</summary>
    /// <param name="state">The snapshot.</param>
    /// <param name="nodes">The tree, and whatever lies beyond it.</param>
    /// <param name="lengths">The expected path of a row that has come to a node.</param>
    public static void Save(StateWriter state, ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<ushort> lengths)
    {
        for (int i = 0, count = 1; i < count; i++)
        {
            var node = nodes[i];
            var cut = node.IsLeaf ? 0 : CutBit | (node.MissingGoes * MissingBit) | (node.Feature << FeatureShift);
            state.Write(lengths[i] | cut);
            if (node.IsLeaf) continue;
            state.Write(BitConverter.SingleToInt32Bits(node.Cut));
            count += 2;
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="state">The snapshot.</param>
    /// <param name="nodes">Receives the nodes.</param>
    /// <param name="rows">Receives how many rows came to each.</param>
    /// <param name="features">The tree compares none from here on.</param>
    /// <param name="mostRows">It was not grown on more.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no tree of such features and size.</exception>
    public static void Load(ref StateReader state, Span<IsolationNode> nodes, Span<ushort> rows, int features, int mostRows)
    {
        for (int i = 0, count = 1, depth = 0, endOfLevel = 1; i < count; i++)
        {
            if (i == endOfLevel) (depth, endOfLevel) = (depth + 1, count);
            var packed = state.ReadCount((2 * CutBit) - 1);
            rows[i] = (ushort)PathLength.RowsOf(depth, (ushort)packed);
            nodes[i] = IsolationNode.Leaf;
            if ((packed & CutBit) == 0) continue;
            var feature = (byte)(packed >> FeatureShift);
            var cut = BitConverter.Int32BitsToSingle(state.ReadInt32());
            if (feature >= features || !float.IsFinite(cut) || count + 2 > nodes.Length)
                throw new SnapshotCorruptException($"node {i} of a tree compares feature {feature} of {features} with {cut} and is "
                    + $"followed by {count - i + 1} of {nodes.Length} nodes");
            nodes[i] = new(cut, (ushort)(count - i), feature, (byte)((packed & MissingBit) == 0 ? 0 : 1));
            count += 2;
        }

        if (rows[0] < 2 || rows[0] > mostRows) throw new SnapshotCorruptException($"a tree that was grown on {rows[0]} of {mostRows} rows");
        CheckRows(nodes, rows);
    }

    // The rows of a node are those of its children.
    private static void CheckRows(ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<ushort> rows)
    {
        for (int i = 0, count = 1; i < count; i++)
        {
            if (rows[i] == 0) throw new SnapshotCorruptException($"no rows came to node {i} of a tree");
            if (nodes[i].IsLeaf) continue;
            var first = i + nodes[i].ToFirst;
            if (rows[i] != rows[first] + rows[first + 1])
                throw new SnapshotCorruptException(
                    $"{rows[i]} rows came to node {i} of a tree, {rows[first]} and {rows[first + 1]} to its children");
            count += 2;
        }
    }
}
