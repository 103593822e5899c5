using System.Text.Json;
using LeptonStream.Drift;

namespace LeptonStream.Samples;

/// <summary>The fields of one distribution as they were read, and the distribution that they make.</summary>
internal sealed class DistributionFields
{
    public const string Bounds = "bounds";
    public const string Centroid = "centroid";
    public const string Variance = "variance";
    public const string Categories = "categories";
    public const string Projections = "projections";
    public const string Reference = "reference";

    private const string Tally = "counts";
    private const string Accuracy = "relative_accuracy";
    private const string Gamma = "gamma";
    private const string Offset = "offset";
    private const string Zero = "zero_count";
    private const string NegativeOffset = "negative_offset";
    private const string NegativeTally = "negative_counts";
    private const string Means = "means";
    private const string Weights = "weights";
    private const string Size = "count";

    // The logarithm of the largest value that a bucket may stand for.
    private const double MaxLogarithm = 230;
    private const double MinGamma = 1 + 1e-6;
    private const double MaxGamma = 1e6;

    private static readonly string[] Names =
    [
        Bounds, Tally, Accuracy, Gamma, Offset, Zero, NegativeOffset, NegativeTally, Means, Weights, Size, Centroid, Variance, Categories,
        Projections, Reference,
    ];

    private readonly Dictionary<string, List<double>> _arrays = [];

    /// <summary>Names of the fields that were read.</summary>
    public HashSet<string> Seen { get; } = [];

    /// <summary>The fields that are single numbers.</summary>
    public Dictionary<string, double> Numbers { get; } = [];

    /// <summary>The counts of categories.</summary>
    public Dictionary<string, double> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>The histograms along random directions.</summary>
    public List<Histogram> Projected { get; } = [];

    /// <summary>The known field whose name is the reader's token, or null.</summary>
    public static string? Find(ref Utf8JsonReader reader)
    {
        foreach (var name in Names)
            if (reader.ValueTextEquals(name)) return name;
        return null;
    }

    /// <summary>Whether a field's numbers count something, and so are not below 0.</summary>
    public static bool IsCount(string name) => name is Tally or NegativeTally or Weights or Zero or Size or Categories;

    /// <summary>Whether a field is an array of numbers.</summary>
    public static bool IsArray(string name) => name is Bounds or Tally or NegativeTally or Means or Weights or Centroid or Variance;

    /// <summary>The numbers of a field that is an array.</summary>
    public List<double> ArrayOf(string name)
    {
        if (!_arrays.TryGetValue(name, out var values)) _arrays.Add(name, values = []);
        return values;
    }

    /// <summary>Makes the distribution.</summary>
    /// <param name="distribution">It; null where nothing was counted.</param>
    /// <returns>The fault, or null.</returns>
    public DistributionFault? TryBuild(out Distribution? distribution)
    {
        distribution = null;
        if (Seen.Contains(Categories)) distribution = CategoryCounts.Of(Counts, NumberOf(Size));
        else if (Seen.Contains(Centroid)) return TryBuildEmbedding(out distribution);
        else if (Seen.Contains(Means)) return TryBuildDigest(out distribution);
        else if (Seen.Contains(Accuracy) || Seen.Contains(Gamma)) return TryBuildSketch(out distribution);
        else if (Seen.Contains(Bounds)) return TryBuildBins(out distribution);
        else return new(RejectReason.MissingField, "it has none of bounds, relative_accuracy, gamma, means, categories, centroid");
        return null;
    }

