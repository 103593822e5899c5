using System.Numerics;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Drift;
using LeptonStream.Explanations;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Events;

/// <summary>Makes the events that follow from verdicts, and keeps an eye on the alerts that they open.</summary>
/// <param name="open">The open alerts of the partition.</param>
internal sealed class AlertPublisher(OpenAlerts open)
{
    /// <summary>Publishes a change of a series' alert.</summary>
    /// <param name="series">The series after the sample.</param>
    /// <param name="judgement">The verdict; its change is not <see cref="AlertChange.None"/>.</param>
    /// <param name="sink">Takes the event.</param>
    /// <param name="drift">The reading that the sample is a distance of; null for any other sample.</param>
    /// <param name="parts">The lowest parts of the quality that the sample is; null for any other sample.</param>
    public void Publish(SeriesState series, in Judgement judgement, in EventSink sink, DriftReading? drift = null,
        IReadOnlyList<QualityPart>? parts = null)
    {
        var opener = judgement.Change == AlertChange.Opened ? SeriesEvents.LeadingOf(series, judgement) : null;
        if (!series.Alert.IsSilent) sink.Add(SeriesEvents.Of(sink, series, judgement, drift: drift, parts: parts));
        if (opener is null) return;
        series.OpenedBy = opener;
        open.Add(series);
    }

    /// <summary>Publishes what the verdict on an entity changes: alerts of its series, and its own.</summary>
    /// <param name="entity">The entity after the row.</param>
    /// <param name="judgement">The verdict.</param>
    /// <param name="sink">Takes the events.</param>
    public void Publish(EntityState entity, in EntityJudgement judgement, in EventSink sink)
    {
        if (judgement.Score >= 1) Corroborate(entity, judgement.Agreeing, judgement.Score, sink);
        if (judgement.Change == AlertChange.None) return;
        if (!entity.Memory.Alert.IsSilent) sink.Add(EntityEvents.Of(sink, entity, judgement, entity.Row.Time));
        if (judgement.Change == AlertChange.Opened) open.Add(entity);
    }

    /// <summary>Shows a sample to the watch over its series' limit, and publishes what that changes.</summary>
    public void Watch(LimitWatch limit, SeriesState series, in Sample sample, in EventSink sink)
    {
        if (limit.Phase == LimitPhase.Quiet && series.Policy.IsMutedAt(sample.Time)) return;
        var change = limit.Observe(sample.Time, sample.Value);
        if (change == LimitChange.None) return;
        sink.Add(LimitEvents.Of(sink, series, limit, change, sample));
        if (change is LimitChange.Warned or LimitChange.Reached) open.Add(series);
    }

    // Where several metrics are anomalous at once, the alert of one of them is no chance. Where somebody was paged for
    // the entity it is no second page.
    private static void Corroborate(EntityState entity, ulong agreeing, double score, in EventSink sink)
    {
        var row = entity.Row;
        for (var left = agreeing & ~entity.Memory.PagedAt(row.Time); left != 0; left &= left - 1)
        {
            var place = BitOperations.TrailingZeroCount(left);
            if (row[place] is not { } series) continue;
            var signal = new AlertSignal(score, row.Time) { Entity = series.Entity, Line = series.Pipeline.LineOf(series) };
            if (series.Alert.Corroborate(signal) != AlertChange.Worsened) continue;
            var newest = row.NewestOf(place);
            var band = series.Baseline?.At(newest.Sample.Time) ?? newest.Band;
            sink.Add(SeriesEvents.Of(sink, series, newest with { Score = score, Change = AlertChange.Worsened, Band = band,
                Rule = series.OpenedBy }, row.NamesOf(agreeing & ~(1UL << place))));
        }
    }
}
