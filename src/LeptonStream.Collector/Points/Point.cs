namespace LeptonStream.Collector.Points;

/// <summary>
/// One value of one series at one time, as its source said it. Texts, labels and distributions lie in the <see cref="PointBatch"/>.
/// </summary>
public struct Point
{
    /// <summary><see cref="Time"/> where the source says none: the time of the record or of the request is to be taken.</summary>
    public const long NoTime = long.MinValue;

    /// <summary><see cref="Step"/> where there is none.</summary>
    public const long NoStep = -1;

    /// <summary>The name of the metric, as the source writes it.</summary>
    public Text Name { get; internal set; }

    /// <summary>The unit, as the source writes it; empty where it says none.</summary>
    public Text Unit { get; internal set; }

    /// <summary>The model, in formats that have a place for it (native JSON); empty elsewhere.</summary>
    public Text Model { get; internal set; }

    /// <summary>Attributes of the resource that made the point (OTLP).</summary>
    public LabelRange Resource { get; internal set; }

    /// <summary>Attributes of the instrumentation scope (OTLP), with <c>otel.scope.name</c> and <c>otel.scope.version</c>.</summary>
    public LabelRange Scope { get; internal set; }

    /// <summary>Labels of the point itself.</summary>
    public LabelRange Labels { get; internal set; }

    /// <summary>How the value is to be understood.</summary>
    public PointKind Kind { get; internal set; }

    /// <summary>Which span the counts of a histogram cover.</summary>
    public Temporality Temporality { get; internal set; }

    /// <summary>Marks.</summary>
    public PointFlags Flags { get; internal set; }

    /// <summary>The value; the mean of a histogram or summary (NaN where it has none). Not finite where the producer said so.</summary>
    public double Value { get; internal set; }

    /// <summary>When, in nanoseconds since 1970; <see cref="NoTime"/> where the source does not say.</summary>
    public long Time { get; internal set; }

    /// <summary>Since when a total counts, in nanoseconds since 1970; 0 where the source does not say.</summary>
    public long StartTime { get; internal set; }

    /// <summary>The training step, in formats that have a place for it; <see cref="NoStep"/> elsewhere.</summary>
    public long Step { get; internal set; }

    /// <summary>Place of its distribution in the batch; negative where it has none.</summary>
    internal int DistributionAt { get; set; }

    /// <summary>Whether the point has a <see cref="Distribution"/>: <see cref="PointBatch.DistributionOf"/>.</summary>
    public readonly bool HasDistribution => DistributionAt >= 0;

    /// <summary>Whether the source says when.</summary>
    public readonly bool HasTime => Time != NoTime;

    /// <summary>Whether the series ends here.</summary>
    public readonly bool IsStale => (Flags & PointFlags.Stale) != 0;
}
