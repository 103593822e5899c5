using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that the explanation of an entity's alert tells, the same for every language.</summary>
/// <param name="Key">The entity.</param>
/// <param name="Severity">How urgent.</param>
/// <param name="Change">What happened to the alert.</param>
/// <param name="Contributors">The metrics that have their part in it, the largest first; never empty.</param>
/// <param name="Onset">When it began.</param>
/// <param name="Score">The worst score so far.</param>
internal sealed record EntityFacts(
    SeriesKey Key, AlertSeverity Severity, AlertChange Change, IReadOnlyList<Contributor> Contributors, Timestamp Onset, double Score)
{
    /// <summary>As many metrics are named with their values; more nobody reads in one line.</summary>
    public const int Named = 3;

    /// <summary>What kind of thing the first metric is.</summary>
    public MetricKind Kind => MetricKinds.Of(Contributors[0].Metric);
}
