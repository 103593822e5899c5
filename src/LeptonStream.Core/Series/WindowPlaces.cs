using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LeptonStream.Series;

/// <summary>The rank of each value of a window, in order of arrival.</summary>
internal static class WindowPlaces
{
    /// <summary>
    /// Follows a move: adds <paramref name="step"/> (1, or −1 as it wraps) to each of the <paramref name="moved"/> places from
    /// <paramref name="first"/> on.
    /// </summary>
    /// <typeparam name="T">Unsigned.</typeparam>
    public static void Follow<T>(Span<T> places, T first, T moved, T step)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (moved == T.Zero) return;
        ref var place = ref MemoryMarshal.GetReference(places);
        var (lanes, i) = (Vector256<T>.Count, 0);
        if (places.Length < lanes)
        {
            for (; i < places.Length; i++)
                if (places[i] - first < moved) places[i] += step;
            return;
        }

        if (Vector512.IsHardwareAccelerated) i = FollowWide(ref place, places.Length, first, moved - T.One, step);
        var (firsts, lasts, steps) = (Vector256.Create(first), Vector256.Create(moved - T.One), Vector256.Create(step));
        for (; i <= places.Length - lanes; i += lanes)
        {
            var seen = Vector256.LoadUnsafe(ref place, (nuint)i);
            (seen + (In(seen - firsts, lasts) & steps)).StoreUnsafe(ref place, (nuint)i);
        }

        if (i == places.Length) return;
        // The last lanes reach back over places that were followed already.
        var rest = Vector256.LoadUnsafe(ref place, (nuint)(places.Length - lanes));
        var isNew = Vector256.GreaterThanOrEqual(Vector256<T>.Indices, Vector256.Create(T.CreateTruncating(lanes - (places.Length - i))));
        (rest + (In(rest - firsts, lasts) & steps & isNew)).StoreUnsafe(ref place, (nuint)(places.Length - lanes));
    }

    // As many as fit into the widest lanes.
    private static int FollowWide<T>(ref T place, int count, T first, T last, T step)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        var (firsts, lasts, steps) = (Vector512.Create(first), Vector512.Create(last), Vector512.Create(step));
        var (lanes, i) = (Vector512<T>.Count, 0);
        for (; i <= count - lanes; i += lanes)
        {
            var seen = Vector512.LoadUnsafe(ref place, (nuint)i);
            (seen + (Vector512.LessThanOrEqual(seen - firsts, lasts) & steps)).StoreUnsafe(ref place, (nuint)i);
        }

        return i;
    }

    // Not above the last, when counted from the first: one comparison instead of two.
    private static Vector256<T> In<T>(Vector256<T> fromFirst, Vector256<T> lasts) =>
        Vector256.Equals(Vector256.Min(fromFirst, lasts), fromFirst);
}
