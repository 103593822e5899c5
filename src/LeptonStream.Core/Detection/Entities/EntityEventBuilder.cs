using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Entities;

/// <summary>Makes the event that tells of a change of an entity's alert.</summary>
internal static class EntityEventBuilder
{
    /// <summary>Makes the event.</summary>
    /// <param name="entity">The entity after the row.</param>
    /// <param name="judgement">The verdict on the row; its change is not <see cref="AlertChange.None"/>.</param>
    /// <param name="position">The record that brought the row, or its last part.</param>
    /// <param name="ordinal">How many events the record has made before.</param>
    public static AlertEvent Build(EntityState entity, in EntityJudgement judgement, RecordPosition position, int ordinal)
    {
        var (alert, key) = (entity.Memory.Alert, entity.Key);
        if (judgement.Change == AlertChange.Opened) alert.Name(SeriesId.Derive(entity.Id.Value, position.Partition, position.Offset, ordinal));
        var severity = alert.IsCritical ? AlertSeverity.Critical : AlertSeverity.Warning;
        var places = PlacesOf(entity, judgement);
        var contributors = places.Select(p => ContributorOf(entity.Row, p.Place, p.Share)).ToArray();
        var first = entity.Row[places[0].Place]!;
        var story = new EntityFacts(key, severity, judgement.Change, contributors, alert.Onset, alert.Worst);
        var runbook = entity.Pipeline.Policy.RunbookOf(key.Metric);
        var english = EnglishEntityText.Explain(story);
        var newest = entity.Row.NewestOf(places[0].Place).Sample;
        return new AlertEvent
        {
            Id = EventFields.Hex(SeriesId.Derive(entity.Pipeline.EventBasis, position.Partition, position.Offset, ordinal)),
            AlertId = EventFields.Hex(alert.AlertId),
            Type = EventFields.TypeOf(judgement.Change),
            Model = key.Model,
            Metric = key.Metric,
            Labels = key.Labels,
            Severity = severity,
            Score = alert.Worst,
            Confidence = EventFields.Confidence(entity.Memory.Numbers.Learned),
            Onset = alert.Onset,
            DetectedAt = entity.Row.Time,
            Step = newest.Step == Sample.NoStep ? null : newest.Step,
            SourceTopic = position.Topic,
            SourcePartition = position.Partition,
            SourceOffset = position.Offset,
            Detectors = judgement.Forest > 0
                ? [new(DetectorSet.JointSurprise, judgement.Score, judgement.Joint), new(DetectorSet.IsolationForest, judgement.Forest, EntityPipeline.ForestScoreOf(entity))]
                : [new(DetectorSet.JointSurprise, judgement.Score, judgement.Joint)],
            Points = first.Pipeline.PointsOf(first),
            English = english,
            Chinese = ChineseEntityText.Explain(story),
            Contributors = contributors,
            RunbookUrl = runbook,
            RoutingLabels = EventFields.RoutingLabels(key, "LeptonStreamEntityAnomaly", severity),
            Annotations = EventFields.Annotations(english, runbook),
        };
    }

    // Those that had their part since the alert began, the largest share now first. Where all of them were forgotten since, the loudest that is left.
    private static (int Place, double Share)[] PlacesOf(EntityState entity, in EntityJudgement judgement)
    {
        var shares = new double[entity.Row.Count];
        entity.Pipeline.Explain(entity, judgement.Forest, shares);
        var told = entity.Memory.Numbers.Told;
        var places = Enumerable.Range(0, shares.Length).Where(i => entity.Row[i] is not null).Select(i => (Place: i, Share: Math.Round(shares[i], 3))).OrderByDescending(p => p.Share);
        var parts = places.Where(p => ((told >> p.Place) & 1) != 0).ToArray();
        return parts.Length > 0 ? parts : [.. places.Take(1)];
    }

    private static Contributor ContributorOf(EntityRow row, int place, double share)
    {
        var (series, newest) = (row[place]!, row.NewestOf(place));
        return new(series.Key.Metric, share, EventFields.Known(newest.Sample.Value), EventFields.Known(newest.Forecast.Expected), EventFields.Known(newest.Lower), EventFields.Known(newest.Upper),
            series.Policy.Preset?.Unit ?? Units.Of(series.Key.Metric));
    }
}
