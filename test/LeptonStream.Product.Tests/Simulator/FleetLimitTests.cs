using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

/// <summary>
/// Early warning on the demo's fleet, with nothing but the presets: the one limit that is run into is told ahead, no other is.
/// </summary>
public sealed class FleetLimitTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Warnings_OfAStory_AreOfTheCacheThatLeaks(int seed)
    {
        var story = new Story { Seed = seed };
        var warnings = Warnings(story, out var script);
        var leak = script.Faults.Single(fault => fault.Kind == FaultKind.KvCacheLeak);
        foreach (var warning in warnings)
            TestContext.Out.WriteLine(
                $"{warning.Model} {warning.Metric} at {warning.DetectedAt - story.Start}, the leak is from {leak.Onset} to {leak.End}");

        Assert.That(warnings.Select(w => (w.Model, w.Metric)).Distinct(),
            Is.EqualTo(new[] { (MetricNames.Chat, MetricNames.KvCacheUsage) }));
        var warned = warnings.DistinctBy(w => w.AlertId).Select(w => w.DetectedAt - story.Start).ToArray();
        Assert.That(warned, Has.Length.InRange(1, 2));
        Assert.That(warned, Is.All.GreaterThan(leak.Onset).And.All.LessThan(leak.End));
        // The cache fills over 72 minutes.
        Assert.That(warned[0], Is.LessThan(leak.Onset + (0.75 * leak.Rise)));
    }

    private static List<AlertEvent> Warnings(Story story, out FaultScript script)
    {
        using var fleet = new FleetSimulator(story);
        script = fleet.Script;
        var pipelines = new Dictionary<string, PartitionPipeline>();
        var (events, offset) = (new List<AlertEvent>(), 0L);
        for (var messages = new List<FleetMessage>(); fleet.Next(messages); messages.Clear())
        {
            foreach (var message in messages)
            {
                if (!pipelines.TryGetValue(message.Model, out var pipeline))
                    pipelines[message.Model] = pipeline = new("lepton.metrics", pipelines.Count, DetectionPolicy.Default);
                pipeline.Process(message.Value, offset++, message.Time, events);
            }
        }

        return [.. events.Where(e => e.Type == AlertEventType.EarlyWarning)];
    }
}
