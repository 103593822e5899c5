using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Gaps;

/// <summary>Makes the events of a gap: those of its own alert, and the ends of the alerts that nobody knows any more.</summary>
internal static class GapEvents
{
    /// <summary>Makes an event of the gap's own alert: the first, or the last.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="gap">The gap.</param>
    /// <param name="change">Opened or recovered.</param>
    /// <param name="at">Log time of the change.</param>
    public static AlertEvent Of(in EventSink sink, StateGap gap, AlertChange change, Timestamp at)
    {
        var alert = AlertIds.OfGap(sink, gap.From, (int)gap.Cause);
        var labels = LabelSet.Of(("partition", sink.Position.Partition.ToString(CultureInfo.InvariantCulture)));
        var content = EventContent.ForTheRecord(new(sink.Position.Topic, StateGapNames.Metric, labels),
            (StateGapNames.AlertName, StateGapNames.Kind), change, gap.At, at,
            EnglishGapText.Explain(sink.Position, gap, change), ChineseGapText.Explain(sink.Position, gap, change));
        return AlertEventFactory.Create(sink, alert, AlertIds.OfEvent(alert, change == AlertChange.Opened ? 0 : 1), content);
    }

    /// <summary>Ends an alert of which only its last event is known.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="last">The last event of the alert.</param>
    /// <param name="at">Log time of the gap.</param>
    public static AlertEvent Supersede(in EventSink sink, AlertEvent last, Timestamp at) =>
        AlertEventFactory.End(sink, last, Timestamp.Later(at, last.DetectedAt), EndedReason.Superseded,
            EnglishGapText.Superseded(last), ChineseGapText.Superseded(last));
}
