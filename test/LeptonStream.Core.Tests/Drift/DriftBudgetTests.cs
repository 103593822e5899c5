using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>Two weeks of distributions on which nothing drifts: as many alerts as the budget says, not twice and not half.</summary>
public sealed class DriftBudgetTests
{
    private const int Days = 14;

    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_795_341_600);

    // Every other stream has the load of a day.
    [TestCase(7, 0, 10), TestCase(7, 3, 10)]
    [TestCase(1, 0, 50, Category = "Slow"), TestCase(7, 0, 200, Category = "Slow"), TestCase(30, 0, 200, Category = "Slow")]
    [TestCase(7, 3, 100, Category = "Slow")]
    public void Process_NothingDrifts_SpendsTheBudget(int budget, int metricsBeside, int streams)
    {
        var total = new Tally(budget);
        for (var seed = 0; seed < streams; seed++)
            total.Add(seed % 2 == 0 ? StillWorld.AnySize : StillWorld.Load, seed, metricsBeside);
        TestContext.Out.WriteLine(total);
        Assert.That(total.Realised, Is.InRange(0.7, 1.5), total.ToString());
        Assert.That(total.Critical, Is.LessThanOrEqualTo(total.Pages), total.ToString());
    }

    [Test, Category("Slow")]
    public void Process_NothingDriftsInAnyWorld_SpendsTheBudget([ValueSource(typeof(StillWorld), nameof(StillWorld.All))] object world)
    {
        var total = new Tally(budget: 7);
        for (var seed = 0; seed < 20; seed++) total.Add((StillWorld)world, seed, metricsBeside: 0);
        TestContext.Out.WriteLine(total);
        Assert.That(total.Realised, Is.InRange(0.6, 1.6), total.ToString());
    }

    private static List<AlertEvent> Run(StillWorld world, int seed, int budget, int metricsBeside)
    {
        Random random = new(seed), beside = new(~seed);
        var policies = PolicySet.Default.WithWarningBudget(TimeSpan.FromDays(budget));
        var pipeline = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default, policies);
        var events = new List<AlertEvent>();
        for (var i = 0; i < Days * 1440 / world.Minutes; i++)
        {
            var time = Start + TimeSpan.FromMinutes(world.Minutes * i);
            var message = DriftDriver.Message(world.Next(random, i), "x", "{}", time);
            if (metricsBeside > 0) message = $"{message[..^1]},{Metrics(beside, metricsBeside)}}}";
            var outcome = pipeline.Process(Encoding.UTF8.GetBytes(message), i, time, events);
            if (!outcome.IsAccepted) throw new InvalidOperationException(outcome.Detail);
        }

        return events;
    }

    private static string Metrics(Random random, int count)
    {
        var metrics = Enumerable.Range(0, count).Select(i => $"\"m{i}\":{DriftRig.Json(100 + Streams.Gauss(random))}");
        return $$"""
            "metrics":{ {{string.Join(',', metrics)}} }
            """;
    }

    private sealed class Tally(int budget)
    {
        private readonly SortedDictionary<string, int> _byMetric = [];
        private double _expected;

        public int Critical { get; private set; }

        public double Pages => _expected * (TimeSpan.FromDays(budget) / SeriesPolicy.Default.CriticalBudget);

        public double Realised => _byMetric.Values.Sum() / _expected;

        public void Add(StillWorld world, int seed, int metricsBeside)
        {
            _expected += world.Distances * (double)Days / budget;
            var drifts = Run(world, seed, budget, metricsBeside).Where(alert => alert.Metric.Contains(".drift.", StringComparison.Ordinal));
            foreach (var alert in drifts)
            {
                if (alert.Type == AlertEventType.Opened) _byMetric[alert.Metric] = _byMetric.GetValueOrDefault(alert.Metric) + 1;
                if (alert.Severity == AlertSeverity.Critical) Critical++;
            }
        }

        public override string ToString() => $"{string.Join(", ", _byMetric)}; {Realised:F2} of the budget, {Critical} critical";
    }
}
