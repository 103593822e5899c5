using LeptonStream.Collector.Mapping.Relabeling;

namespace LeptonStream.Collector.Mapping;

/// <summary>How the points of a source become samples.</summary>
public sealed record MappingRules
{
    /// <summary>The rules without a setting.</summary>
    public static readonly MappingRules Default = new();

    /// <summary>
    /// The attributes that may name the model: the first that a series has is taken. A format with a place for the model needs none.
    /// </summary>
    public IReadOnlyList<string> Model { get; init; } =
    [
        "lepton.model", "model_name", "gen_ai.request.model", "served_model_name", "model", "model_id", "ai_model", "run", "service.name",
        "service_name", "job",
    ];

    /// <summary>The model of series that no attribute names; null where such a series is dropped.</summary>
    public string? Fallback { get; init; }

    /// <summary>The attributes that hold a training step: they become the message's step and are no labels.</summary>
    public IReadOnlyList<string> Step { get; init; } = ["step", "global_step"];

    /// <summary>The labels that stay.</summary>
    public LabelFilter Labels { get; init; } = LabelFilter.Default;

    /// <summary>Rules on each series as it comes.</summary>
    public RelabelRules Relabel { get; init; } = RelabelRules.None;

    /// <summary>Rules on each series as it leaves: <c>__name__</c> and <c>model</c> are the final ones.</summary>
    public RelabelRules MetricRelabel { get; init; } = RelabelRules.None;
}
