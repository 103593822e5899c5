using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>Where a record stands in the input: what makes the ids of its events.</summary>
/// <param name="Topic">Input topic.</param>
/// <param name="Partition">Input partition.</param>
/// <param name="Offset">Input offset.</param>
public readonly record struct RecordPosition(string Topic, int Partition, long Offset);

/// <summary>Makes the event that tells of a change of a series' alert.</summary>
internal static class AlertEventBuilder
{
    /// <summary>Makes the event.</summary>
    /// <param name="series">The series after the sample.</param>
    /// <param name="judgement">The verdict on the sample; its change is not <see cref="AlertChange.None"/>.</param>
    /// <param name="position">The sample's record.</param>
    /// <param name="ordinal">How many events the record has made before.</param>
    public static AlertEvent Build(SeriesState series, in Judgement judgement, RecordPosition position, int ordinal)
    {
        var (sample, policy) = (judgement.Sample, series.Policy);
        var id = SeriesId.Derive(series.Pipeline.EventBasis, position.Partition, position.Offset, ordinal);
        if (judgement.Change == AlertChange.Opened) series.Alert.Name(SeriesId.Derive(series.Id.Value, position.Partition, position.Offset, ordinal));
        var finite = double.IsFinite(sample.Value);
        var severity = series.Alert.IsCritical ? AlertSeverity.Critical : AlertSeverity.Warning;
        var parts = Parts(series, judgement);
        var unit = policy.Preset?.Unit ?? Units.Of(series.Key.Metric);
        var story = new AlertFacts(series.Key, severity, judgement.Change, parts[0].Name, sample, judgement.Forecast.Expected,
            judgement.Lower, judgement.Upper, series.Alert.Onset, series.Alert.Worst, unit,
            series.Pipeline.RecordSpanBefore(series, judgement), series.Peers is { Score: >= 1 } peers ? peers.Seat.Verdict : null);
        var english = EnglishText.Explain(story);
        var runbook = policy.RunbookOf(series.Key.Metric);
        return new AlertEvent
        {
            Id = EventFields.Hex(id),
            AlertId = EventFields.Hex(series.Alert.AlertId),
            Type = EventFields.TypeOf(judgement.Change),
            Model = series.Key.Model,
            Metric = series.Key.Metric,
            Labels = series.Key.Labels,
            Severity = severity,
            Score = series.Alert.Worst,
            Confidence = EventFields.Confidence(SeriesPipeline.LearnedBy(series)),
            Value = finite ? sample.Value : null,
            ValueText = finite ? null : sample.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Expected = EventFields.Known(judgement.Forecast.Expected),
            Lower = EventFields.Known(judgement.Lower),
            Upper = EventFields.Known(judgement.Upper),
            Unit = unit,
            Onset = series.Alert.Onset,
            DetectedAt = sample.Time,
            Step = sample.Step == Sample.NoStep ? null : sample.Step,
            SourceTopic = position.Topic,
            SourcePartition = position.Partition,
            SourceOffset = position.Offset,
            Detectors = parts,
            Points = series.Pipeline.PointsOf(series),
            English = english,
            Chinese = ChineseText.Explain(story),
            RunbookUrl = runbook,
            RoutingLabels = EventFields.RoutingLabels(series.Key, "LeptonStreamAnomaly", severity),
            Annotations = EventFields.Annotations(english, runbook),
        };
    }

    private static DetectorPart[] Parts(SeriesState series, in Judgement judgement)
    {
        var pipeline = series.Pipeline;
        if (judgement.Rule is { } rule) return [new(rule, judgement.Score, judgement.Score > 0 ? 1 : 0)];
        if (pipeline.DetectorCount == 0) return [series.Peers is { } only ? PartOf(only) : new(DetectorSet.NonFinite, 0, 0)];
        var parts = new DetectorPart[pipeline.DetectorCount];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = pipeline.PartOf(i, series);
        // Stable: of equals the one that is asked first stays first. Who has nothing to say is left out, but for the loudest.
        var ordered = parts.OrderByDescending(p => p.Score).Where((p, i) => i == 0 || p.Score > 0);
        return series.Peers is { Score: > 0 } peers ? WithPeers(ordered, peers) : [.. ordered];
    }

    // What the siblings said decides by itself: the scores of the others may be louder and yet not count, since gates and filters are held against them together.
    private static DetectorPart[] WithPeers(IEnumerable<DetectorPart> parts, PeerScorer peers)
    {
        var part = PartOf(peers);
        return peers.IsLeading ? [part, .. parts.Where(p => p.Score > 0)] : [.. parts.Where(p => p.Score > 0).Append(part).OrderByDescending(p => p.Score)];
    }

    private static DetectorPart PartOf(PeerScorer peers)
    {
        var raw = peers.Score > 0 ? peers.Seat.Verdict.Score : 0;
        return new(DetectorSet.Peers, peers.Score, raw);
    }
}
