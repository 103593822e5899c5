using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// The trees of a streaming forest in a fifth of the memory that their nodes take: 50 bytes for 15 cuts. Places of a tree lie level by
/// level, so one bit for each, set where it is a cut, says where children lie: those of cut n are the places 2n + 1 and 2n + 2. Depths are
/// counted on the way, and only leaves say how many rows came to them: to any other node came those of the leaves below it.
/// </summary>
/// <remarks>
/// <code>
/// shape     a bit for each place, in four bytes or eight
/// leaves    rows of each, less one: a byte, or two where a tree is grown on more than 256 rows
/// cuts      a byte each (<see cref="RowCode"/>)
/// features  a byte for each cut; the highest bit says whether a row that lacks the feature goes to the second child
/// </code>
/// </remarks>
internal sealed class CompactTrees
{
    /// <summary>The most cuts of a tree: its places then have a bit each.</summary>
    public const int MaxCuts = 31;

    private const int FeatureMask = StreamingForest.MaxFeatures - 1;
    private const int MissingShift = 7;

    private readonly int _leaves;
    private readonly int _cuts;
    private readonly int _features;
    private readonly int _leafBytes;
    private readonly int _leafMask;
    private readonly int _treeBytes;
    private readonly ulong _shapeMask;
    private readonly byte[] _trees;

    /// <param name="trees">Number of trees; each is a leaf of one row at first.</param>
    /// <param name="cuts">Cuts of a tree, at most.</param>
    /// <param name="rows">Rows that a tree is grown on, at most.</param>
    public CompactTrees(int trees, int cuts, int rows)
    {
        _leaves = (2 * cuts) + 1 > 32 ? sizeof(ulong) : sizeof(uint);
        _shapeMask = ulong.MaxValue >> (64 - (8 * _leaves));
        _leafBytes = rows > byte.MaxValue + 1 ? sizeof(ushort) : sizeof(byte);
        _leafMask = _leafBytes == sizeof(byte) ? byte.MaxValue : ushort.MaxValue;
        _cuts = _leaves + (_leafBytes * (cuts + 1));
        _features = _cuts + cuts;
        _treeBytes = _features + cuts;
        // Eight bytes are read of the last shape too.
        _trees = new byte[(trees * _treeBytes) + sizeof(ulong)];
        Count = trees;
    }

    /// <summary>Number of trees.</summary>
    public int Count { get; }

    /// <summary>Rows that a tree was grown on.</summary>
    public int RowsOf(int tree)
    {
        ref var bytes = ref TreeAt(tree);
        var rows = 0;
        for (var leaf = BitOperations.PopCount(ShapeOf(ref bytes)); leaf >= 0; leaf--) rows += RowsOf(ref bytes, leaf);
        return rows;
    }

    /// <summary>Takes a tree in.</summary>
    /// <param name="tree">Its number.</param>
    /// <param name="nodes">Its nodes, level by level, and whatever lies beyond them.</param>
    /// <param name="rows">Rows that came to each node.</param>
    public void Put(int tree, ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<ushort> rows)
    {
        ref var bytes = ref TreeAt(tree);
        var shape = 0UL;
        for (int place = 0, count = 1, cut = 0; place < count; place++)
        {
            ref readonly var node = ref nodes[place];
            if (node.IsLeaf)
            {
                ref var leaf = ref Unsafe.Add(ref bytes, _leaves + ((place - cut) * _leafBytes));
                if (_leafBytes == sizeof(byte)) leaf = (byte)(rows[place] - 1);
                else Unsafe.WriteUnaligned(ref leaf, (ushort)(rows[place] - 1));
                continue;
            }

            shape |= 1UL << place;
            Unsafe.Add(ref bytes, _cuts + cut) = (byte)RowCode.OfCut(node.Cut);
            Unsafe.Add(ref bytes, _features + cut) = (byte)(node.Feature | (node.MissingGoes << MissingShift));
            count += 2;
            cut++;
        }

        if (_leaves == sizeof(ulong)) Unsafe.WriteUnaligned(ref bytes, shape);
        else Unsafe.WriteUnaligned(ref bytes, (uint)shape);
    }

