using LeptonStream.Alerts;
using LeptonStream.Detector.Verdicts;
using LeptonStream.Feedback;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>The detector hears the verdicts of people, and no restart makes it forget or repeat them.</summary>
[Parallelizable]
public sealed class VerdictTests
{
    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig(partitions: 1);

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [Test]
    public async Task Normal_OfAnOpenAlert_EndsItAsAcceptedAndSaysSo()
    {
        _rig.Start();
        var opened = await Open();

        Give(opened, Verdict.Normal);

        await Eventually.True(() => Published().Any(made => made.AlertId == opened.AlertId && made.EndedReason == EndedReason.Accepted),
            "the alert ends as accepted");
        Assert.That(Said(), Has.Count.EqualTo(2));
        Assert.That(Said()[0].English.Summary, Does.Contain("lin accepted the present level of"));
    }

    [Test]
    public async Task AnyVerdict_AcrossRestarts_IsAppliedOnceAndCanBeUndone()
    {
        var first = _rig.Start();
        var opened = await Open();
        Give(opened, Verdict.False);
        await Eventually.True(() => _rig.CountOf("verdicts/applied") == 1, "the verdict is heard");
        await Eventually.True(() => Said().Count == 2, "its change is an event");
        await first.StopAsync();

        _rig.Start();
        Give(opened, Verdict.False);
        await Eventually.True(() => _rig.CountOf("verdicts/unchanged") == 1, "the same again changes nothing");
        Assert.That(_rig.CountOf("verdicts/applied"), Is.EqualTo(1), "nor does the first, which is heard once");

        Give(opened, Verdict.False, withdrawn: true);
        await Eventually.True(() => Said().Count == 4, "it is undone");
        Assert.That(Said()[2].English.Summary, Does.Contain("withdrew a verdict").And.Contain("to 1 × the line"));
    }

    [Test]
    public async Task NoVerdict_IsADeadLetterAndHoldsUpNothing()
    {
        _rig.Start();
        var opened = await Open();
        _rig.Probe.Produce(_rig.Topics.Feedback, 0, [new() { Value = "{}"u8.ToArray() }, new()]);
        Give(opened, Verdict.True);

        await Eventually.True(() => _rig.CountOf("verdicts/applied") == 1, "the one behind them is heard");
        Assert.That(_rig.CountOf("verdicts/unreadable"), Is.EqualTo(2));
        Assert.That(_rig.Probe.Read(_rig.Topics.DeadLetters, 2).Select(letter => TopicProbe.Header(letter, DeadLetter.ReasonHeader)),
            Is.All.EqualTo("no_verdict"));
    }

    // Of a topic that was created again by a cluster that tells no ids: the offset is beyond its end.
    [Test]
    public async Task Follow_AnOffsetBeyondTheEnd_BeginsWithTheFirstVerdict()
    {
        _rig.Probe.ProduceText(_rig.Topics.Feedback, 0, "a", "b", "c");
        using var reader = new FeedbackReader(_rig.Options, _rig.Topics, NullLogger.Instance);
        reader.Follow(0, from: 1000);

        var heard = new List<string>();
        await Eventually.True(() =>
        {
            while (reader.Next() is { } record) heard.Add(System.Text.Encoding.UTF8.GetString(record.Message.Value!));
            return heard.Count >= 3;
        }, "all are heard");
        Assert.That(heard, Is.EqualTo((string[])["a", "b", "c"]));
    }

    private async Task<AlertEvent> Open()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 300, i => i >= 200 ? 900 : null));
        await Eventually.True(() => Published().Any(made => made.Type == AlertEventType.Opened), "an alert opens");
        return Published().First(made => made.Type == AlertEventType.Opened);
    }

    private void Give(AlertEvent alert, Verdict verdict, bool withdrawn = false) =>
        _rig.Probe.Produce(_rig.Topics.Feedback, 0, [FeedbackRecord.Of(SampleFeedback.Of(alert, verdict, withdrawn))]);

    private List<AlertEvent> Said() => [.. Published().Where(made => made.RoutingLabels["alertname"] == VerdictNames.AlertName)];

    private List<AlertEvent> Published() =>
        [.. _rig.Probe.Read(_rig.Topics.Alerts)
            .Select(record => AlertEventJson.TryRead(record.Message.Value!, out var made, out _) ? made : null).OfType<AlertEvent>()];
}
