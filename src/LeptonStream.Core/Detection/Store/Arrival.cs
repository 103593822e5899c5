namespace LeptonStream.Detection.Store;

/// <summary>The order in which things came.</summary>
internal static class Arrival
{
    /// <summary>Sorts by their numbers; costs one look at each where nothing was forgotten in between.</summary>
    public static T[] Sorted<T>(T[] all, Func<T, long> numberOf)
    {
        for (var i = 1; i < all.Length; i++)
        {
            if (numberOf(all[i - 1]) < numberOf(all[i])) continue;
            Array.Sort(all, (a, b) => numberOf(a).CompareTo(numberOf(b)));
            break;
        }

        return all;
    }
}
