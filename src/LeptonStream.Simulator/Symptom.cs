using LeptonStream.Series;

namespace LeptonStream.Simulator;

/// <summary>Series that a fault touches: those of a model with a metric and, where given, a label.</summary>
/// <param name="Model">The model.</param>
/// <param name="Metric">The metric, or null for any.</param>
/// <param name="Label">A label's name, or null for any labels.</param>
/// <param name="Value">That label's value.</param>
internal sealed record Symptom(string Model, string? Metric = null, string? Label = null, string? Value = null)
{
    /// <summary>Whether a series is one of them.</summary>
    public bool Matches(string model, string metric, LabelSet labels) =>
        model == Model && (Metric is null || metric == Metric) && (Label is null || labels[Label] == Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Model}/{Metric ?? "*"}{(Label is null ? "" : $"{{{Label}=\"{Value}\"}}")}";
}
