using LeptonStream.Collector.Mapping.Rates;

namespace LeptonStream.Collector.Mapping.Store;

/// <summary>How the points of a series become samples.</summary>
internal enum SeriesRole
{
    /// <summary>The value is the sample.</summary>
    Level = 0,

    /// <summary>The growth of a total, per second.</summary>
    Total,

    /// <summary>A change, per second.</summary>
    Change,

    /// <summary>A histogram with declared bounds.</summary>
    Histogram,

    /// <summary>An exponential histogram.</summary>
    Exponential,

    /// <summary>Quantiles that the producer computed, with count and sum.</summary>
    Summary,

    /// <summary>A histogram or summary whose buckets, sum and count come as points of their own.</summary>
    Family,

    /// <summary>A distribution of a native message, which goes on as it came.</summary>
    Passed,
}

/// <summary>A series as its source writes it: the decision about it, and the state of its totals.</summary>
internal sealed class SeriesEntry
{
    public required UInt128 Id { get; init; }

    /// <summary>As the source writes it, for people.</summary>
    public required string Text { get; init; }

    public SeriesRole Role { get; set; }

    /// <summary>
    /// The hash of the series without the labels that say what a thing does now: the process that runs it, the pod on a GPU, a state. Two
    /// series with the same are one thing before and after a change of these.
    /// </summary>
    public UInt128 Thing { get; set; }

    /// <summary>Why none of its points becomes a sample; <see cref="DropReason.None"/> for all others.</summary>
    public DropReason Refused { get; set; }

    /// <summary>When it was received last and refused for another that it collides with; 0 for never.</summary>
    public long RefusedAt { get; set; }

    /// <summary>The series that it collides with, where it does.</summary>
    public string? Rival { get; set; }

    /// <summary>Whether that is the same thing under the name of another version of its exporter.</summary>
    public bool IsOtherName { get; set; }

    /// <summary>Whether a preset named its metric.</summary>
    public bool IsRenamed { get; set; }

    /// <summary>By how much values are multiplied: from the producer's unit to the metric's.</summary>
    public double Factor { get; set; } = 1;

    /// <summary>Whether a value that is no number means that there was nothing to measure.</summary>
    public bool IsQuantile { get; set; }

    /// <summary>The series it becomes; null for those that rules drop. One, or those of <see cref="DistributionOutputs"/>.</summary>
    public MappedSeries?[] Outputs { get; set; } = [];

    /// <summary>
    /// Those that no other series may become. A sum and a count without buckets have no quantiles: where they belong to a summary, its
    /// quantiles are series of their own.
    /// </summary>
    public ReadOnlySpan<MappedSeries?> Owned => Family is { HasBuckets: false }
        ? Outputs.AsSpan(0, Math.Min(DistributionOutputs.FirstQuantile, Outputs.Length))
        : Outputs;

    /// <summary>The quantiles of a summary, by their order of first sight.</summary>
    public List<(double Quantile, MappedSeries? Series)>? Quantiles { get; set; }

    public TotalState Total;

    public HistogramState? Histogram { get; set; }

    public ExponentialState? Exponential { get; set; }

    public FamilyParts? Family { get; set; }

    /// <summary>The metrics called <c>_sum</c> and <c>_count</c> that are no parts of a histogram.</summary>
    public (MappedSeries? Sum, MappedSeries? Count) Lone { get; set; }

    /// <summary>Event time of the newest point.</summary>
    public long LastTime { get; set; } = long.MinValue;

    /// <summary>When the newest point was received.</summary>
    public long LastSeen { get; set; }

    /// <summary>When it is to be asked next whether another source writes the same.</summary>
    public long OriginDue { get; set; }

    /// <summary>The page that it stands on; null where it came otherwise.</summary>
    public PageSeries? Page { get; set; }

    /// <summary>Whether its end was passed on, and it has not been seen since.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Whether the store has forgotten it.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Goes on with the numbers of another, which is the same thing before.</summary>
    public void Continue(SeriesEntry before) => (Total, Histogram, Exponential, Family, LastTime) =
        (before.Total, before.Histogram, before.Exponential, before.Family, before.LastTime);

    public SeriesEntry? Newer { get; set; }

    public SeriesEntry? Older { get; set; }
}

/// <summary>The places of what a distribution becomes.</summary>
internal static class DistributionOutputs
{
    public const int Rate = 0;
    public const int Mean = 1;
    public const int FirstQuantile = 2;

    public static readonly string[] Suffixes = ["_count_per_second", "_mean", "_p50", "_p90", "_p99"];
    public static readonly double[] Quantiles = [0.5, 0.9, 0.99];

    /// <summary>The ending of a quantile's name: <c>_p99</c>, <c>_p999</c>, <c>_max</c>.</summary>
    public static string SuffixOf(double quantile) => quantile switch
    {
        1 => "_max",
        0 => "_min",
        // As a decimal, 0.57 times 100 is 57.
        _ => "_p" + ((decimal)quantile * 100).ToString("00.############", System.Globalization.CultureInfo.InvariantCulture)
            .Replace(".", "", StringComparison.Ordinal),
    };
}
