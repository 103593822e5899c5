using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// The cuts of one feature in order, searched sixteen at a time: above the cuts lie levels that hold the last cut of every sixteen of the
/// level below, and one vector comparison a level says which sixteen to look at next. No comparison is a branch.
/// </summary>
internal sealed class CutColumn
{
    private const int Lane = 16;

    // The cuts, then the levels above them, each padded with infinity, which nothing exceeds, to whole groups and one more.
    private readonly float[] _keys;
    private readonly int[] _levels;

    /// <summary>Makes the levels.</summary>
    /// <param name="sorted">Finite cuts in ascending order.</param>
    public CutColumn(ReadOnlySpan<float> sorted)
    {
        Count = sorted.Length;
        var keys = new List<float>();
        var levels = new List<int>();
        var level = sorted.ToArray();
        int groups;
        do
        {
            var start = keys.Count;
            groups = (level.Length + Lane - 1) / Lane;
            levels.Add(start);
            keys.AddRange(level);
            keys.AddRange(Enumerable.Repeat(float.PositiveInfinity, ((groups + 1) * Lane) - level.Length));
            level = [.. Enumerable.Range(1, groups).Select(g => keys[start + (g * Lane) - 1])];
        }
        while (groups > 1);

        levels.Reverse();
        _keys = [.. keys];
        _levels = [.. levels];
    }

    /// <summary>Number of cuts.</summary>
    public int Count { get; }

    /// <summary>Number of cuts that the value exceeds; NaN exceeds none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlaceOf(float value)
    {
        ref var keys = ref MemoryMarshal.GetArrayDataReference(_keys);
        var values = Vector512.Create(value);
        nint place = 0;
        foreach (var level in _levels)
        {
            place *= Lane;
            var group = Vector512.LoadUnsafe(ref keys, (nuint)(level + place));
            place += BitOperations.PopCount(Vector512.GreaterThan(values, group).ExtractMostSignificantBits());
        }

        return (int)place;
    }
}
