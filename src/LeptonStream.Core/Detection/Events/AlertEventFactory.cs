using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>Makes every event of the alerts topic. It changes nothing that it is given but the number of events in a life.</summary>
internal static class AlertEventFactory
{
    // In seconds. An open alert has an event at least once an hour, as far as there are samples.
    private const double LongInterval = 3_600;

    /// <summary>Makes the next event of an alert's life, which counts it.</summary>
    /// <param name="sink">The sink that takes the event; it knows the record that caused it, or the last one before a clock did.</param>
    /// <param name="subject">The series or entity.</param>
    /// <param name="kind">Kind of alert: a series, an entity or a run has at most one of each kind at a time.</param>
    /// <param name="life">The alert's life.</param>
    /// <param name="content">Values, texts and labels of the event.</param>
    public static AlertEvent Create(in EventSink sink, SeriesId subject, string kind, AlertLifecycle life, EventContent content)
    {
        var alert = AlertIds.OfAlert(sink, subject, kind, life.Onset);
        // Of one that did not wait the end says it.
        var normal = life.NormalSince(content.Change);
        return Create(sink, alert, AlertIds.OfEvent(alert, life.NextEvent()),
            normal < content.DetectedAt ? content with { NormalSince = normal } : content);
    }

    /// <summary>Makes an event.</summary>
    /// <param name="sink">The sink that takes the event; it knows the record that caused it, or the last one before a clock did.</param>
    /// <param name="alert">The alert's id.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="content">Values, texts and labels of the event.</param>
    public static AlertEvent Create(in EventSink sink, UInt128 alert, UInt128 id, EventContent content)
    {
        var isFinite = content.Value is { } value && double.IsFinite(value);
        return new AlertEvent
        {
            Id = EventFields.Hex(id),
            AlertId = EventFields.Hex(alert),
            Type = TypeOf(content),
            EndedReason = AlertChanges.ReasonOf(content.Change),
            IsProgress = content.Change == AlertChange.Progressed,
            Model = content.Key.Model,
            Metric = content.Key.Metric,
            Labels = content.Key.Labels,
            Severity = content.Severity,
            Score = content.Score,
            Confidence = content.Confidence,
            Value = isFinite ? content.Value : null,
            ValueText = isFinite ? null : content.Value?.ToString(CultureInfo.InvariantCulture),
            Expected = EventFields.Known(content.Bounds.Clamp(content.Band.Expected)),
            Lower = EventFields.Known(content.Bounds.Clamp(content.Band.Lower)),
            Upper = EventFields.Known(content.Bounds.Clamp(content.Band.Upper)),
            Unit = content.Unit,
            Onset = content.Onset,
            DetectedAt = content.DetectedAt,
            IntervalSeconds = content.IntervalSeconds > LongInterval ? Math.Round(content.IntervalSeconds) : null,
            Step = content.Step == Sample.NoStep ? null : content.Step,
            SourceTopic = sink.Position.Topic,
            SourcePartition = sink.Position.Partition,
            SourceOffset = sink.Position.Offset,
            Detectors = content.Detectors,
            Points = content.Points,
            English = content.English,
            Chinese = content.Chinese,
            Contributors = content.Contributors,
            EarlyWarning = content.EarlyWarning,
            ModelUpdate = content.ModelUpdate,
            RunbookUrl = content.Runbook,
            RoutingLabels = EventFields.RoutingLabels(content.Key, content.AlertName, content.Severity, content.Kind),
            Annotations = EventFields.Annotations(content),
        };
    }

    /// <summary>Makes the last event of an alert whose state was lost, from the last one that is known.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="last">The last event that is known.</param>
    /// <param name="at">Event time of the end.</param>
    /// <param name="reason">Why it ends.</param>
    /// <param name="english">The explanation in English.</param>
    /// <param name="chinese">The explanation in Chinese.</param>
    public static AlertEvent End(
        in EventSink sink, AlertEvent last, Timestamp at, EndedReason reason, Explanation english, Explanation chinese) => last with
    {
        Id = EventFields.Hex(AlertIds.OfLoss(IdOf(last))),
        Type = AlertEventType.Resolved,
        EndedReason = reason,
        IsProgress = false,
        DetectedAt = at,
        SourceTopic = sink.Position.Topic,
        SourcePartition = sink.Position.Partition,
        SourceOffset = sink.Position.Offset,
        English = english,
        Chinese = chinese,
        EarlyWarning = last.EarlyWarning is { } warning ? new(warning.Limit, null, null, null) : null,
        Annotations = EventFields.Ended(last.Annotations, reason, english, chinese),
    };

    // One that somebody else wrote may have any text for its id.
    private static UInt128 IdOf(AlertEvent alert) =>
        UInt128.TryParse(alert.AlertId, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var id)
            ? id
            : AlertIds.OfTopic(alert.AlertId);

    private static AlertEventType TypeOf(EventContent content) => content.Change switch
    {
        _ when content.Change.IsEnd() => AlertEventType.Resolved,
        _ when content.EarlyWarning is not null && content.Change != AlertChange.Progressed => AlertEventType.EarlyWarning,
        AlertChange.Opened => AlertEventType.Opened,
        _ => AlertEventType.Updated,
    };
}
