using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Explanations;
using LeptonStream.Feedback;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Events;

/// <summary>Makes the events of a change that follows from a verdict: an alert of its own, which is over at once.</summary>
internal static class VerdictEvents
{
    /// <summary>Makes one of the two events.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="verdict">The change.</param>
    /// <param name="change">Opened or recovered.</param>
    /// <param name="at">Log time of the change.</param>
    public static AlertEvent Of(in EventSink sink, VerdictChange verdict, AlertChange change, Timestamp at)
    {
        var alert = AlertIds.OfVerdict(sink, verdict.Feedback.Id);
        var content = EventContent.ForTheRecord(verdict.Feedback.Key, (VerdictNames.AlertName, VerdictNames.Kind), change, at, at,
            EnglishVerdictText.Explain(verdict), ChineseVerdictText.Explain(verdict));
        return AlertEventFactory.Create(sink, alert, AlertIds.OfEvent(alert, change == AlertChange.Opened ? 0 : 1), content);
    }
}
