using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerts;

/// <summary>
/// One event on the alerts topic: one change of one alert, complete enough to be read, charted and routed without any other store.
/// </summary>
public sealed record AlertEvent
{
    /// <summary>
    /// The event's own id: 32 hex digits, a function of the alert's id and the event's number in its life, so a replay makes the same one.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// The alert's id: 32 hex digits, the same for every event of one alert: a function of topic id, partition, series, kind and onset.
    /// </summary>
    public required string AlertId { get; init; }

    /// <summary>The change of the alert.</summary>
    public required AlertEventType Type { get; init; }

    /// <summary>
    /// Why the alert ended, on its last event; else null. Only <see cref="EndedReason.Recovered"/> says that the trouble is over.
    /// </summary>
    public EndedReason? EndedReason { get; init; }

    /// <summary>Whether the event only brings the newest points of an alert that goes on as it is; such events notify nobody.</summary>
    public bool IsProgress { get; init; }

    /// <summary>The watched AI model.</summary>
    public required string Model { get; init; }

    /// <summary>The metric that is anomalous.</summary>
    public required string Metric { get; init; }

    /// <summary>The labels of the series.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>Its present severity.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>
    /// How anomalous the worst sample of this alert so far is; 1.0 is the line of the policy's false-alarm budget, higher is rarer. Finite,
    /// ≥ 0.
    /// </summary>
    public required double Score { get; init; }

    /// <summary>Confidence in the score, 0 to 1; below 0.9 the series is young.</summary>
    public required double Confidence { get; init; }

    /// <summary>The sample's value in the series' unit; null where it was not a finite number.</summary>
    public double? Value { get; init; }

    /// <summary>The value as text where it is no finite number ("NaN", "Infinity"), else null.</summary>
    public string? ValueText { get; init; }

    /// <summary>The value of the forecast; null where there was none yet.</summary>
    public double? Expected { get; init; }

    /// <summary>Lower end of the expected band; null where there was none yet.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper end of the expected band; null where there was none yet.</summary>
    public double? Upper { get; init; }

    /// <summary>The metric's unit (UCUM) where it is known from its name, else null.</summary>
    public string? Unit { get; init; }

    /// <summary>Beginning of the anomaly: event time of its first anomalous sample.</summary>
    public required Timestamp Onset { get; init; }

    /// <summary>Event time of the sample that caused this event.</summary>
    public required Timestamp DetectedAt { get; init; }

    /// <summary>
    /// The usual time between two samples of the series, in seconds, where it is more than an hour; else null. An open alert of another
    /// series has an event at least once an hour, one of such a series with each of its samples.
    /// </summary>
    public double? IntervalSeconds { get; init; }

    /// <summary>The training step of that sample, or null.</summary>
    public long? Step { get; init; }

    /// <summary>Input topic of the record that caused this event.</summary>
    public required string SourceTopic { get; init; }

    /// <summary>Input partition of that record; the event is written to the alerts partition of the same number.</summary>
    public required int SourcePartition { get; init; }

    /// <summary>Offset of that record.</summary>
    public required long SourceOffset { get; init; }

    /// <summary>The part of each detector, the strongest first; never empty.</summary>
    public required IReadOnlyList<DetectorPart> Detectors { get; init; }

    /// <summary>The last points of the series with their band, oldest first (at most about 120).</summary>
    public required IReadOnlyList<AlertPoint> Points { get; init; }

    /// <summary>The explanation in English.</summary>
    public required Explanation English { get; init; }

    /// <summary>The explanation in Chinese.</summary>
    public required Explanation Chinese { get; init; }

    /// <summary>
    /// The metrics that have their part in it, the largest part first, on events of an entity (whose metric is <c>entity</c>); else null.
    /// The points are those of the first.
    /// </summary>
    public IReadOnlyList<Contributor>? Contributors { get; init; }

    /// <summary>The forecast of a breach, on events of an early warning; else null.</summary>
    public ExpectedBreach? EarlyWarning { get; init; }

    /// <summary>The versions and what the change did to each metric, on events of a change of a model's version; else null.</summary>
    public ModelUpdate? ModelUpdate { get; init; }

    /// <summary>Address of the page with instructions, or null.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>
    /// The labels under which Alertmanager users know it (<c>alertname</c>, <c>severity</c>, <c>model</c>, <c>metric</c> and the series'
    /// own); routes and matchers see these.
    /// </summary>
    public required LabelSet RoutingLabels { get; init; }

    /// <summary>
    /// The annotations under which Alertmanager users know it (<c>summary</c>, <c>description</c>, <c>runbook_url</c>, …).
    /// </summary>
    public required LabelSet Annotations { get; init; }

    /// <summary>
    /// The parts that were shortened or left out so that the event fits a record: <c>points</c>, <c>explanation</c> (label values in its
    /// texts and the annotations), <c>labels</c> (a long value ends in the hash of all of it); null where all is there.
    /// </summary>
    public IReadOnlyList<string>? Truncated { get; init; }
}

/// <summary>A metric that has its part in the alert of an entity.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Share">Share of everything surprising now, 0 to 1.</param>
/// <param name="Value">Its newest value, in its unit; null where it was no finite number.</param>
/// <param name="Expected">Forecast in the metric's unit; null where there was none.</param>
/// <param name="Lower">Lower end of the usual range; null where it isn't known.</param>
/// <param name="Upper">Upper end of the usual range; null where it isn't known.</param>
/// <param name="Unit">Its unit (UCUM), or null.</param>
public sealed record Contributor(string Metric, double Share, double? Value, double? Expected, double? Lower, double? Upper, string? Unit);

/// <summary>A limit that a series is expected to reach.</summary>
/// <param name="Limit">The limit, in the series' unit.</param>
/// <param name="ExpectedBreachAt">Time at which it is expected to be reached (or was); null once the warning is over.</param>
/// <param name="Earliest">The early end of the likely interval (nominally 19 in 20); null once the warning is over.</param>
/// <param name="Latest">The late end of that interval; null once the warning is over.</param>
public sealed record ExpectedBreach(double Limit, Timestamp? ExpectedBreachAt, Timestamp? Earliest, Timestamp? Latest);

/// <summary>The part of one detector in a score.</summary>
/// <param name="Name">The detector's name, as in docs/detectors.</param>
/// <param name="Score">Its calibrated score; 1.0 is its line.</param>
/// <param name="Raw">Its own raw score, in its own unit (robust deviations for most).</param>
public readonly record struct DetectorPart(string Name, double Score, double Raw);

/// <summary>One point of the chart that an event carries.</summary>
/// <param name="Time">Event time.</param>
/// <param name="Value">The value; NaN where it was not finite.</param>
/// <param name="Expected">The forecast, or NaN.</param>
/// <param name="Lower">Lower end of the band, or NaN.</param>
/// <param name="Upper">Upper end of the band, or NaN.</param>
public readonly record struct AlertPoint(Timestamp Time, double Value, double Expected, double Lower, double Upper);

/// <summary>The explanation of an alert in one language: one sentence, a paragraph, and what to do.</summary>
/// <param name="Summary">One line: what, where, how much.</param>
/// <param name="Description">Onset, expected and seen values, confidence, and the reason of this event.</param>
/// <param name="Actions">Suggested actions, the first the most useful.</param>
public sealed record Explanation(string Summary, string Description, IReadOnlyList<string> Actions);
