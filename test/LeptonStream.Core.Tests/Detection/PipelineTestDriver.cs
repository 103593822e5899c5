using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Feedback;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>One partition without a broker: messages in, events out, time by hand.</summary>
internal sealed class PipelineTestDriver
{
    private readonly PartitionPipeline _pipeline;
    private long _offset;

    public PipelineTestDriver(DetectionPolicy? policy = null, int partition = 3, PolicySet? policies = null, Guid? topicId = null)
    {
        _pipeline = new("lepton.metrics", partition, policy ?? DetectionPolicy.Default, policies, topicId);
        _pipeline.Observer = (in JudgedSample judged) => Judged.Add(judged);
    }

    public List<AlertEvent> Events { get; } = [];

    public List<JudgedSample> Judged { get; } = [];

    public Timestamp Now { get; set; } = Timestamp.FromDateTimeOffset(new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));

    public PartitionPipeline Pipeline => _pipeline;

    public RecordOutcome Send(string message) => Send(Encoding.UTF8.GetBytes(message));

    /// <summary>Updates that only bring the newest points.</summary>
    public List<AlertEvent> Progress { get; } = [];

    public RecordOutcome Send(byte[]? message)
    {
        var outcome = _pipeline.Process(message, _offset++, Now, Events);
        Progress.AddRange(Events.Where(e => e.IsProgress));
        Events.RemoveAll(e => e.IsProgress);
        return outcome;
    }

    /// <summary>The alerts that have not ended.</summary>
    public List<string> OpenAlerts => [.. Events.GroupBy(e => e.AlertId)
        .Where(alert => alert.All(e => e.Type != AlertEventType.Resolved)).Select(alert => alert.Key)];

    /// <summary>A person says that an alert is false, which moves the line of its series.</summary>
    public void Deny(AlertEvent alert, double before, double line) => Say(Verdict.False, alert, before, line);

    /// <summary>A person says that the level of an alert is the usual one.</summary>
    public void TakeForUsual(AlertEvent alert) => Say(Verdict.Normal, alert, 1, 1);

    /// <summary>Moves time on and sends one metric of one model.</summary>
    public void Step(string model, string metric, double value, int seconds = 60, string labels = "{}")
    {
        Now += TimeSpan.FromSeconds(seconds);
        var text = double.IsFinite(value)
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : $"\"{value.ToString(CultureInfo.InvariantCulture)}\"";
        var outcome = Send($$$"""{"model":"{{{model}}}","ts":"{{{Now}}}","labels":{{{labels}}},"metrics":{"{{{metric}}}":{{{text}}} } }""");
        Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
    }

    private void Say(Verdict verdict, AlertEvent alert, double before, double line)
    {
        var feedback = new FeedbackEvent
        {
            Id = "1", AlertId = alert.AlertId, Model = alert.Model, Metric = alert.Metric, Labels = alert.Labels, Verdict = verdict,
            By = "rosa", Score = 4, At = Now, Partition = alert.SourcePartition,
        };
        Pipeline.Adopt(new VerdictChange(feedback, before, line), PolicySet.Default, isNews: false, Events);
    }
}
