using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>Makes the event that tells of a change of an early warning.</summary>
internal static class EarlyWarningEventBuilder
{
    /// <summary>The name of the part of an event that speaks for the early warning, beside those of the detectors.</summary>
    public const string Detector = "early-warning";

    /// <summary>Makes the event.</summary>
    /// <param name="series">The series.</param>
    /// <param name="watch">The watch over its limit, after the sample.</param>
    /// <param name="change">What the sample changed; not <see cref="LimitChange.None"/>.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="position">The sample's record.</param>
    /// <param name="ordinal">How many events the record has made before.</param>
    public static AlertEvent Build(SeriesState series, LimitWatch watch, LimitChange change, in Sample sample, RecordPosition position, int ordinal)
    {
        var (key, policy) = (series.Key, series.Policy);
        if (change == LimitChange.Warned) watch.Name(SeriesId.Derive(series.Id.Value, position.Partition, position.Offset, ordinal));
        var isOver = change is LimitChange.Withdrawn or LimitChange.Receded;
        var unit = policy.Preset?.Unit ?? Units.Of(key.Metric);
        var story = new LimitFacts(key, change, sample, watch.Limit, watch.Told, watch.Onset, policy.Preset, unit);
        var english = EnglishLimitText.Explain(story);
        var runbook = policy.RunbookOf(key.Metric);
        return new AlertEvent
        {
            Id = EventFields.Hex(SeriesId.Derive(series.Pipeline.EventBasis, position.Partition, position.Offset, ordinal)),
            AlertId = EventFields.Hex(watch.AlertId),
            Type = isOver ? AlertEventType.Resolved : AlertEventType.EarlyWarning,
            Model = key.Model,
            Metric = key.Metric,
            Labels = key.Labels,
            Severity = AlertSeverity.Warning,
            Score = Math.Round(watch.Urgency, 3),
            Confidence = change is LimitChange.Warned or LimitChange.Moved ? Confidence(watch.Told, sample.Time) : 1,
            Value = sample.Value,
            Unit = unit,
            Onset = watch.Onset,
            DetectedAt = sample.Time,
            Step = sample.Step == Sample.NoStep ? null : sample.Step,
            SourceTopic = position.Topic,
            SourcePartition = position.Partition,
            SourceOffset = position.Offset,
            Detectors = [new(Detector, watch.Urgency, isOver ? double.NaN : (watch.Told.At - sample.Time).TotalSeconds)],
            Points = series.Pipeline.PointsOf(series),
            English = english,
            Chinese = ChineseLimitText.Explain(story),
            EarlyWarning = isOver ? new(watch.Limit.Value, null, null, null) : new(watch.Limit.Value, watch.Told.At, watch.Told.Earliest, watch.Told.Latest),
            RunbookUrl = runbook,
            RoutingLabels = EventFields.RoutingLabels(key, "LeptonStreamEarlyWarning", AlertSeverity.Warning),
            Annotations = EventFields.Annotations(english, runbook),
        };
    }

    // An interval as wide to each side as the time that is left makes a half.
    private static double Confidence(BreachForecast told, Timestamp now)
    {
        var left = Math.Max(1, (told.At - now).TotalSeconds);
        return Math.Round(1 / (1 + ((told.Latest - told.Earliest).TotalSeconds / 2 / left)), 3);
    }
}
