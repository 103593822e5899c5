using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>The content of an event, whatever it is about: series, entity, limit or training run.</summary>
internal sealed record EventContent
{
    /// <summary>The series; of an entity or a run, what stands for it.</summary>
    public required SeriesKey Key { get; init; }

    /// <summary>The change of the alert.</summary>
    public required AlertChange Change { get; init; }

    public required AlertSeverity Severity { get; init; }

    public required double Score { get; init; }

    public required double Confidence { get; init; }

    /// <summary>The value; NaN and infinite where the producer said so.</summary>
    public double? Value { get; init; }

    public ExpectedBand Band { get; init; } = ExpectedBand.None;

    /// <summary>Between which values the series lies by nature: the band is shown inside.</summary>
    public ValueBounds Bounds { get; init; } = ValueBounds.None;

    public string? Unit { get; init; }

    public required Timestamp Onset { get; init; }

    public required Timestamp DetectedAt { get; init; }

    public long Step { get; init; } = Sample.NoStep;

    public required IReadOnlyList<DetectorPart> Detectors { get; init; }

    public required IReadOnlyList<AlertPoint> Points { get; init; }

    public required Explanation English { get; init; }

    public required Explanation Chinese { get; init; }

    /// <summary>The name under which Alertmanager users know such alerts.</summary>
    public required string AlertName { get; init; }

    /// <summary>The kind of a training finding, or null.</summary>
    public string? Kind { get; init; }

    public IReadOnlyList<Contributor>? Contributors { get; init; }

    public ExpectedBreach? EarlyWarning { get; init; }

    public string? Runbook { get; init; }
}
