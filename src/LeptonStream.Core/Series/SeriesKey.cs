namespace LeptonStream.Series;

/// <summary>
/// The identity of a series: the watched model, the metric and the labels. All metrics of one model and label set are one entity.
/// </summary>
/// <param name="Model">The AI model (or job, or fleet) being watched; the Kafka key of its samples.</param>
/// <param name="Metric">The metric's name as its producer wrote it.</param>
/// <param name="Labels">The labels, sorted.</param>
public sealed record SeriesKey(string Model, string Metric, LabelSet Labels)
{
    /// <summary>Prometheus-like notation: <c>llama-70b/ttft_p99_ms{instance="gpu-7"}</c>.</summary>
    public override string ToString() => Labels.Count == 0 ? $"{Model}/{Metric}" : $"{Model}/{Metric}{Labels}";
}
