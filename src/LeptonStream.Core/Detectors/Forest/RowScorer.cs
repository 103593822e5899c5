using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// Scores one row: it walks every tree from its root, four trees at a time, since each step waits for the one before it.
/// No comparison is a branch: half of them would be mispredicted. The reference for <see cref="BitSlicedScorer"/>.
/// </summary>
internal static class RowScorer
{
    /// <summary>The row's paths through all trees together, in steps of <see cref="PathLength"/>.</summary>
    /// <param name="nodes">The nodes of all trees.</param>
    /// <param name="lengths">The expected path of a row that has come to a node.</param>
    /// <param name="roots">Index of each tree's first node.</param>
    /// <param name="height">Levels of the highest tree.</param>
    /// <param name="row">Every feature that the trees compare; NaN is a missing one.</param>
    public static int Total(ReadOnlySpan<IsolationNode> nodes, ReadOnlySpan<ushort> lengths, ReadOnlySpan<int> roots, int height,
        ReadOnlySpan<float> row)
    {
        ref var first = ref MemoryMarshal.GetReference(nodes);
        ref var features = ref MemoryMarshal.GetReference(row);
        var total = 0;
        var tree = 0;
        for (; tree + 4 <= roots.Length; tree += 4)
        {
            ref var a = ref Unsafe.Add(ref first, roots[tree]);
            ref var b = ref Unsafe.Add(ref first, roots[tree + 1]);
            ref var c = ref Unsafe.Add(ref first, roots[tree + 2]);
            ref var d = ref Unsafe.Add(ref first, roots[tree + 3]);
            for (var level = height; level > 0; level--)
            {
                a = ref Next(ref a, ref features);
                b = ref Next(ref b, ref features);
                c = ref Next(ref c, ref features);
                d = ref Next(ref d, ref features);
            }

            total += lengths[IndexOf(ref first, ref a)] + lengths[IndexOf(ref first, ref b)] + lengths[IndexOf(ref first, ref c)]
                + lengths[IndexOf(ref first, ref d)];
        }

        for (; tree < roots.Length; tree++)
        {
            ref var at = ref Unsafe.Add(ref first, roots[tree]);
            for (var level = height; level > 0; level--) at = ref Next(ref at, ref features);
            total += lengths[IndexOf(ref first, ref at)];
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref IsolationNode Next(ref IsolationNode node, ref float features) =>
        ref Unsafe.Add(ref node, node.ToNext(Unsafe.Add(ref features, (nint)node.Feature)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(ref IsolationNode first, ref IsolationNode node) =>
        (int)(Unsafe.ByteOffset(ref first, ref node) / Unsafe.SizeOf<IsolationNode>());
}
