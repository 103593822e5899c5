using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// Scores 512 rows at a time, one bit a row. <see cref="CutTable"/> says for each cut which rows exceed it; a tree is then two logical
/// operations a cut, which divide the rows that have come there, and the paths are summed by an adder whose every binary digit is such a
/// mask. Comparisons and sums are those of <see cref="RowScorer"/>, so the totals are equal. No branch depends on a row, so none is
/// mispredicted, and the same code serves vectors of 512, 256 and 128 bits.
/// </summary>
internal sealed class BitSlicedScorer
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = MaskBuffer.Words * 64;

    private readonly CutTable _table;
    private readonly Cut[] _cuts;
    private readonly int[] _cutEnds;
    private readonly ushort[] _leaves;
    private readonly int[] _leafEnds;
    private readonly int _lengthDigits;
    private readonly MaskBuffer _exceeds;
    private readonly MaskBuffer _reached;
    private readonly MaskBuffer _totals;

    /// <summary>Prepares a forest; costs about as much as growing it.</summary>
    public BitSlicedScorer(ForestTrees trees)
    {
        var maskOf = new int[trees.Nodes.Length];
        _table = new(trees.Nodes, trees.Features, maskOf);
        int longest = 0, mostNodes = 0;
        foreach (var length in trees.Lengths) longest = Math.Max(longest, length);
        _lengthDigits = Digits(longest);
        _cutEnds = new int[trees.Count];
        _leafEnds = new int[trees.Count * _lengthDigits];
        var cuts = new List<Cut>();
        var leaves = new List<ushort>();
        for (var tree = 0; tree < trees.Count; tree++)
        {
            var nodes = trees.Nodes[trees[tree]];
            mostNodes = Math.Max(mostNodes, nodes.Length);
            for (var i = 0; i < nodes.Length; i++)
                if (!nodes[i].IsLeaf) cuts.Add(new(maskOf[trees.Roots[tree] + i], (ushort)i, (ushort)(i + nodes[i].ToFirst)));
            _cutEnds[tree] = cuts.Count;
            AddDigits(nodes, trees.Lengths[trees[tree]], leaves, _leafEnds.AsSpan(tree * _lengthDigits, _lengthDigits));
        }

        (_cuts, _leaves) = ([.. cuts], [.. leaves]);
        (_exceeds, _reached, _totals) = (new(_table.Masks), new(mostNodes), new(Digits(longest * trees.Count)));
    }

    private static int Digits(int number) => 1 + int.Log2(number | 1);

    // For each binary digit of the paths, the leaves whose path has it.
    private static void AddDigits(ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<ushort> lengths, List<ushort> leaves, Span<int> ends)
    {
        for (var digit = 0; digit < ends.Length; digit++)
        {
            for (var i = 0; i < nodes.Length; i++)
                if (nodes[i].IsLeaf && ((lengths[i] >> digit) & 1) == 1) leaves.Add((ushort)i);
            ends[digit] = leaves.Count;
        }
    }

    /// <summary>The paths of a block's rows through all trees together, in steps of <see cref="PathLength"/>.</summary>
    /// <param name="rows">At most 512 rows, one after another; NaN is a missing feature.</param>
    /// <param name="totals">One total a row.</param>
    public void Total(ReadOnlySpan<float> rows, Span<int> totals)
    {
        _table.Fill(rows, _exceeds);
        _totals.AsWords.Clear();
        int cut = 0, leaf = 0;
        for (var tree = 0; tree < _cutEnds.Length; tree++)
        {
            Divide(_cuts.AsSpan(cut.._cutEnds[tree]));
            AddPaths(leaf, _leafEnds.AsSpan(tree * _lengthDigits, _lengthDigits));
            cut = _cutEnds[tree];
            leaf = _leafEnds[((tree + 1) * _lengthDigits) - 1];
        }

        Unslice(totals);
    }

    private void Divide(ReadOnlySpan<Cut> cuts)
    {
        ref var exceeds = ref MemoryMarshal.GetReference(_exceeds.Masks);
        ref var reached = ref MemoryMarshal.GetReference(_reached.Masks);
        reached = Vector512<ulong>.AllBitsSet;
        foreach (ref readonly var cut in cuts)
        {
            var rows = Unsafe.Add(ref reached, (nint)cut.Node);
            var above = rows & Unsafe.Add(ref exceeds, cut.Mask);
            Unsafe.Add(ref reached, (nint)cut.FirstChild) = rows ^ above;
            Unsafe.Add(ref reached, (nint)cut.FirstChild + 1) = above;
        }
    }

    // A row has come to one leaf, so "or" is the sum over the leaves; then a full adder a digit.
    private void AddPaths(int leaf, ReadOnlySpan<int> ends)
    {
        ref var reached = ref MemoryMarshal.GetReference(_reached.Masks);
        ref var leaves = ref MemoryMarshal.GetArrayDataReference(_leaves);
        var totals = _totals.Masks;
        var carry = Vector512<ulong>.Zero;
        for (var digit = 0; digit < ends.Length; digit++)
        {
            var ones = Vector512<ulong>.Zero;
            for (; leaf < ends[digit]; leaf++) ones |= Unsafe.Add(ref reached, (nint)Unsafe.Add(ref leaves, leaf));
            var sum = totals[digit];
            totals[digit] = sum ^ ones ^ carry;
            carry = (sum & ones) | (carry & (sum ^ ones));
        }

        foreach (ref var sum in totals[ends.Length..])
        {
            var before = sum;
            sum ^= carry;
            carry &= before;
        }
    }

    // Sixteen rows at a time: a row's bit of a digit, as a lane, becomes the digit's weight.
    private void Unslice(Span<int> totals)
    {
        var words = _totals.AsWords;
        var bitOfLane = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        Span<int> group = stackalloc int[Vector512<int>.Count];
        for (var row = 0; row < totals.Length; row += group.Length)
        {
            var sums = Vector512<int>.Zero;
            for (var digit = 0; digit * MaskBuffer.Words < words.Length; digit++)
            {
                var bits = Vector512.Create((int)(words[(digit * MaskBuffer.Words) + (row >> 6)] >> row)) & bitOfLane;
                sums |= Vector512.AndNot(Vector512.Create(1 << digit), Vector512.Equals(bits, Vector512<int>.Zero));
            }

            sums.CopyTo(group);
            group[..Math.Min(group.Length, totals.Length - row)].CopyTo(totals[row..]);
        }
    }

    // Rows that have come to the node go on to its first child, or, where the mask has them, to the second.
    private readonly record struct Cut(int Mask, ushort Node, ushort FirstChild);
}
