using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Entities;

/// <summary>Makes the event of a change of an entity's alert.</summary>
internal static class EntityEvents
{
    public const string Kind = "entity";

    /// <summary>Makes the event.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="entity">The entity after the row.</param>
    /// <param name="judgement">The verdict on the row; its change is not <see cref="AlertChange.None"/>.</param>
    /// <param name="now">Event time.</param>
    public static AlertEvent Of(in EventSink sink, EntityState entity, in EntityJudgement judgement, Timestamp now)
    {
        var (life, key) = (entity.Memory.Alert, entity.Key);
        var places = PlacesOf(entity, judgement);
        var contributors = places.Select(p => ContributorOf(entity.Row, p.Place, p.Share)).ToArray();
        var first = entity.Row[places[0].Place]!;
        var facts = new EntityFacts(key, life.Severity, judgement.Change, contributors, life.Onset, life.Worst)
        {
            Policy = entity.Pipeline.Policy,
            History = first.History(now),
            Span = new(life.Onset, now, life.NormalSince(judgement.Change), entity.Row.Time),
            Held = HeldText.Of(life, entity.Model, entity.Pipeline.Policy),
            Returned = entity.Memory.Numbers.Fault.IsReturn ? entity.Memory.Fault.Ended : null,
            Kind = first.Policy.Preset?.Kind ?? MetricKind.Other,
        };
        return AlertEventFactory.Create(sink, entity.Id, Kind, life, new()
        {
            Key = key,
            Change = judgement.Change,
            Severity = life.Severity,
            Score = life.Worst,
            Confidence = EventFields.Confidence(entity.Memory.Numbers.Learned, first.History(now)),
            Onset = life.Onset,
            DetectedAt = now,
            IntervalSeconds = entity.Memory.Numbers.IntervalSeconds,
            Step = entity.Row.NewestOf(places[0].Place).Sample.Step,
            Detectors = judgement.Forest > 0
                ? [new(DetectorSet.JointSurprise, judgement.Score, judgement.Joint),
                    new(DetectorSet.IsolationForest, judgement.Forest, EntityPipeline.ForestScoreOf(entity))]
                : [new(DetectorSet.JointSurprise, judgement.Score, judgement.Joint)],
            Points = first.Pipeline.PointsOf(first),
            English = EnglishEntityText.Explain(facts),
            Chinese = ChineseEntityText.Explain(facts),
            AlertName = "LeptonStreamEntityAnomaly",
            Contributors = contributors,
            Runbook = entity.Pipeline.Policy.RunbookOf(key.Metric),
        });
    }

    // Those that had their part since the alert began, the largest share now first. Where all of them were forgotten since, the
    // highest share that is left.
    private static (int Place, double Share)[] PlacesOf(EntityState entity, in EntityJudgement judgement)
    {
        var shares = new double[entity.Row.Count];
        entity.Pipeline.Explain(entity, judgement.Forest, shares);
        var contributors = entity.Memory.Numbers.Contributors;
        var places = Enumerable.Range(0, shares.Length).Where(i => entity.Row[i] is not null)
            .Select(i => (Place: i, Share: Math.Round(shares[i], 3))).OrderByDescending(p => p.Share);
        var parts = places.Where(p => ((contributors >> p.Place) & 1) != 0).ToArray();
        return parts.Length > 0 ? parts : [.. places.Take(1)];
    }

    private static Contributor ContributorOf(EntityRow row, int place, double share)
    {
        var (series, newest) = (row[place]!, row.NewestOf(place));
        return new(series.Metric, share, EventFields.Known(newest.Sample.Value), Bounded(newest.Band.Expected),
            Bounded(newest.Band.Lower), Bounded(newest.Band.Upper), series.Policy.Unit);

        double? Bounded(double value) => EventFields.Known(series.Policy.Bounds.Clamp(value));
    }
}
