using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that the explanation of an early warning states, the same for every language.</summary>
/// <param name="Key">The series.</param>
/// <param name="Change">Change of the warning that the event reports.</param>
/// <param name="Sample">The sample that caused the event.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Breach">Expected time of the breach.</param>
/// <param name="Onset">Beginning of the rise (or the fall).</param>
/// <param name="Preset">Preset that the metric's name selects; null where there is none.</param>
/// <param name="Unit">The unit, or null.</param>
internal sealed record LimitFacts(
    SeriesKey Key,
    LimitChange Change,
    Sample Sample,
    MetricLimit Limit,
    BreachForecast Breach,
    Timestamp Onset,
    MetricPreset? Preset,
    string? Unit)
{
    /// <summary>Time left.</summary>
    public TimeSpan Left => Breach.At - Sample.Time;

    /// <summary>Time of the newest sample of the series. <value>The default value is the time of the event.</value></summary>
    public Timestamp LastSeen { get; init; } = Sample.Time;

    /// <summary>When it began and ended.</summary>
    public AlertSpan Span => new(Onset, Sample.Time, LastSeen: LastSeen);

    /// <summary>Whether the limit is reached, or as good as that: nothing is left to forecast.</summary>
    public bool IsReached { get; init; }

    /// <summary>Whether the value itself is at the limit or beyond it.</summary>
    public bool IsBeyond => Limit.IsFloor ? Sample.Value <= Limit.Value : Sample.Value >= Limit.Value;

    /// <summary>The kind of the metric that fills up.</summary>
    public MetricKind Kind => Preset?.Kind ?? MetricKind.Other;
}
