using LeptonStream.Core.Tests.Detectors;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>A producer on whose data nothing drifts.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Minutes">Minutes between two messages.</param>
/// <param name="Distances">Number of distances of its distribution.</param>
/// <param name="Next">The distribution of a message by its number.</param>
internal sealed record StillWorld(string Name, int Minutes, int Distances, Func<Random, int, string> Next)
{
    private const int MessagesADay = 288;

    private static readonly double[] Shares = [0.3, 0.25, 0.15, 0.12, 0.08, 0.05, 0.03, 0.02];
    private static readonly double[] WideBounds = [.. Enumerable.Range(-15, 31).Select(i => Math.Sinh(i / 4.0))];
    private static readonly double[] LogBounds = [.. Enumerable.Range(-10, 24).Select(i => Math.Exp(i / 4.0))];

    /// <summary>Sizes of samples without any order.</summary>
    public static StillWorld AnySize { get; } = new("any size", 5, 4, (random, _) => Normal(random, Some(random)));

    /// <summary>Sizes that follow the load of a day.</summary>
    public static StillWorld Load { get; } = new("load of a day", 5, 4,
        (random, i) => Normal(random, (int)(275 - (225 * Math.Cos(2 * Math.PI * i / MessagesADay)))));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StillWorld> All { get; } =
    [
        AnySize,
        Load,
        new("50 values", 5, 4, (random, _) => Normal(random, 50)),
        new("1,000 values a minute", 1, 4, (random, _) => Normal(random, 1000)),
        new("heavy tails", 5, 4, (random, _) => Bins(WideBounds, () => Streams.Gauss(random) / Chi(random), Some(random))),
        new("skewed", 5, 4, (random, _) => Bins(LogBounds, () => Math.Exp(Streams.Gauss(random)), Some(random))),
        new("four bins", 5, 4, (random, _) => Bins([-0.8, 0, 0.8], () => Streams.Gauss(random), Some(random))),
        new("overdispersed", 5, 4, (random, _) => Normal(random, 1000, 0.1 * Streams.Gauss(random))),
        new("categories", 5, 2, (random, _) => Categories(random, Some(random))),
        new("embeddings", 5, 1, (random, _) => Embedding(random, 200, 16)),
    ];

    public override string ToString() => Name;

    private static int Some(Random random) => random.Next(50, 501);

    // The root of a third of three squares: a normal value divided by it has the t-distribution with three degrees of freedom.
    private static double Chi(Random random) =>
        Math.Sqrt(Enumerable.Range(0, 3).Sum(_ => Math.Pow(Streams.Gauss(random), 2)) / 3);

    private static string Normal(Random random, int n, double shift = 0) => DriftRig.Bins(DriftRig.Counts(random, n, shift));

    private static string Bins(double[] bounds, Func<double> draw, int n)
    {
        var counts = new double[bounds.Length + 1];
        for (; n > 0; n--)
        {
            var bin = Array.BinarySearch(bounds, draw());
            counts[bin < 0 ? ~bin : bin]++;
        }

        return $$"""{"bounds":{{DriftRig.Json(bounds)}},"counts":{{DriftRig.Json(counts)}}}""";
    }

    private static string Categories(Random random, int n)
    {
        var counts = new int[Shares.Length];
        for (; n > 0; n--)
        {
            var left = random.NextDouble();
            var category = 0;
            while (category < Shares.Length - 1 && (left -= Shares[category]) > 0) category++;
            counts[category]++;
        }

        var named = counts.Select((count, i) => $"\"c{i}\":{count}");
        return $$"""
            {"categories":{ {{string.Join(',', named)}} } }
            """;
    }

    private static string Embedding(Random random, int n, int dimensions)
    {
        var centroid = Enumerable.Range(0, dimensions).Select(_ => Streams.Gauss(random) / Math.Sqrt(n)).ToArray();
        // A variance of so many values is as good as normal.
        var variance = Enumerable.Range(0, dimensions).Select(_ => 1 + (Streams.Gauss(random) * Math.Sqrt(2.0 / n))).ToArray();
        return $$"""{"count":{{n}},"centroid":{{DriftRig.Json(centroid)}},"variance":{{DriftRig.Json(variance)}}}""";
    }
}
