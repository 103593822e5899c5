using System.Text.Json.Serialization;
using LeptonStream.Series;

namespace LeptonStream.Feedback;

/// <summary>A verdict that holds, as a partition remembers it.</summary>
/// <param name="AlertId">The alert that it is about.</param>
/// <param name="Model">The watched model.</param>
/// <param name="Metric">The metric of the alert.</param>
/// <param name="Labels">The labels of the series.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Score">
/// The worst score of the alert, as a multiple of the line that the policies alone draw, ≥ 1: verdicts before may have raised the line.
/// 0 where a rule opened the alert: the line had no part in it, and is not moved.
/// </param>
public sealed record StandingVerdict(
    string AlertId, string Model, string Metric, IReadOnlyDictionary<string, string> Labels, Verdict Verdict, double Score)
{
    /// <summary>The series.</summary>
    [JsonIgnore]
    public SeriesKey Key { get; } = new(Model, Metric, LabelSet.Of(Labels));
}
