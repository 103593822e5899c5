namespace LeptonStream.Collector.Points;

/// <summary>How the value of a point is to be understood.</summary>
public enum PointKind
{
    /// <summary>The format does not say: a level or a total. Names and presets decide.</summary>
    Untyped = 0,

    /// <summary>A level.</summary>
    Gauge,

    /// <summary>A total since <see cref="Point.StartTime"/> that only grows, until its process starts again.</summary>
    Cumulative,

    /// <summary>The change between <see cref="Point.StartTime"/> and <see cref="Point.Time"/>.</summary>
    Delta,

    /// <summary>Counts between declared bounds, in the point's <see cref="Distribution"/>.</summary>
    Histogram,

    /// <summary>Counts between bounds that grow by a factor, in the point's <see cref="Distribution"/>.</summary>
    ExponentialHistogram,

    /// <summary>Quantiles that the producer computed, in the point's <see cref="Distribution"/>.</summary>
    Summary,

    /// <summary>A distribution of a native message, which is passed on as it is: JSON, in the point's <see cref="Distribution"/>.</summary>
    Native,
}

/// <summary>Which span the counts of a point cover.</summary>
public enum Temporality
{
    /// <summary>Not said, or of no meaning for the kind.</summary>
    Unspecified = 0,

    /// <summary>Since the point before.</summary>
    Delta = 1,

    /// <summary>Since the start time.</summary>
    Cumulative = 2,
}

/// <summary>Marks of a point.</summary>
[Flags]
public enum PointFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The series ends here (OTLP's "no recorded value", Prometheus' stale marker); the value means nothing.</summary>
    Stale = 1,

    /// <summary>The kind is <see cref="PointKind.Delta"/>, and the changes may be negative.</summary>
    NotMonotonic = 2,

    /// <summary>
    /// A part of a classic histogram or summary that came as a series of its own: its bucket (with the label <c>le</c>), sum or count.
    /// </summary>
    Part = 4,

    /// <summary>No value: the model is of the version that the name says, from here on.</summary>
    Version = 8,
}
