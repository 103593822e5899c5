using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;
using LeptonStream.Detection.Gaps;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Gaps;

/// <summary>The events of a gap in the knowledge of a partition.</summary>
public sealed class StateGapTests
{
    private static readonly Guid Topic = new("0b5c0f8e-7b51-4a8e-9a37-4f6f0c3a9d11");
    private static readonly Timestamp At = Timestamp.FromUnixMilliseconds(1_764_288_000_000);
    private static readonly StateGap Lost = new(StateGapCause.NoSnapshot, 118, 118, At,
        "offset 118 is committed, and there is no snapshot");

    [Test]
    public void Tell_OfTheSameGapByTwoOwners_MakesTheSameBytes()
    {
        var events = Told(Lost, []);
        Assert.That(events.Select(AlertEventJson.Write), Is.EqualTo(Told(Lost, []).Select(AlertEventJson.Write)));
        Assert.That(events.Select(e => (e.Type, e.Severity, e.Model, e.Metric)),
            Is.EqualTo(new[] { (AlertEventType.Opened, AlertSeverity.Info, "lepton.metrics", "state") }));
        Assert.That(Told(Lost with { From = 119 }, [])[0].AlertId, Is.Not.EqualTo(events[0].AlertId));
        Assert.That(Told(Lost, [], partition: 4)[0].AlertId, Is.Not.EqualTo(events[0].AlertId));
        Assert.That(Told(Lost, [], topic: Guid.Empty)[0].AlertId, Is.Not.EqualTo(events[0].AlertId));
    }

    [Test]
    public void Tell_WithOpenAlerts_EndsEachAsSupersededUnderItsOwnLabels()
    {
        var open = Open();
        var end = Told(Lost, [open])[1];
        Assert.That((end.AlertId, end.Type, end.EndedReason), Is.EqualTo((open.AlertId, AlertEventType.Resolved, EndedReason.Superseded)));
        Assert.That((end.Model, end.Metric, end.Labels, end.RoutingLabels),
            Is.EqualTo((open.Model, open.Metric, open.Labels, open.RoutingLabels)));
        Assert.That(end.Id, Is.Not.EqualTo(open.Id));
        Assert.That(end.DetectedAt, Is.EqualTo(Timestamp.Later(At, open.DetectedAt)));
        Assert.That(end.English.Description, Does.Contain("lost the state"));
        Assert.That(end.Annotations.Single(a => a.Key == "summary_zh").Value, Is.EqualTo(end.Chinese.Summary));
    }

    [Test]
    public void Tell_WhereTheGapWasToldAlready_OpensItNotAgain()
    {
        var told = Told(Lost, [])[0];
        Assert.That(Told(Lost, [told]), Is.Empty);
    }

    [TestCase(StateGapCause.Undecodable)]
    [TestCase(StateGapCause.PartitionsAdded)]
    public void Tell_OfAGapThatLosesNoState_IsOverAtOnce(StateGapCause cause)
    {
        var pipeline = New();
        var events = new List<AlertEvent>();
        pipeline.Tell(Lost with { Cause = cause, To = 125 }, [], events);
        Assert.That(events.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened, AlertEventType.Resolved }));
        Assert.That(pipeline.OpenGap, Is.Null);
    }

    [Test]
    public void Process_HalfAnHourOfTheLogAfterAGap_EndsItsAlertAlsoInACopy()
    {
        var pipeline = New();
        pipeline.Tell(Lost, [], []);
        var events = new List<AlertEvent>();
        for (var minute = 0; minute < 30; minute++)
        {
            if (minute == 20) pipeline = Copy(pipeline);
            pipeline.Process(default, 118 + minute, At + TimeSpan.FromMinutes(minute), events);
        }

        Assert.That(events, Is.Empty);
        Assert.That(pipeline.OpenGap, Is.EqualTo(Lost));
        pipeline.Process(default, 148, At + TimeSpan.FromMinutes(30), events);
        Assert.That(events.Select(e => (e.Type, e.EndedReason, e.SourceOffset)),
            Is.EqualTo(new[] { (AlertEventType.Resolved, (EndedReason?)EndedReason.Recovered, 148L) }));
        Assert.That(pipeline.OpenGap, Is.Null);
    }

    [Test]
    public void Explain_OfEveryCauseAndItsEnd_IsInBothLanguages([Values] StateGapCause cause)
    {
        foreach (var made in Told(Lost with { Cause = cause, To = 130 }, [Open()]))
        {
            Assert.That(made.English.Summary, Does.Match("^[\x20-\x7E°µ]+$"));
            Assert.That(made.Chinese.Summary, Does.Match(@"\p{IsCJKUnifiedIdeographs}"));
            Assert.That(made.Chinese.Actions, Has.Count.EqualTo(made.English.Actions.Count));
        }
    }

    [Test]
    public void TargetsOf_AGap_AreRoutesThatAskForItOnly()
    {
        var labels = Told(Lost, [])[0].RoutingLabels;
        ReceiverConfig[] receivers = [new("ops", [new("webhook/0", true)]), new("platform", [new("webhook/0", true)])];
        var asks = new RouteConfig { Receiver = "platform", Matchers = [Matcher.Of("kind", MatchOperator.Equal, "state_gap")] };
        var info = new RouteConfig { Receiver = "platform", Matchers = [Matcher.Of("severity", MatchOperator.Equal, "info")] };

        Assert.That(Targets(new() { Receiver = "ops" }), Is.Empty);
        Assert.That(Targets(new() { Receiver = "ops", Routes = [info] }), Is.Empty);
        Assert.That(Targets(new() { Receiver = "ops", Routes = [asks] }), Is.EqualTo(new[] { "platform" }));
        Assert.That(Targets(new() { Receiver = "ops", Routes = [asks] }, Open().RoutingLabels), Is.EqualTo(new[] { "ops" }));

        string[] Targets(RouteConfig root, LabelSet? of = null) => [.. new AlertPipeline(new RouteTree(new(root, receivers)))
            .TargetsOf(of ?? labels).Select(target => target.Route.Receiver.Name)];
    }

    private static AlertEvent Open()
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 300; i++) driver.Step("llama-70b", "ttft_p99_ms", 180 + (i * 7 % 13), labels: """{"instance":"gpu-7"}""");
        for (var i = 0; i < 6; i++) driver.Step("llama-70b", "ttft_p99_ms", 365, labels: """{"instance":"gpu-7"}""");
        return driver.Events.First(e => e.Type == AlertEventType.Opened);
    }

    private static List<AlertEvent> Told(StateGap gap, AlertEvent[] open, int partition = 3, Guid? topic = null)
    {
        var events = new List<AlertEvent>();
        New(partition, topic).Tell(gap, open, events);
        return events;
    }

    private static PartitionPipeline New(int partition = 3, Guid? topic = null) =>
        new("lepton.metrics", partition, DetectionPolicy.Default, topicId: topic ?? Topic);

    private static PartitionPipeline Copy(PartitionPipeline pipeline)
    {
        var copy = New();
        var loader = copy.Load();
        pipeline.Save(loader);
        Assert.That(loader.IsComplete, Is.True);
        return copy;
    }
}
