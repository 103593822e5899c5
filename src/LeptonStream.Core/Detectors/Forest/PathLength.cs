using MathNet.Numerics;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// Lengths of paths through isolation trees (Liu, Ting and Zhou 2008), counted in whole steps of 1/1024 of an edge: sums of them are exact,
/// so that every way to score gives the same bits, whatever the order. Rounding changes a path by at most 1/2048 of an edge and a score by
/// less than 0.00004.
/// </summary>
internal static class PathLength
{
    /// <summary>Steps in one edge.</summary>
    public const int Edge = 1024;

    /// <summary>The largest sample a tree can be grown on, in rows.</summary>
    public const int MaxRows = 1024;

    private static readonly ushort[] Expected = [.. Enumerable.Range(0, MaxRows + 1).Select(n => (ushort)Math.Round(Average(n) * Edge))];

    /// <summary>c(n), the average length of an unsuccessful search in a binary search tree of n rows, in edges.</summary>
    public static double Average(int n) => n switch
    {
        <= 1 => 0,
        2 => 1,
        _ => (2 * (Math.Log(n - 1) + Constants.EulerMascheroni)) - (2.0 * (n - 1) / n),
    };

    /// <summary>Height at which a tree on n rows stops growing: ⌈log₂ n⌉ edges, the average height of such a tree.</summary>
    public static int HeightLimit(int n) => n <= 1 ? 0 : 1 + int.Log2(n - 1);

    /// <summary>
    /// The expected path of a row that has come <paramref name="depth"/> edges down to a node of <paramref name="rows"/> rows, in steps.
    /// </summary>
    public static ushort Of(int depth, int rows) => (ushort)((depth * Edge) + Expected[rows]);

    /// <summary>The rows of a node from a path that <see cref="Of"/> gave; 0 where it gives none such.</summary>
    public static int RowsOf(int depth, int length)
    {
        var rest = length - (depth * Edge);
        return rest < 0 ? 0 : Math.Max(0, Array.BinarySearch(Expected, 1, MaxRows, (ushort)rest));
    }
}
