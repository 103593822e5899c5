namespace LeptonStream.Detection.Policies.Presets;

/// <summary>The knowledge of a metric by its name, so that it needs no setting.</summary>
public sealed record MetricPreset
{
    /// <summary>Source of the metric.</summary>
    public required MetricSource Source { get; init; }

    /// <summary>
    /// One name for the same thing from every source: <c>infer.kv_usage</c>, <c>gpu.temp_c</c>. Matchers see it as <c>canonical</c>.
    /// </summary>
    public required string Canonical { get; init; }

    /// <summary>The unit (UCUM) of what is judged: of the rate, for a counter; null where there is none to speak of.</summary>
    public string? Unit { get; init; }

    /// <summary>Its kind, which decides the advice.</summary>
    public MetricKind Kind { get; init; }

    /// <summary>Between which values it lies by its nature. <value>The default value is <see cref="ValueBounds.None"/>.</value></summary>
    public ValueBounds Bounds { get; init; } = ValueBounds.None;

    /// <summary>Its name in English, in the middle of a sentence: <c>KV cache usage</c>.</summary>
    public required string English { get; init; }

    /// <summary>Its name in Chinese.</summary>
    public required string Chinese { get; init; }

    /// <summary>Its settings unless a rule says otherwise.</summary>
    public required PolicySettings Settings { get; init; }
}
