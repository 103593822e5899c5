using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LeptonStream.Series;

/// <summary>
/// The operations of a window on its sorted values: find, move and pair them, without a branch that no predictor could guess.
/// </summary>
internal static class SortedFloats
{
    // As many values are compared side by side at the end of a search.
    private const int Side = 4 * Lanes;
    private const int Lanes = 8;

    /// <summary>Number of values below <paramref name="value"/>.</summary>
    public static int LowerBound(ReadOnlySpan<float> sorted, float value)
    {
        ref var first = ref MemoryMarshal.GetReference(sorted);
        var isLong = sorted.Length >= Side;
        nint low = 0, length = sorted.Length;
        for (var enough = isLong ? Side : 1; length > enough;)
        {
            var half = length >> 1;
            low += half & -Bit(Unsafe.Add(ref first, low + half - 1) < value);
            length -= half;
        }

        if (!isLong) return (int)low + (length > 0 ? (int)Bit(Unsafe.Add(ref first, low) < value) : 0);
        // Values before the place are below it, those behind the range are not: both may be counted along.
        low = Math.Min(low, sorted.Length - Side);
        ref var side = ref Unsafe.Add(ref first, low);
        var most = Vector256.Create(value);
        var below = Vector256.LessThan(Vector256.LoadUnsafe(ref side), most).AsInt32()
            + Vector256.LessThan(Vector256.LoadUnsafe(ref side, Lanes), most).AsInt32()
            + Vector256.LessThan(Vector256.LoadUnsafe(ref side, 2 * Lanes), most).AsInt32()
            + Vector256.LessThan(Vector256.LoadUnsafe(ref side, 3 * Lanes), most).AsInt32();
        return (int)low - Vector256.Sum(below);
    }

    /// <summary>Moves all but the first value one place down, over the first.</summary>
    public static void MoveDown(Span<float> values)
    {
        // Lanes that are no register would be copied piece by piece, over what is not yet read.
        if (!Vector256.IsHardwareAccelerated)
        {
            values[1..].CopyTo(values);
            return;
        }

        ref var first = ref MemoryMarshal.GetReference(values);
        nint moved = values.Length - 1, i = 0;
        if (moved >= Lanes)
        {
            // Read before it is written over; a call into the system's own move would cost more than the move.
            var last = Vector256.LoadUnsafe(ref first, (nuint)(moved - Lanes + 1));
            if (Vector512.IsHardwareAccelerated)
                for (; i < moved - (2 * Lanes); i += 2 * Lanes)
                    Vector512.LoadUnsafe(ref first, (nuint)(i + 1)).StoreUnsafe(ref first, (nuint)i);
            for (; i < moved - Lanes; i += Lanes) Vector256.LoadUnsafe(ref first, (nuint)(i + 1)).StoreUnsafe(ref first, (nuint)i);
            last.StoreUnsafe(ref first, (nuint)(moved - Lanes));
            return;
        }

        for (; i < moved; i++) Unsafe.Add(ref first, i) = Unsafe.Add(ref first, i + 1);
    }

    /// <summary>Moves all but the last value one place up, over the last.</summary>
    public static void MoveUp(Span<float> values)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            values[..^1].CopyTo(values[1..]);
            return;
        }

        ref var first = ref MemoryMarshal.GetReference(values);
        nint i = values.Length - 1;
        if (i >= Lanes)
        {
            var head = Vector256.LoadUnsafe(ref first);
            if (Vector512.IsHardwareAccelerated)
                for (; i > 2 * Lanes; i -= 2 * Lanes)
                    Vector512.LoadUnsafe(ref first, (nuint)(i - (2 * Lanes))).StoreUnsafe(ref first, (nuint)(i - (2 * Lanes) + 1));
            for (i -= Lanes; i > 0; i -= Lanes) Vector256.LoadUnsafe(ref first, (nuint)i).StoreUnsafe(ref first, (nuint)(i + 1));
            head.StoreUnsafe(ref first, 1);
            return;
        }

        for (; i > 0; i--) Unsafe.Add(ref first, i) = Unsafe.Add(ref first, i - 1);
    }

    /// <summary>
    /// The median of |x − median|, by a binary search over the sorted values, which hold the deviations to its left and right sorted
    /// already.
    /// </summary>
    /// <param name="sorted">One value or more.</param>
    /// <param name="median">Their median.</param>
    public static double MedianDeviation(ReadOnlySpan<float> sorted, double median)
    {
        ref var first = ref MemoryMarshal.GetReference(sorted);
        // Half of the values lie nearest to the median, side by side: those from a place on at which the one that leaves on the left is no
        // nearer than the one that comes on the right.
        nint rest = sorted.Length >> 1, half = sorted.Length - rest, low = 0, length = rest;
        while (length > 1)
        {
            var middle = length >> 1;
            low += middle & -IsNearerRight(ref first, low + middle - 1, half, median);
            length -= middle;
        }

        if (length > 0) low += IsNearerRight(ref first, low, half, median);
        var farthest = Math.Max(Below(ref first, low, median), -Below(ref first, low + half - 1, median));
        if (half > rest) return farthest;
        var next = Math.Min(
            low > 0 ? Below(ref first, low - 1, median) : double.PositiveInfinity,
            low + half < sorted.Length ? -Below(ref first, low + half, median) : double.PositiveInfinity);
        return (farthest + next) / 2;
    }

    private static nint IsNearerRight(ref float first, nint left, nint half, double median) =>
        Bit(Below(ref first, left, median) >= -Below(ref first, left + half, median));

    private static double Below(ref float first, nint place, double median) => median - Unsafe.Add(ref first, place);

    private static nint Bit(bool set) => Unsafe.BitCast<bool, byte>(set);
}
