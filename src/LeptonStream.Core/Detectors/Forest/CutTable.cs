using System.Runtime.Intrinsics;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// All cuts of a forest, sorted within their feature. For a block of rows it makes the mask of each cut: which rows exceed it. A row
/// exceeds just the cuts before its place among them, so one search a feature finds all of its bits.
/// </summary>
internal sealed class CutTable
{
    private readonly CutColumn[] _columns;
    private readonly bool[] _missingExceeds;

    /// <summary>Sorts the cuts of a forest.</summary>
    /// <param name="nodes">All of its nodes.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="maskOf">Is given the number of each node's mask; leaves have none.</param>
    public CutTable(ReadOnlySpan<IsolationNode> nodes, int features, Span<int> maskOf)
    {
        var missingExceeds = new List<bool>();
        _columns = new CutColumn[features];
        for (var feature = 0; feature < features; feature++)
        {
            var owners = new List<int>();
            for (var i = 0; i < nodes.Length; i++)
                if (nodes[i].Feature == feature && !nodes[i].IsLeaf) owners.Add(i);
            var cuts = new float[owners.Count];
            for (var i = 0; i < cuts.Length; i++) cuts[i] = nodes[owners[i]].Cut;
            var order = owners.ToArray();
            Array.Sort(cuts, order);
            _columns[feature] = new(cuts);
            foreach (var owner in order)
            {
                maskOf[owner] = missingExceeds.Count;
                missingExceeds.Add(nodes[owner].MissingGoes == 1);
            }

            missingExceeds.Add(false);
        }

        _missingExceeds = [.. missingExceeds];
    }

    /// <summary>Number of masks: one a cut, and one a feature for rows that exceed all of its cuts.</summary>
    public int Masks => _missingExceeds.Length;

    /// <summary>Makes the masks of a block.</summary>
    /// <param name="rows">At most 512 rows, one after another.</param>
    /// <param name="exceeds">One mask a cut; the bits of rows that aren't there mean nothing.</param>
    public void Fill(ReadOnlySpan<float> rows, MaskBuffer exceeds)
    {
        var first = 0;
        for (var feature = 0; feature < _columns.Length; feature++)
        {
            var column = _columns[feature];
            var words = exceeds.AsWords.Slice(first * MaskBuffer.Words, (column.Count + 1) * MaskBuffer.Words);
            var missing = MarkPlaces(column, rows, feature, words);
            var masks = exceeds.Masks.Slice(first, column.Count + 1);
            Cumulate(masks);
            if (missing) PlaceMissing(rows, feature, masks, _missingExceeds.AsSpan(first));
            first += column.Count + 1;
        }
    }

    private bool MarkPlaces(CutColumn column, ReadOnlySpan<float> rows, int feature, Span<ulong> words)
    {
        words.Clear();
        var missing = false;
        for (int row = 0, at = feature; at < rows.Length; row++, at += _columns.Length)
        {
            var value = rows[at];
            words[(column.PlaceOf(value) * MaskBuffer.Words) + (row >> 6)] |= 1UL << row;
            missing |= float.IsNaN(value);
        }

        return missing;
    }

    // A row's bit marks the first cut it doesn't exceed; from there on it has none.
    private static void Cumulate(Span<Vector512<ulong>> masks)
    {
        var rows = Vector512<ulong>.AllBitsSet;
        foreach (ref var mask in masks)
        {
            rows = Vector512.AndNot(rows, mask);
            mask = rows;
        }
    }

    private void PlaceMissing(ReadOnlySpan<float> rows, int feature, Span<Vector512<ulong>> masks, ReadOnlySpan<bool> missingExceeds)
    {
        Span<ulong> words = stackalloc ulong[MaskBuffer.Words];
        words.Clear();
        for (int row = 0, at = feature; at < rows.Length; row++, at += _columns.Length)
            if (float.IsNaN(rows[at])) words[row >> 6] |= 1UL << row;
        var missing = Vector512.Create<ulong>(words);
        for (var i = 0; i < masks.Length; i++)
            if (missingExceeds[i]) masks[i] |= missing;
    }
}
