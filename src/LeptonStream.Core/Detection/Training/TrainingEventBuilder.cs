using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Training;

/// <summary>Makes the event that tells of a finding of training mode.</summary>
internal static class TrainingEventBuilder
{
    /// <summary>The metric of findings that are about the run as a whole.</summary>
    public const string Run = "run";

    // Alert ids are derived like those of records; no partition has so high a number.
    private const int FirstKind = 1 << 24;

    /// <summary>Makes the event.</summary>
    /// <param name="entity">The run.</param>
    /// <param name="finding">What changed.</param>
    /// <param name="position">The record that changed it; of a tick, the last one.</param>
    /// <param name="ordinal">How many events the record has made before.</param>
    /// <param name="isTick">Whether the clock changed it, not a record.</param>
    public static AlertEvent Build(EntityState entity, in TrainingFinding finding, RecordPosition position, int ordinal, bool isTick)
    {
        var series = SeriesOf(entity.Row, finding.Role);
        var key = finding.Role == TrainingRole.None || series is null ? entity.Key with { Metric = Run } : series.Key;
        var alertId = SeriesId.Derive(entity.Id.Value, FirstKind + ((int)finding.Kind * TrainingRoles.Count) + (int)finding.Role, finding.Onset.UnixNanoseconds, finding.OnsetStep);
        // The clock tells the same of a silence whenever, and after whichever record, somebody looks. It tells again once the score has doubled.
        var doublings = finding.Change == AlertChange.Worsened ? (int)Math.Log2(Math.Max(1, finding.Score)) : 0;
        var id = isTick
            ? SeriesId.Derive(alertId ^ entity.Pipeline.EventBasis, position.Partition, (int)finding.Change, doublings)
            : SeriesId.Derive(entity.Pipeline.EventBasis, position.Partition, position.Offset, ordinal);
        var isFinite = double.IsFinite(finding.Value);
        var unit = series?.Policy.Preset?.Unit ?? Units.Of(key.Metric);
        var isOver = finding.Change is AlertChange.Recovered or AlertChange.Accepted;
        var story = new FindingFacts(key, finding, unit);
        var runbook = series?.Policy.RunbookOf(key.Metric);
        var english = EnglishTrainingText.Explain(story);
        return new AlertEvent
        {
            Id = EventFields.Hex(id),
            AlertId = EventFields.Hex(alertId),
            Type = EventFields.TypeOf(finding.Change),
            Model = key.Model,
            Metric = key.Metric,
            Labels = key.Labels,
            Severity = finding.Severity,
            Score = finding.Score,
            Confidence = 1,
            Value = isFinite ? finding.Value : null,
            ValueText = isFinite || isOver || finding.Role == TrainingRole.None ? null : finding.Value.ToString(CultureInfo.InvariantCulture),
            Expected = double.IsFinite(finding.Expected) ? finding.Expected : null,
            Unit = unit,
            Onset = finding.Onset,
            DetectedAt = finding.Time,
            Step = finding.Step == Sample.NoStep ? null : finding.Step,
            SourceTopic = position.Topic,
            SourcePartition = position.Partition,
            SourceOffset = position.Offset,
            Detectors = [new(TrainingKinds.NameOf(finding.Kind), finding.Score, finding.Score)],
            Points = series?.Pipeline.PointsOf(series) ?? [],
            English = english,
            Chinese = ChineseTrainingText.Explain(story),
            RunbookUrl = runbook,
            RoutingLabels = EventFields.RoutingLabels(key, "LeptonStreamTrainingAnomaly", finding.Severity, TrainingKinds.NameOf(finding.Kind)),
            Annotations = EventFields.Annotations(english, runbook),
        };
    }

    // Of the run as a whole, whatever was seen last: its chart shows where the rows end.
    private static SeriesState? SeriesOf(EntityRow row, TrainingRole role)
    {
        for (var i = 0; i < row.Count; i++)
            if (row[i] is { Role: not TrainingRole.None } series && (role == TrainingRole.None || series.Role == role)) return series;
        return null;
    }
}
