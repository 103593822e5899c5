using System.Globalization;
using LeptonStream.Drift;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>Samples of known distributions, and the histograms and messages that sum them up.</summary>
internal static class DriftRig
{
    /// <summary>Bounds of a feature that is normal around 0.</summary>
    public static readonly double[] Bounds = [.. Enumerable.Range(-12, 25).Select(i => i / 4.0)];

    // The bin of each of so many equally likely values of a normal distribution.
    private const int Quantiles = 8192;

    private static readonly double[] Normal = [.. Enumerable.Range(0, Quantiles).Select(i =>
        MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (i + 0.5) / Quantiles))];

    /// <summary>The counts of a sample from a normal distribution, one more than <see cref="Bounds"/>.</summary>
    public static double[] Counts(Random random, int n, double shift = 0, double scale = 1)
    {
        var counts = new double[Bounds.Length + 1];
        for (; n > 0; n--) counts[BinOf((Normal[random.Next(Quantiles)] * scale) + shift)]++;
        return counts;
    }

    public static Histogram Sample(Random random, int n, double shift = 0, double scale = 1) =>
        HistogramBuilder.OfBins(Bounds, Counts(random, n, shift, scale)).Build()!;

    /// <summary>Evenly between two values.</summary>
    public static Histogram Uniform(double from, double to, double count = 1000) => new HistogramBuilder().Add(from, to, count).Build()!;

    public static Histogram Points(params (double Value, double Count)[] points)
    {
        var cells = new HistogramBuilder();
        foreach (var (value, count) in points) cells.AddPoint(value, count);
        return cells.Build()!;
    }

    public static CategoryCounts Categories(params double[] counts) =>
        CategoryCounts.Of([.. counts.Select((count, i) => KeyValuePair.Create($"c{i}", count))])!;

    public static string Json(double[] numbers) => $"[{string.Join(',', numbers.Select(Json))}]";

    public static string Json(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>An entry of <c>distributions</c>.</summary>
    public static string Bins(double[] counts) => $$"""{"bounds":{{Json(Bounds)}},"counts":{{Json(counts)}}}""";

    private static int BinOf(double value) => value <= Bounds[0] ? 0 : value > Bounds[^1] ? Bounds.Length
        : (int)Math.Ceiling((value - Bounds[0]) / (Bounds[1] - Bounds[0]));
}
