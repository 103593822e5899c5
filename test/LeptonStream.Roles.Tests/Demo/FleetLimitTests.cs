using LeptonStream.Alerts;
using LeptonStream.Cli.Demo.Fleet;
using LeptonStream.Detection;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Policies;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Demo;

/// <summary>Early warning on the demo's fleet, with nothing but the presets: the one limit that is run into is told ahead, no other is.</summary>
public sealed class FleetLimitTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Warnings_OfAStory_AreOfTheCacheThatLeaks(int seed)
    {
        var warnings = Warnings(new() { Seed = seed }, out var script);
        var leak = script.Faults.Single(fault => fault.Kind == FaultKind.KvCacheLeak);
        foreach (var warning in warnings) TestContext.Out.WriteLine($"{warning.Key} {warning.Change} at {warning.Elapsed}, the leak is from {leak.Onset} to {leak.End}");

        Assert.That(warnings.Select(w => (w.Key.Model, w.Key.Metric)).Distinct(), Is.EqualTo(new[] { (MetricNames.Chat, MetricNames.KvCacheUsage) }));
        var warned = warnings.Where(w => w.Change == LimitChange.Warned).ToArray();
        Assert.That(warned, Has.Length.InRange(1, 2));
        Assert.That(warned.Select(w => w.Elapsed), Is.All.GreaterThan(leak.Onset).And.All.LessThan(leak.End));
        // The cache fills over 72 minutes.
        Assert.That(warned[0].Elapsed, Is.LessThan(leak.Onset + (0.75 * leak.Rise)));
    }

    private static List<(SeriesKey Key, LimitChange Change, TimeSpan Elapsed)> Warnings(Story story, out FaultScript script)
    {
        using var fleet = new FleetSimulator(story);
        script = fleet.Script;
        var (watches, told) = (new Dictionary<SeriesKey, LimitWatch>(), new List<(SeriesKey, LimitChange, TimeSpan)>());
        var pipelines = new Dictionary<string, PartitionPipeline>();
        var (events, offset) = (new List<AlertEvent>(), 0L);
        for (var messages = new List<FleetMessage>(); fleet.Next(messages); messages.Clear(), events.Clear())
        {
            foreach (var message in messages)
            {
                if (!pipelines.TryGetValue(message.Model, out var pipeline))
                    pipelines[message.Model] = pipeline = new("lepton.metrics", pipelines.Count, DetectionPolicy.Default) { Observer = Watch };
                pipeline.Process(message.Value, offset++, message.Time, events);
            }
        }

        return told;

        void Watch(in JudgedSample judged)
        {
            if (PolicySet.Default.For(judged.Key).Limit is not { } limit) return;
            if (!watches.TryGetValue(judged.Key, out var watch)) watches[judged.Key] = watch = new(limit);
            if (watch.Observe(judged.Sample.Time, judged.Sample.Value) is var change and not LimitChange.None) told.Add((judged.Key, change, judged.Sample.Time - story.Start));
        }
    }
}
