using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>The content of an event, whatever it is about: series, entity, limit or training run.</summary>
internal sealed record EventContent
{
    /// <summary>The content of an event that only says that something happened: no value, no severity to speak of.</summary>
    /// <param name="key">The series, or what stands for it.</param>
    /// <param name="names">The alertname, and the label kind, which is the name among the detectors, too.</param>
    /// <param name="change">Opened or recovered.</param>
    /// <param name="onset">Time at which it happened.</param>
    /// <param name="at">Log time of the change.</param>
    /// <param name="english">The explanation in English.</param>
    /// <param name="chinese">The explanation in Chinese.</param>
    public static EventContent ForTheRecord(SeriesKey key, (string AlertName, string Kind) names, AlertChange change, Timestamp onset,
        Timestamp at, Explanation english, Explanation chinese) => new()
    {
        Key = key,
        Change = change,
        Severity = AlertSeverity.Info,
        Score = 0,
        Confidence = 1,
        Onset = onset,
        DetectedAt = at,
        Detectors = [new(names.Kind, 0, 0)],
        Points = [],
        English = english,
        Chinese = chinese,
        AlertName = names.AlertName,
        Kind = names.Kind,
    };

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

    /// <summary>Of an alert that recovered, the time from which on it was normal, before it was closed; else null.</summary>
    public Timestamp? NormalSince { get; init; }

    /// <summary>The usual time between two samples, in seconds; 0 where there is none.</summary>
    public double IntervalSeconds { get; init; }

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

    public ModelUpdate? ModelUpdate { get; init; }

    public string? Runbook { get; init; }
}
