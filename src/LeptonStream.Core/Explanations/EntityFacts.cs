using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that the explanation of an entity's alert states, the same for every language.</summary>
/// <param name="Key">The entity.</param>
/// <param name="Severity">Severity now.</param>
/// <param name="Change">Change of the alert that the event reports.</param>
/// <param name="Contributors">The metrics that take part in it, the largest part first; never empty.</param>
/// <param name="Onset">Event time at which it began.</param>
/// <param name="Score">The worst score so far.</param>
internal sealed record EntityFacts(
    SeriesKey Key, AlertSeverity Severity, AlertChange Change, IReadOnlyList<Contributor> Contributors, Timestamp Onset, double Score)
{
    /// <summary>Most metrics that are named with their values in one line.</summary>
    public const int Named = 3;

    /// <summary>Policy of the entity: its budgets. <value>The default value is <see cref="SeriesPolicy.Default"/>.</value></summary>
    public SeriesPolicy Policy { get; init; } = SeriesPolicy.Default;

    /// <summary>Age of the entity's metrics; null where that is not known.</summary>
    public TimeSpan? History { get; init; }

    /// <summary>When it began and ended.</summary>
    public AlertSpan Span { get; init; }

    /// <summary>Why it is no page though it is beyond the critical line; null where it is one, or not beyond.</summary>
    public HeldText? Held { get; init; }

    /// <summary>The end of the fault before, where it is that which returns; else null.</summary>
    public Timestamp? Returned { get; init; }

    /// <summary>The kind of the first metric.</summary>
    public MetricKind Kind { get; init; }
}
