namespace LeptonStream.Detectors.Forest;

/// <summary>
/// Grows isolation trees: a feature at random, a cut at random between its least and greatest value, until rows are alone, equal, or at the
/// height limit. All memory is its own and used again, so growing allocates nothing; one builder serves all forests of a thread.
/// </summary>
/// <remarks>
/// A feature is cut only where at least half of a node's rows have it: else a metric that is seldom reported would isolate the few rows
/// that carry it. Rows that lack it go with the larger part of the others.
/// </remarks>
public sealed class TreeBuilder
{
    private readonly int[] _aside = new int[PathLength.MaxRows];
    private readonly float[] _values = new float[PathLength.MaxRows];
    private readonly (int Start, int Count)[] _parts = new (int, int)[2 * PathLength.MaxRows];
    private readonly byte[] _features = new byte[256];
    private readonly int[] _offsets = new int[PathLength.MaxRows];
    private float[] _table = [];
    private ForestNodes? _nodes;
    private int _live;

    /// <summary>Room for the nodes of a forest, to be used at once; one for all forests of that size.</summary>
    internal ForestNodes NodesOf(int trees, int nodesOfTree)
    {
        if (_nodes is { } nodes && nodes.Fits(trees, nodesOfTree)) return nodes;
        return _nodes = new(trees, nodesOfTree);
    }

    /// <summary>Rows that came to each node of the tree that was grown last.</summary>
    internal void CountRows(Span<ushort> rows)
    {
        for (var node = 0; node < rows.Length; node++) rows[node] = (ushort)_parts[node].Count;
    }

    /// <summary>Grows one tree on all rows of a table of codes.</summary>
    internal int Grow(ReadOnlySpan<sbyte> codes, int features, ref SplitMix64 random, Span<IsolationNode> nodes, Span<ushort> lengths)
    {
        if (_table.Length < codes.Length) _table = new float[codes.Length];
        RowCode.Decode(codes, _table);
        var sample = _offsets.AsSpan(0, codes.Length / features);
        for (var row = 0; row < sample.Length; row++) sample[row] = row * features;
        return Grow(_table, sample, features, ref random, nodes, lengths);
    }

    /// <summary>Grows one tree.</summary>
    /// <param name="table">Rows one after another; NaN is a missing feature.</param>
    /// <param name="sample">Offset in the table of each row of the tree; reordered.</param>
    /// <param name="features">Features of a row, at most 256.</param>
    /// <param name="random">Decides features and cuts.</param>
    /// <param name="nodes">The tree, level by level. Where it is too short for all nodes, the last ones stay leaves, as at the height
    /// limit.</param>
    /// <param name="lengths">The expected path of a row that has come to a node, in steps of <see cref="PathLength"/>.</param>
    /// <returns>Number of nodes of the tree.</returns>
    internal int Grow(ReadOnlySpan<float> table, Span<int> sample, int features, ref SplitMix64 random, Span<IsolationNode> nodes,
        Span<ushort> lengths)
    {
        FindLiveFeatures(table, sample, features);
        var limit = PathLength.HeightLimit(sample.Length);
        _parts[0] = (0, sample.Length);
        lengths[0] = PathLength.Of(0, sample.Length);
        int count = 1, depth = 0, endOfLevel = 1;
        for (var i = 0; i < count; i++)
        {
            if (i == endOfLevel) (depth, endOfLevel) = (depth + 1, count);
            var (start, rows) = _parts[i];
            nodes[i] = IsolationNode.Leaf;
            if (rows < 2 || depth == limit || count + 2 > nodes.Length) continue;
            var part = sample.Slice(start, rows);
            if (!TryCut(table, part, ref random, out var feature, out var cut)) continue;
            var first = Divide(part, cut);
            nodes[i] = new(cut, (ushort)(count - i), feature, rows - first > first ? (byte)1 : (byte)0);
            _parts[count] = (start, first);
            _parts[count + 1] = (start + first, rows - first);
            lengths[count++] = PathLength.Of(depth + 1, first);
            lengths[count++] = PathLength.Of(depth + 1, rows - first);
        }

        return count;
    }

    // A feature that is the same in all rows of the sample can't be cut anywhere in the tree.
    private void FindLiveFeatures(ReadOnlySpan<float> table, ReadOnlySpan<int> sample, int features)
    {
        _live = 0;
        for (var feature = 0; feature < features; feature++)
            if (Varies(table, sample, feature)) _features[_live++] = (byte)feature;
    }

    private static bool Varies(ReadOnlySpan<float> table, ReadOnlySpan<int> sample, int feature)
    {
        var first = float.NaN;
        foreach (var row in sample)
        {
            var value = table[row + feature];
            if (float.IsNaN(first)) first = value;
            else if (value < first || value > first) return true;
        }

        return false;
    }

    // Draws features without replacement until one can be cut; the drawn ones gather at the end of the list.
    private bool TryCut(ReadOnlySpan<float> table, ReadOnlySpan<int> part, ref SplitMix64 random, out byte feature, out float cut)
    {
        var values = _values.AsSpan(0, part.Length);
        for (var left = _live; left > 0; left--)
        {
            var drawn = random.Below(left);
            feature = _features[drawn];
            (_features[drawn], _features[left - 1]) = (_features[left - 1], feature);
            var (least, greatest, present) = Range(table, part, feature, values);
            if (!(least < greatest) || 2 * present < part.Length) continue;
            cut = CutBetween(least, greatest, random.Unit());
            if (present < part.Length) PlaceMissing(values, cut, present);
            return true;
        }

        (feature, cut) = (0, 0);
        return false;
    }

    private static (float Least, float Greatest, int Present) Range(ReadOnlySpan<float> table, ReadOnlySpan<int> part, int feature,
        Span<float> values)
    {
        float least = float.PositiveInfinity, greatest = float.NegativeInfinity;
        var present = 0;
        for (var i = 0; i < part.Length; i++)
        {
            var value = table[part[i] + feature];
            values[i] = value;
            if (value < least) least = value;
            if (value > greatest) greatest = value;
            present += float.IsNaN(value) ? 0 : 1;
        }

        // Infinite values are cut off like the largest ones: a cut is finite.
        return (Math.Max(least, -float.MaxValue), Math.Min(greatest, float.MaxValue), present);
    }

    // Never at the greatest value, so that both sides have a row.
    private static float CutBetween(float least, float greatest, double unit)
    {
        var cut = (float)(least + (unit * ((double)greatest - least)));
        return cut < greatest ? cut : least;
    }

    // Puts a value in the place of each missing one that sends its row to the side where more rows are.
    private static void PlaceMissing(Span<float> values, float cut, int present)
    {
        var above = 0;
        foreach (var value in values) above += value > cut ? 1 : 0;
        var place = 2 * above > present ? float.PositiveInfinity : float.NegativeInfinity;
        foreach (ref var value in values)
            if (float.IsNaN(value)) value = place;
    }

    // Keeps the order on both sides; every row is written to both, and only the counts depend on the comparison.
    private int Divide(Span<int> part, float cut)
    {
        var values = _values.AsSpan(0, part.Length);
        var aside = _aside.AsSpan(0, part.Length);
        int first = 0, second = 0;
        for (var i = 0; i < part.Length; i++)
        {
            var row = part[i];
            part[first] = row;
            aside[second] = row;
            var above = values[i] > cut ? 1 : 0;
            second += above;
            first += 1 - above;
        }

        aside[..second].CopyTo(part[first..]);
        return first;
    }
}
