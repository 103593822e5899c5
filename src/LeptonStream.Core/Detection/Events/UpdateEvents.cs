using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>
/// Makes the events of a change of a model's version: an alert of its own, which is over at once unless the version is worse.
/// </summary>
internal static class UpdateEvents
{
    /// <summary>Makes the first event.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="model">The model.</param>
    /// <param name="update">The change.</param>
    /// <param name="at">Event time of the message that ended the comparison.</param>
    public static AlertEvent Open(in EventSink sink, string model, ModelUpdate update, Timestamp at)
    {
        var alert = AlertIds.OfUpdate(sink, model, update.From, update.To, update.Began);
        var labels = LabelSet.Of((ModelUpdateNames.Version, update.To), (ModelUpdateNames.Previous, update.From),
            (ModelUpdateNames.Verdict, ModelUpdateNames.NameOf(update.Verdict)));
        var isWorse = update.Verdict == UpdateVerdict.Worse;
        var content = EventContent.ForTheRecord(new(model, ModelUpdateNames.Version, labels),
            (ModelUpdateNames.AlertName, ModelUpdateNames.Kind), AlertChange.Opened, update.Began, at,
            EnglishUpdateText.Explain(model, update), ChineseUpdateText.Explain(model, update));
        return AlertEventFactory.Create(sink, alert, AlertIds.OfEvent(alert, 0), isWorse ? content with
        {
            Severity = AlertSeverity.Warning,
            Score = ScoreOf(update),
            Detectors = [new(ModelUpdateNames.Kind, ScoreOf(update), ScoreOf(update))],
            ModelUpdate = update,
        } : content with { ModelUpdate = update });
    }

    /// <summary>Makes the last event.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="opened">The first event.</param>
    /// <param name="change">How it ended.</param>
    /// <param name="at">Time of the end.</param>
    public static AlertEvent End(in EventSink sink, AlertEvent opened, AlertChange change, Timestamp at) =>
        AlertEventFactory.End(sink, opened, Timestamp.Later(at, opened.DetectedAt), AlertChanges.ReasonOf(change)!.Value,
            EnglishUpdateText.Ended(opened, change), ChineseUpdateText.Ended(opened, change));

    // By how many half widths of its interval the worst metric is away: 1 is just worse.
    private static double ScoreOf(ModelUpdate update) => Math.Round(Math.Min(100, update.Metrics
        .Where(static metric => metric.Verdict == UpdateVerdict.Worse)
        .Max(UpdateText.Distance)), 3);
}