    private DistributionFault? TryBuildBins(out Distribution? distribution)
    {
        distribution = null;
        var (bounds, counts) = (ArrayOf(Bounds), ArrayOf(Tally));
        var isOpenBelow = bounds is [double.NegativeInfinity, ..];
        var isOpenAbove = bounds is [.., double.PositiveInfinity];
        if (isOpenBelow) bounds.RemoveAt(0);
        if (isOpenAbove) bounds.RemoveAt(bounds.Count - 1);
        if (bounds.Count == 0 || !IsAscending(bounds, isStrict: true) || bounds.Exists(double.IsInfinity))
            return Wrong("'bounds' of a distribution do not ascend, or none is finite");
        // Edges of bins, as NumPy gives them, have no bins beyond; those of Prometheus and OpenTelemetry have.
        switch (counts.Count - bounds.Count)
        {
            case -1 when bounds.Count > 1 && !isOpenBelow && !isOpenAbove:
                counts.Insert(0, 0);
                counts.Add(0);
                break;
            case 0 when isOpenAbove && !isOpenBelow:
                counts.Insert(0, 0);
                break;
            case 0 when isOpenBelow && !isOpenAbove:
                counts.Add(0);
                break;
            case 1:
                break;
            default:
                return Wrong($"it has {bounds.Count} finite 'bounds' and {counts.Count} 'counts': there is one count less than bounds "
                    + "(bins between them), or one more (with those beyond both ends)");
        }

        distribution = HistogramBuilder.OfBins(bounds, counts).Build(NumberOf(Size));
        return null;
    }

    private DistributionFault? TryBuildSketch(out Distribution? distribution)
    {
        distribution = null;
        var accuracy = NumberOf(Accuracy) ?? 0;
        if (accuracy is < 0 or >= 1) return Wrong("'relative_accuracy' of a sketch is not between 0 and 1");
        var gamma = NumberOf(Gamma) ?? (1 + accuracy) / (1 - accuracy);
        if (gamma is < MinGamma or > MaxGamma) return Wrong("'gamma' of a sketch is not above 1, or out of range");
        if (BucketsOf(Offset, Tally, gamma) is not { } positive || BucketsOf(NegativeOffset, NegativeTally, gamma) is not { } negative)
            return new(RejectReason.NumberOutOfRange, "an offset of a sketch is not whole, or its buckets lie beyond 1e100");
        distribution = HistogramBuilder.OfSketch(gamma, positive, NumberOf(Zero) ?? 0, negative).Build(NumberOf(Size));
        return null;
    }

    private SketchBuckets? BucketsOf(string offset, string counts, double gamma)
    {
        var (first, buckets) = (NumberOf(offset) ?? 0, ArrayOf(counts));
        var furthest = (Math.Abs(first) + buckets.Count + 1) * Math.Log(gamma);
        return first == Math.Floor(first) && furthest <= MaxLogarithm ? new((int)first, buckets) : null;
    }

    private DistributionFault? TryBuildDigest(out Distribution? distribution)
    {
        distribution = null;
        var (means, weights) = (ArrayOf(Means), ArrayOf(Weights));
        if (means.Count != weights.Count) return Wrong($"a distribution has {means.Count} 'means' and {weights.Count} 'weights'");
        if (!IsAscending(means, isStrict: false)) return Wrong("'means' of a distribution do not ascend");
        if (means.Count > 0) distribution = HistogramBuilder.OfCentroids(means, weights).Build(NumberOf(Size));
        return null;
    }

    private DistributionFault? TryBuildEmbedding(out Distribution? distribution)
    {
        distribution = null;
        var (centroid, variance) = (ArrayOf(Centroid), ArrayOf(Variance));
        if (centroid.Count == 0 || centroid.Count != variance.Count)
            return Wrong($"an embedding has {centroid.Count} numbers in 'centroid' and {variance.Count} in 'variance'");
        if (variance.Exists(one => one < 0)) return Wrong("'variance' of an embedding is below 0");
        if (NumberOf(Size) is not { } count) return new(RejectReason.MissingField, "'count' of an embedding is missing");
        if (count > 0) distribution = new EmbeddingSummary(Math.Max(1, count), [.. centroid], [.. variance], [.. Projected]);
        return null;
    }

    private double? NumberOf(string name) => Numbers.TryGetValue(name, out var value) ? value : null;

    private static bool IsAscending(List<double> values, bool isStrict)
    {
        for (var i = 1; i < values.Count; i++)
            if (values[i] < values[i - 1] || (isStrict && values[i] == values[i - 1])) return false;
        return true;
    }

    private static DistributionFault Wrong(string detail) => new(RejectReason.WrongType, detail);
}

/// <summary>Why fields make no distribution.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Detail">The fault for people.</param>
internal sealed record DistributionFault(RejectReason Reason, string Detail);
