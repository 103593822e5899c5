using LeptonStream.Alerts;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Training;

/// <summary>Makes the event of a finding of training mode.</summary>
internal static class TrainingEvents
{
    /// <summary>The metric of findings that are about the run as a whole.</summary>
    public const string Run = "run";

    /// <summary>Makes the event.</summary>
    /// <param name="sink">Sink of the record that changed it; of a tick, the last one's.</param>
    /// <param name="entity">The run.</param>
    /// <param name="finding">The finding that changed.</param>
    public static AlertEvent Of(in EventSink sink, EntityState entity, in TrainingFinding finding)
    {
        var series = SeriesOf(entity.Row, finding.Role);
        var key = finding.Role == TrainingRole.None || series is null ? entity.Key with { Metric = Run } : series.Key;
        var kind = TrainingKinds.NameOf(finding.Kind);
        var alert = AlertIds.OfAlert(sink, entity.Id, $"{kind}/{finding.Role}/{finding.OnsetStep}", finding.Onset);
        var facts = new FindingFacts(key, finding, series?.Policy.Unit)
        {
            LastSeen = entity.Run is { LastTime: { IsNever: false } last } ? last : null,
        };
        // What a finding about the run as a whole measured is a length of time and no value of the chart: its texts say it.
        var isOfRun = key.Metric == Run;
        var saysNothing = isOfRun || (!double.IsFinite(finding.Value) && finding.Change.IsEnd());
        return AlertEventFactory.Create(sink, alert, AlertIds.OfEvent(alert, finding.Number), new()
        {
            Key = key,
            Change = finding.Change,
            Severity = finding.Severity,
            Score = finding.Score,
            Confidence = 1,
            Value = saysNothing ? null : finding.Value,
            Band = isOfRun ? ExpectedBand.None : new(finding.Expected, double.NaN),
            Unit = facts.Unit,
            Onset = finding.Onset,
            DetectedAt = finding.Time,
            NormalSince = finding.NormalSince < finding.Time ? finding.NormalSince : null,
            Step = finding.Step,
            Detectors = [new(kind, finding.Score, finding.Score)],
            Points = series?.Pipeline.PointsOf(series) ?? [],
            English = EnglishTrainingText.Explain(facts),
            Chinese = ChineseTrainingText.Explain(facts),
            AlertName = "LeptonStreamTrainingAnomaly",
            Kind = kind,
            Runbook = series?.Policy.RunbookOf(key.Metric),
        });
    }

    // Of the run as a whole, whatever was seen last: its chart shows where the rows end.
    private static SeriesState? SeriesOf(EntityRow row, TrainingRole role)
    {
        for (var i = 0; i < row.Count; i++)
            if (row[i] is { Role: not TrainingRole.None } series && (role == TrainingRole.None || series.Role == role)) return series;
        return null;
    }
}
