namespace LeptonStream.Drift;

/// <summary>
/// The Kolmogorov–Smirnov distance of two samples: the largest difference of their distribution functions, <c>D = max |F − G|</c>, 0 to 1
/// (Smirnov 1948, Ann. Math. Stat. 19, 279). It takes the middle of a distribution seriously and its far tails lightly.
/// </summary>
/// <remarks>
/// Chance makes D as large as <c>√(1/n + 1/m)</c>; <c>D · √(nm/(n + m))</c> has the same distribution whatever n and m are: 0.87 in the
/// mean, and above 1.63 once in a hundred samples. It is less where values share few bins.
/// </remarks>
internal static class KolmogorovSmirnov
{
    // More values than these make it no more sensitive: a difference of a hundredth of the values is 1.
    private const double MaxSize = 10_000;

    /// <summary>The distance as it is; symmetric, 0 to 1. Exact where both are linear between their edges.</summary>
    public static double Of(Histogram sample, Histogram reference)
    {
        var largest = 0.0;
        var walk = new EdgeWalk(sample, reference);
        while (walk.MoveNext()) largest = Math.Max(largest, Math.Abs(walk.First - walk.Second));
        return largest;
    }

    /// <summary>The distance in units of chance.</summary>
    public static double Scaled(Histogram sample, Histogram reference) =>
        Of(sample, reference) * Math.Sqrt(Math.Min(MaxSize, 1 / ((1 / sample.Count) + (1 / reference.Count))));
}
