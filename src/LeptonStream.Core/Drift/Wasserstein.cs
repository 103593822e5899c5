namespace LeptonStream.Drift;

/// <summary>
/// The Wasserstein-1 or earth mover's distance of two samples: how far a value has to move on average to make one of the other,
/// <c>W = ∫ |F − G| dx</c> (Vallender 1974, Theory Probab. Appl. 18, 784), in spreads of the reference. It is the only one that sees how
/// far values went.
/// </summary>
/// <remarks>
/// Two samples of one distribution H have about <c>√(2/π) √(1/n + 1/m) ∫ √(H(1 − H)) dx</c> in the mean (del Barrio, Giné and Matrán 1999,
/// Ann. Probab. 27, 1009), which is subtracted.
/// </remarks>
internal static class Wasserstein
{
    // Of values whose reference stands still next to nothing.
    private const double Far = 1e12;

    private static readonly double MeanOfNormal = Math.Sqrt(2 / Math.PI);

    /// <summary>The distance as it is, in the unit of the values; symmetric, from 0. Exact where both are linear between their
    /// edges.</summary>
    public static double Of(Histogram sample, Histogram reference)
    {
        double sum = 0, before = 0, last = 0;
        var walk = new EdgeWalk(sample, reference);
        for (var isFirst = true; walk.MoveNext(); isFirst = false)
        {
            var difference = walk.First - walk.Second;
            if (!isFirst) sum += (walk.Edge - last) * MeanSize(before, difference);
            (before, last) = (difference, walk.Edge);
        }

        return sum;
    }

    /// <summary>The distance, without the part of chance, in spreads of the reference.</summary>
    public static double Corrected(Histogram sample, Histogram reference) =>
        Math.Clamp((Of(sample, reference) - ByChance(sample, reference)) / reference.Spread, -Far, Far);

    /// <summary>The mean distance of two samples of the distribution that both make up together, in the unit of the values.</summary>
    public static double ByChance(Histogram sample, Histogram reference)
    {
        double sum = 0, before = 0, last = 0;
        var all = sample.Count + reference.Count;
        var walk = new EdgeWalk(sample, reference);
        for (var isFirst = true; walk.MoveNext(); isFirst = false)
        {
            var share = ((sample.Count * walk.First) + (reference.Count * walk.Second)) / all;
            var deviation = Math.Sqrt(Math.Max(0, share * (1 - share)));
            if (!isFirst) sum += (walk.Edge - last) * (before + deviation) / 2;
            (before, last) = (deviation, walk.Edge);
        }

        return MeanOfNormal * Math.Sqrt((1 / sample.Count) + (1 / reference.Count)) * sum;
    }

    // The mean of |d| along a line from one difference to the next.
    private static double MeanSize(double from, double to)
    {
        double one = Math.Abs(from), other = Math.Abs(to);
        return from * to >= 0 ? (one + other) / 2 : ((from * from) + (to * to)) / (2 * (one + other));
    }
}
