using LeptonStream.Alerts;
using LeptonStream.Feedback;
using LeptonStream.Samples;

namespace LeptonStream.Testing;

/// <summary>Verdicts of people on alerts, for tests.</summary>
public static class SampleFeedback
{
    /// <summary>A verdict on an alert, given now, or its withdrawal.</summary>
    public static FeedbackEvent Of(AlertEvent alert, Verdict verdict, bool withdrawn = false) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        AlertId = alert.AlertId,
        Model = alert.Model,
        Metric = alert.Metric,
        Labels = alert.Labels,
        Verdict = verdict,
        Withdrawn = withdrawn,
        Score = alert.Score,
        By = "lin",
        At = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
        Partition = alert.SourcePartition,
    };
}
