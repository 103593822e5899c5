using LeptonStream.Alerts;
using LeptonStream.Statistics;

namespace LeptonStream.Updates;

/// <summary>
/// The difference of the means of a metric under two versions, with an interval. Values that follow each other depend on each other, so
/// their number says little: the noise of a mean over some hours is measured on means over as many hours.
/// </summary>
/// <remarks>
/// <code>
/// difference ± t(level, freedom) · s
/// </code>
/// Means of batches that are as long as the window are all but independent, and Student's t holds for them (batch means: Conway 1963,
/// Management Science 10, 47; Schmeiser 1982, Operations Research 30, 556; Law and Kelton, Simulation Modeling and Analysis, 9.5). The
/// batches are those of the past under the old version: of its values against those a day before, whose mean is 0 without an update, or
/// of its values where less than a day and four windows are known. Where there is no room for four windows either, both sides are cut
/// into four batches, and their variances added (Welch 1947, Biometrika 34, 28).
/// Side by side there is no such past. The differences of the same quarters of an hour (of logarithms where all values are above 0), which
/// the load leaves alone, count for as many independent ones as their correlation with the next leaves: n(1 − ρ)/(1 + ρ) (Bayley and
/// Hammersley 1946, Supplement to the Journal of the Royal Statistical Society 8, 184), where ρ, which few values show too small, is
/// raised by (1 + 4ρ)/n (Marriott and Pope 1954, Biometrika 41, 390).
/// </remarks>
/// <param name="Method">The values it was compared with.</param>
/// <param name="Before">Mean of the old version.</param>
/// <param name="After">Mean of the new version.</param>
/// <param name="Error">Half the width of the interval.</param>
/// <param name="SamplesBefore">Number of values of the old version.</param>
/// <param name="SamplesAfter">Number of values of the new version.</param>
internal readonly record struct MeanDifference(
    UpdateMethod Method, double Before, double After, double Error, long SamplesBefore, long SamplesAfter)
{
    private const int MinBatches = 4;
    private const double MaxCorrelation = 0.9;

    /// <summary>Compares two versions that are in use at the same time.</summary>
    /// <param name="old">Quarters of the old version.</param>
    /// <param name="now">Quarters of the new one.</param>
    /// <param name="level">Probability of an interval that leaves out the true difference, between 0 and 1.</param>
    /// <returns>Null where they share too few quarters.</returns>
    public static MeanDifference? SideBySide(ReadOnlySpan<BlockMean> old, ReadOnlySpan<BlockMean> now, double level)
    {
        var pairs = Pairs(old, now, 0);
        if (pairs.Count < 2 * MinBatches) return null;
        // A latency that is a tenth longer is longer by more where the load is high: then the ratio is the steady number.
        var isRatio = pairs.TrueForAll(static pair => pair.Before.Mean > 0 && pair.After.Mean > 0);
        double[] differences = [.. pairs.Select(pair =>
            isRatio ? Math.Log(pair.After.Mean / pair.Before.Mean) : pair.After.Mean - pair.Before.Mean)];
        var mean = differences.Average();
        var size = IndependentOf(differences, mean);
        var error = Deviation(differences, mean, differences.Length) / Math.Sqrt(size - 1);
        var made = Of(UpdateMethod.SideBySide, pairs, error * StudentT.TwoSided(level, (int)size - 1));
        return isRatio ? made with { Error = made.Error * (made.Before + made.After) / 2 } : made;
    }

    /// <summary>Compares a version with the one before it.</summary>
    /// <param name="old">Quarters of the old version, all before the new one.</param>
    /// <param name="now">Quarters of the new one.</param>
    /// <param name="level">Probability of an interval that leaves out the true difference, between 0 and 1.</param>
    /// <returns>Null where there are too few values.</returns>
    public static MeanDifference? InTurn(ReadOnlySpan<BlockMean> old, ReadOnlySpan<BlockMean> now, double level) =>
        now.Length < MinBatches ? null
            : WithDayBefore(old, now, level) ?? WithPast(old, now, level) ?? WithFew(old, now, level);

    private static MeanDifference? WithDayBefore(ReadOnlySpan<BlockMean> old, ReadOnlySpan<BlockMean> now, double level)
    {
        var pairs = Pairs(old, now, BlockMean.Day);
        if (pairs.Count == 0 || 4 * pairs.Count < 3 * now.Length) return null;
        var batches = Batches([.. Pairs(old, old, BlockMean.Day).Select(static pair => pair.After.Mean - pair.Before.Mean)], pairs.Count);
        return batches.Length < MinBatches ? null
            : Of(UpdateMethod.DayBefore, pairs, Deviation(batches, 0, batches.Length) * StudentT.TwoSided(level, batches.Length));
    }

    private static MeanDifference? WithPast(ReadOnlySpan<BlockMean> old, ReadOnlySpan<BlockMean> now, double level)
    {
        var batches = Batches(Means(old), now.Length);
        if (batches.Length < MinBatches) return null;
        var before = batches.Average();
        var error = Deviation(batches, before) * Math.Sqrt(1 + (1.0 / batches.Length));
        return new(UpdateMethod.Before, before, Means(now).Average(), error * StudentT.TwoSided(level, batches.Length - 1),
            Samples(old[^(batches.Length * now.Length)..]), Samples(now));
    }

    private static MeanDifference? WithFew(ReadOnlySpan<BlockMean> old, ReadOnlySpan<BlockMean> now, double level)
    {
        var length = Math.Min(old.Length, now.Length) / MinBatches;
        if (length == 0) return null;
        var (past, present) = (Batches(Means(old), length), Batches(Means(now), length));
        var (before, after) = (past.Average(), present.Average());
        var (one, other) = (Math.Pow(Deviation(past, before), 2) / past.Length, Math.Pow(Deviation(present, after), 2) / present.Length);
        var freedom = one + other == 0 ? past.Length + present.Length - 2
            : Math.Pow(one + other, 2) / ((one * one / (past.Length - 1)) + (other * other / (present.Length - 1)));
        return new(UpdateMethod.Before, before, after, Math.Sqrt(one + other) * StudentT.TwoSided(level, Math.Max(1, (int)freedom)),
            Samples(old), Samples(now));
    }

    // At least two, so that there is a deviation.
    private static double IndependentOf(double[] values, double mean)
    {
        var (squares, products) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            squares += (values[i] - mean) * (values[i] - mean);
            if (i > 0) products += (values[i] - mean) * (values[i - 1] - mean);
        }

        var seen = squares > 0 ? products / squares : 0;
        var correlation = Math.Clamp(seen + ((1 + (4 * seen)) / values.Length), 0, MaxCorrelation);
        return Math.Max(2, values.Length * (1 - correlation) / (1 + correlation));
    }

    private static MeanDifference Of(UpdateMethod method, List<(BlockMean Before, BlockMean After)> pairs, double error) => new(method,
        pairs.Average(static pair => pair.Before.Mean), pairs.Average(static pair => pair.After.Mean), error,
        pairs.Sum(static pair => (long)pair.Before.Count), pairs.Sum(static pair => (long)pair.After.Count));

    /// <summary>Quarters that both have, the old one so much earlier.</summary>
    public static List<(BlockMean Before, BlockMean After)> Pairs(ReadOnlySpan<BlockMean> old, ReadOnlySpan<BlockMean> now, int earlier)
    {
        var pairs = new List<(BlockMean, BlockMean)>(now.Length);
        var at = 0;
        foreach (var after in now)
        {
            while (at < old.Length && old[at].Index < after.Index - earlier) at++;
            if (at < old.Length && old[at].Index == after.Index - earlier) pairs.Add((old[at], after));
        }

        return pairs;
    }

    // From the end back: the newest are the most like what comes.
    private static double[] Batches(double[] values, int length)
    {
        var batches = new double[values.Length / length];
        for (var i = 0; i < batches.Length; i++)
            batches[i] = values.AsSpan(values.Length - ((i + 1) * length), length).ToArray().Average();
        return batches;
    }

    private static double[] Means(ReadOnlySpan<BlockMean> blocks)
    {
        var means = new double[blocks.Length];
        for (var i = 0; i < means.Length; i++) means[i] = blocks[i].Mean;
        return means;
    }

    private static double Deviation(double[] values, double mean) => Deviation(values, mean, values.Length - 1);

    private static double Deviation(double[] values, double mean, int freedom) =>
        Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / freedom);

    private static long Samples(ReadOnlySpan<BlockMean> blocks)
    {
        var samples = 0L;
        foreach (var block in blocks) samples += block.Count;
        return samples;
    }
}
