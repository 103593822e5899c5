using LeptonStream.Alerts;
using LeptonStream.Detectors;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

/// <summary>An alert opens on a value that is not what it says was expected, whatever the series is like and whoever found it.</summary>
public sealed class OpeningTests
{
    private const int Hour = 3_600;
    private const int Day = 86_400;

    // Those that say how the values go, not where they are.
    private static readonly string[] Patterns = [FrozenValueDetector.RuleName];

    private static readonly Dictionary<string, Func<World, Func<double>>> Worlds = new()
    {
        ["noise"] = w => () => w.Normal(100, 3),
        ["spikes"] = w => () => w.IsIn(.002) ? w.Normal(300, 50) : w.Normal(100, 3),
        ["heavy tails"] = w => () => StudentT.Sample(w.Random, 100, 3, 3),
        ["one side"] = w => () => LogNormal.Sample(w.Random, 3, .8),
        ["levels"] = w => w.Phases(() => 80 + (40 * w.Random.NextDouble()), 200, 3_000, level => w.Normal(level, 3)),
        ["stairs"] = w => w.Phases(() => w.Random.Next(2, 9), 200, 3_000, level => level),
        ["outages of a constant"] = w => w.Phases(() => w.IsIn(.3) ? 4 : 8, 60, 3_000, level => level),
        ["faults"] = w => w.Phases(() => w.IsIn(.5) ? w.Normal(0, 25) : 0, 60, 1_500, level => w.Normal(100 + level, 3)),
        ["days"] = w => () => w.Normal(w.Sine, 3),
        ["faults by day"] = w => w.Phases(() => w.IsIn(.5) ? w.Normal(0, 25) : 0, 60, 1_500, level => w.Normal(w.Sine + level, 3)),
        ["work by day"] = w => w.Phases(() => w.IsIn(.3) ? 40 : 0, 60, 1_500, level => w.Normal(w.Work + level, 3)),
        ["bursts"] = w => w.Phases(() => w.IsIn(.2) ? 30 : 0, 10, 300, level => level == 0 ? 0 : Poisson.Sample(w.Random, level)),
        ["long bursts"] = w => w.Phases(() => w.IsIn(.1) ? 100 : 0, 20, 150, level => level == 0 ? 0 : Poisson.Sample(w.Random, level)),
        ["counts"] = w => w.Phases(() => w.IsIn(.2) ? 1.5 : .1, 100, 1_500, mean => Poisson.Sample(w.Random, mean)),
        ["shares of time"] = w => w.Phases(() => w.IsIn(.3) ? .4 : .02, 300, 2_000, share => w.IsIn(share) ? 1 : 0),
        ["noise that comes and goes"] = w => w.Phases(() => w.IsIn(.3) ? 18 : 3, 50, 2_000, sigma => w.Normal(100, sigma)),
    };

    private static IEnumerable<string> Names => Worlds.Keys;

    [TestCaseSource(nameof(Names))]
    public void AnAlert_OpensOnAValueThatItDoesNotExpect(string name)
    {
        Assert.Multiple(() =>
        {
            for (var seed = 1; seed <= 6; seed++)
            {
                var world = new World(seed);
                world.Run(5 * Day, Worlds[name](world), seed % 3 == 0 ? 300 : seed % 3 == 1 ? 60 : 30);
                AssertOpenings(world.Driver, $"{name}, seed {seed}");
            }
        });
    }

    // The series has learned the outage, and what is expected is from before.
    [Test]
    public void AConstantThatComesBack_IsNoAlert([Values(.5, 1.5, 3, 12)] double hours, [Values(15, 60)] int step,
        [Values(0, 60, 130)] double outage)
    {
        foreach (var days in (double[])[1.2, 4])
        {
            var world = new World(1);
            world.Run(days * Day, () => 100, step);
            world.Run(hours * Hour, () => outage, step);
            world.Run(Day, () => 100, step);
            Assert.That(world.Driver.Events.Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(1));
            Assert.That(world.Driver.OpenAlerts, Is.Empty);
        }
    }

    private static void AssertOpenings(PipelineTestDriver driver, string name)
    {
        foreach (var alert in driver.Events.Where(e => e.Type == AlertEventType.Opened && !Patterns.Contains(e.Detectors[0].Name)))
            Assert.That(alert.Value < alert.Lower || alert.Value > alert.Upper, Is.True,
                $"{name}: {alert.Value} of {alert.Lower} to {alert.Upper}, {alert.DetectedAt}: {alert.English.Summary}");
    }

    private sealed class World(int seed)
    {
        private double _seconds;

        public PipelineTestDriver Driver { get; } = new();

        public Random Random { get; } = new(seed);

        public double Sine => 100 + (30 * Math.Sin(2 * Math.PI * _seconds / Day));

        public double Work =>
            Hours is < 7 or >= 21 ? 20 : Hours < 8 ? 20 + (100 * (Hours - 7)) : Hours < 20 ? 120 : 20 + (100 * (21 - Hours));

        private double Hours => _seconds / Hour % 24;

        public bool IsIn(double share) => Random.NextDouble() < share;

        public double Normal(double mean, double sigma) => MathNet.Numerics.Distributions.Normal.Sample(Random, mean, sigma);

        public Func<double> Phases(Func<double> next, int shortest, int longest, Func<double, double> value)
        {
            var (level, left) = (next(), longest);
            return () =>
            {
                if (left-- <= 0) (level, left) = (next(), Random.Next(shortest, longest));
                return value(level);
            };
        }

        public void Run(double seconds, Func<double> value, int step)
        {
            for (var at = step; at <= seconds; at += step)
            {
                _seconds += step;
                Driver.Step("m", "x", value(), step);
            }
        }
    }
}
