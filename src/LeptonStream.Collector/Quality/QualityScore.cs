namespace LeptonStream.Collector.Quality;

/// <summary>
/// The quality of a source for one model over a span. Each part is a share from 0 (bad) to 1; the score is 100 times their product, so that
/// one bad part shows.
/// </summary>
public readonly record struct QualityScore
{
    /// <summary>Of the messages that the learned pace lets expect, the share that came.</summary>
    public required double Completeness { get; init; }

    /// <summary>1 while the newest sample is as young as usual; half at three times that.</summary>
    public required double Freshness { get; init; }

    /// <summary>The share of messages that were not late: younger than three times the usual age when they came.</summary>
    public required double Timeliness { get; init; }

    /// <summary>The share of points that came once.</summary>
    public required double Uniqueness { get; init; }

    /// <summary>The share of points that came in order.</summary>
    public required double Order { get; init; }

    /// <summary>1 while the source's clock is less than 2 seconds ahead; half at 20 seconds.</summary>
    public required double Clock { get; init; }

    /// <summary>The share of messages of entities that were known before.</summary>
    public required double Stability { get; init; }

    /// <summary>The share of values that are numbers, of the usual share: the others are NaN, or an exporter's blank.</summary>
    public required double Validity { get; init; }

    /// <summary>The seconds from the newest sample until now.</summary>
    public required double AgeSeconds { get; init; }

    /// <summary>By how many seconds the source's clock is ahead of the collector's at least; 0 where it is not.</summary>
    public required double AheadSeconds { get; init; }

    /// <summary>From 0 to 100.</summary>
    public double Score => 100 * Completeness * Freshness * Timeliness * Uniqueness * Order * Clock * Stability * Validity;

    /// <summary>The parts by the names of their metrics: <c>lepton.quality.score</c> first.</summary>
    public IEnumerable<(string Metric, double Value)> Metrics =>
    [
        ("lepton.quality.score", Score),
        ("lepton.quality.completeness", Completeness),
        ("lepton.quality.freshness", Freshness),
        ("lepton.quality.timeliness", Timeliness),
        ("lepton.quality.uniqueness", Uniqueness),
        ("lepton.quality.order", Order),
        ("lepton.quality.clock", Clock),
        ("lepton.quality.stability", Stability),
        ("lepton.quality.validity", Validity),
        ("lepton.quality.age_s", AgeSeconds),
    ];
}
