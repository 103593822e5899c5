using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// One node of an isolation tree, eight bytes. A row whose feature exceeds the cut goes to the second child, which lies beside the first.
/// A leaf leads to itself (nothing exceeds its cut, which is infinite), so that a walk of a fixed number of levels needs no branch.
/// </summary>
/// <param name="cut">Rows above it go to the second child.</param>
/// <param name="toFirst">Distance to the first child, in nodes; trees lie level by level.</param>
/// <param name="feature">Index of the feature that is compared.</param>
/// <param name="missingGoes">0 or 1: to which child a row goes that lacks the feature.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct IsolationNode(float cut, ushort toFirst, byte feature, byte missingGoes)
{
    public readonly float Cut = cut;
    public readonly ushort ToFirst = toFirst;
    public readonly byte Feature = feature;
    public readonly byte MissingGoes = missingGoes;

    public static readonly IsolationNode Leaf = new(float.PositiveInfinity, 0, 0, 0);

    public bool IsLeaf => ToFirst == 0;

    /// <summary>
    /// How many nodes further a row goes: to the second child where the feature exceeds the cut; where it is missing, where more rows went.
    /// </summary>
    /// <param name="value">The row's feature; NaN is a missing one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint ToNext(float value) => ToFirst + ((value > Cut ? 1 : 0) | (MissingGoes & (float.IsNaN(value) ? 1 : 0)));
}