    /// <summary>Gives a tree back as nodes.</summary>
    /// <param name="tree">Its number.</param>
    /// <param name="nodes">Takes the nodes, level by level.</param>
    /// <param name="lengths">Takes the expected path of a row that has come to a node.</param>
    public void Read(int tree, Span<IsolationNode> nodes, Span<ushort> lengths)
    {
        ref var bytes = ref TreeAt(tree);
        var shape = ShapeOf(ref bytes);
        var count = (2 * BitOperations.PopCount(shape)) + 1;
        Span<int> depths = stackalloc int[(2 * MaxCuts) + 1];
        Span<int> rows = stackalloc int[(2 * MaxCuts) + 1];
        for (int place = 0, cut = 0; place < count; place++)
        {
            nodes[place] = IsolationNode.Leaf;
            if (((shape >> place) & 1) == 0)
            {
                rows[place] = RowsOf(ref bytes, place - cut);
                continue;
            }

            var first = (2 * cut) + 1;
            var feature = Unsafe.Add(ref bytes, _features + cut);
            nodes[place] = new(RowCode.ValueOf(CutOf(ref bytes, cut)), (ushort)(first - place), (byte)(feature & FeatureMask),
                (byte)(feature >> MissingShift));
            depths[first] = depths[first + 1] = depths[place] + 1;
            cut++;
        }

        for (var place = count - 1; place >= 0; place--)
        {
            if (nodes[place].ToFirst is > 0 and var first) rows[place] = rows[place + first] + rows[place + first + 1];
            lengths[place] = PathLength.Of(depths[place], rows[place]);
        }
    }

    /// <summary>
    /// Asks the cache for all of it: one read a cache line, none of which waits for another. The walk would wait for one after the other,
    /// and most forests weren't looked at since their last row.
    /// </summary>
    /// <returns>Never below 0.</returns>
    public int Fetch()
    {
        var any = 0;
        for (var at = 0; at < _trees.Length; at += 64) any |= _trees[at];
        return any;
    }

    /// <summary>
    /// A row's paths through all trees together, in steps of <see cref="PathLength"/>, as <see cref="RowScorer"/> sums them. It walks four
    /// trees at a time, since each step waits for the one before it. No comparison is a branch: half of them would be mispredicted.
    /// </summary>
    /// <param name="row">The codes of every feature that the trees compare.</param>
    public int Total(ReadOnlySpan<sbyte> row)
    {
        ref var features = ref MemoryMarshal.GetReference(row);
        var total = 0;
        var tree = 0;
        for (; tree + 4 <= Count; tree += 4)
        {
            ref var a = ref TreeAt(tree);
            ref var b = ref Unsafe.Add(ref a, _treeBytes);
            ref var c = ref Unsafe.Add(ref b, _treeBytes);
            ref var d = ref Unsafe.Add(ref c, _treeBytes);
            int atA = 0, atB = 0, atC = 0, atD = 0, steps = 0;
            for (var moved = -1; moved != 0; steps += moved)
            {
                moved = Step(ref a, ref atA, ref features) + Step(ref b, ref atB, ref features) + Step(ref c, ref atC, ref features)
                    + Step(ref d, ref atD, ref features);
            }

            total += (PathLength.Edge * steps) + LeafPath(ref a, atA) + LeafPath(ref b, atB) + LeafPath(ref c, atC)
                + LeafPath(ref d, atD);
        }

        for (; tree < Count; tree++)
        {
            ref var bytes = ref TreeAt(tree);
            var (at, steps) = (0, 0);
            while (Step(ref bytes, ref at, ref features) != 0) steps++;
            total += (PathLength.Edge * steps) + LeafPath(ref bytes, at);
        }

        return total;
    }

    // From a cut to one of its children, which is one step; a leaf is not left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Step(ref byte bytes, ref int place, ref sbyte row)
    {
        var shape = ShapeOf(ref bytes);
        var isCut = (int)(shape >> place) & 1;
        var cut = CutsBefore(shape, place) & -isCut;
        var feature = Unsafe.Add(ref bytes, _features + cut);
        var value = Unsafe.Add(ref row, (nint)(feature & FeatureMask));
        var second = (value > CutOf(ref bytes, cut) ? 1 : 0) | ((feature >> MissingShift) & (value == RowCode.Missing ? 1 : 0));
        place += ((2 * cut) + 1 + second - place) & -isCut;
        return isCut;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int LeafPath(ref byte bytes, int place) =>
        PathLength.Of(depth: 0, RowsOf(ref bytes, place - CutsBefore(ShapeOf(ref bytes), place)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CutsBefore(ulong shape, int place) => BitOperations.PopCount(shape & ((1UL << place) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ShapeOf(ref byte bytes) => Unsafe.ReadUnaligned<ulong>(ref bytes) & _shapeMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private sbyte CutOf(ref byte bytes, int cut) => (sbyte)Unsafe.Add(ref bytes, _cuts + cut);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int RowsOf(ref byte bytes, int leaf) =>
        1 + (Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, _leaves + (leaf * _leafBytes))) & _leafMask);

    private ref byte TreeAt(int tree) => ref _trees[tree * _treeBytes];
}
