using LeptonStream.Alerts;
using LeptonStream.Cli.Demo;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

/// <summary>A story sent straight through the detection pipeline: the demo without brokers, workers and clocks, in seconds.</summary>
internal sealed class Rehearsal
{
    public Rehearsal(Story story, PolicySet? policies = null, JudgedSampleObserver? observer = null)
    {
        using var fleet = new FleetSimulator(story);
        Verdicts = new(story, fleet.Script, fleet.Quiet);
        var pipelines = new Dictionary<string, PartitionPipeline>();
        var events = new List<AlertEvent>();
        var offset = 0L;
        for (var messages = new List<FleetMessage>(); fleet.Next(messages); messages.Clear())
        {
            foreach (var message in messages)
            {
                if (!pipelines.TryGetValue(message.Model, out var pipeline))
                    pipelines[message.Model] = pipeline = new("lepton.metrics", pipelines.Count, DetectionPolicy.Default, policies)
                        { Observer = observer };
                var outcome = pipeline.Process(message.Value, offset++, message.Time, events);
                Assert.That(outcome.IsAccepted, outcome.Detail);
                Samples += outcome.Samples;
            }

            foreach (var alert in events) Verdicts.Take(alert);
            events.Clear();
        }

        Models = pipelines.Count;
        Refused = pipelines.Values.Sum(p => Enum.GetValues<SampleRefusal>().Sum(p.RefusedSamples));
    }

    public Verdicts Verdicts { get; }

    /// <summary>How many samples were judged.</summary>
    public long Samples { get; }

    /// <summary>How many were not, such as the first one of a counter.</summary>
    public long Refused { get; }

    /// <summary>How many models there are.</summary>
    public int Models { get; }

    public void Print()
    {
        TestContext.Out.WriteLine(
            $"{Samples} samples, {Verdicts.Events} events, {Verdicts.Open} still open, {Verdicts.Consequences} consequences");
        foreach (var fault in Verdicts.Faults)
            TestContext.Out.WriteLine($"{fault.Fault.Name,-20} {fault.DelaySamples,4} {fault.Detector} {fault.Series}");
        foreach (var wrong in Verdicts.FalseAlerts.GroupBy(f => f.Series).OrderByDescending(g => g.Count()))
        {
            var first = wrong.Take(5).Select(f => $"{f.Elapsed}:{f.Detector}:{f.Score:F2}{(f.Near is null ? "" : $" ({f.Near})")}");
            TestContext.Out.WriteLine($"false {wrong.Count(),4} {wrong.Key} {string.Join(' ', first)}");
        }
    }
}
