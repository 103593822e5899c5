using LeptonStream.Detection.EarlyWarning;

namespace LeptonStream.Core.Tests.Detection.EarlyWarning;

/// <summary>How good an early warning is, on many seeded courses: in time on ramps, and quiet on what only looks like one.</summary>
public sealed class LimitWatchLaws
{
    private const int Seeds = 24;
    private const double Calm = 26 * 3600;

    // The noise is of a sample, against a way of 0.7; the errors are shares of the time that was left when it warned.
    [TestCase(1, 0.002, 0, 0.03, 0.10)]
    [TestCase(2, 0.002, 0, 0.05, 0.12)]
    [TestCase(4, 0.002, 0, 0.05, 0.12)]
    [TestCase(8, 0.002, 0, 0.03, 0.05)]
    [TestCase(1, 0.01, 0, 0.10, 0.20)]
    [TestCase(2, 0.01, 0, 0.12, 0.30)]
    [TestCase(4, 0.01, 0, 0.10, 0.20)]
    [TestCase(8, 0.01, 0, 0.05, 0.10)]
    [TestCase(2, 0.03, 0, 0.20, 0.50)]
    [TestCase(2, 0.01, 300, 0.20, 0.45)]
    public void Observe_NoisyRamp_WarnsInTimeWithTheTimeOfTheBreach(double hours, double noise, double correlation, double median,
        double worst)
    {
        var (errors, covered) = (new List<double>(), 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var wander = Course.Noise(seed, noise, correlation);
            var breach = Calm + (hours * 3600);
            var told = Course.Watch(t => 0.3 + wander() + (Math.Max(0, t - Calm) * 0.7 / (hours * 3600)),
                TimeSpan.FromSeconds(breach + 1200), TimeSpan.FromHours(4));
            var first = told[0];
            Assert.That(first.Change, Is.EqualTo(LimitChange.Warned));
            if (correlation == 0) Assert.That(told.Select(t => t.Change), Has.None.EqualTo(LimitChange.Withdrawn));
            Assert.That(told[^1].Change, Is.EqualTo(LimitChange.Reached));

            var left = breach - first.At;
            // With two fifths of the way to go at least, or as soon as the breach comes within the horizon.
            Assert.That(left, Is.GreaterThan(Math.Min(0.5 * hours * 3600, 0.85 * 4 * 3600)));
            errors.Add(Math.Abs((first.Forecast.At - Course.Start).TotalSeconds - breach) / left);
            var at = Course.Start + TimeSpan.FromSeconds(breach);
            if (first.Forecast.Earliest <= at && at <= first.Forecast.Latest) covered++;
        }

        errors.Sort();
        Assert.That(errors[Seeds / 2], Is.LessThan(median), "median error");
        Assert.That(errors[Seeds * 9 / 10], Is.LessThan(worst), "error at 90 %");
        Assert.That(covered, Is.GreaterThanOrEqualTo(Seeds * 9 / 10), "breaches within the interval");
    }

    [TestCase(0.1, 0, Category = "Slow")]
    [TestCase(0.5, 0)]
    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(4, 1)]
    [TestCase(8, 2)]
    public void Observe_CacheThatIsEmptiedAgainAndAgain_IsNoNewsAfterItsFirstRound(double hours, int most)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var noise = Course.Noise(seed + 100, 0.01);
            var (phase, period) = (0.0, hours);
            double Sawtooth(double t)
            {
                phase += Course.Step / 3600 / period;
                if (phase >= 1) (phase, period) = (phase - 1, hours * (0.8 + (0.4 * random.NextDouble())));
                return 0.2 + (0.7 * phase) + noise();
            }

            var warned = Course.Watch(Sawtooth, TimeSpan.FromDays(7),
                TimeSpan.FromHours(4)).Where(t => t.Change == LimitChange.Warned).ToArray();
            Assert.That(warned, Has.Length.LessThanOrEqualTo(most));
            Assert.That(warned.Select(t => t.At), Is.All.LessThan(4 * Math.Max(4, hours) * 3600));
        }
    }

    // Standard deviation 0.03, a tenth below the limit.
    [TestCase(0)]
    [TestCase(300)]
    [TestCase(900)]
    public void Observe_NoiseNearTheLimit_WarnsOnceAWeekAtMost(double correlation) =>
        Assert.That(WarningsInTwoWeeks(seed => { var noise = Course.Noise(seed, 0.03, correlation); return _ =>
            Math.Min(0.995, 0.9 + noise()); }), Is.All.LessThanOrEqualTo(2));

    [TestCase(0.1)]
    [TestCase(0.3)]
    [TestCase(1)]
    [TestCase(3)]
    public void Observe_CacheThatWarmsUpToItsLevel_DoesNotLeadToTheLimit(double hours) =>
        Assert.That(WarningsInTwoWeeks(seed => { var noise = Course.Noise(seed, 0.003); return t =>
            (0.8 * (1 - Math.Exp(-(t % 86_400) / 3600 / hours))) + noise(); }), Is.All.LessThanOrEqualTo(1));

    [Test]
    public void Observe_DailyRushHours_AreLearnedInTheirFirstDays() =>
        Assert.That(WarningsInTwoWeeks(seed =>
        {
            var noise = Course.Noise(seed, 0.02, 900);
            return t => 0.2 + (0.5 * Math.Pow((1 - Math.Cos(2 * Math.PI * t / 86_400)) / 2, 1.5)) + noise();
        }), Is.All.LessThanOrEqualTo(3));

    [Test]
    public void Observe_LevelThatRisesInSteps_DoesNotLeadToTheLimit() =>
        Assert.That(WarningsInTwoWeeks(seed => { var noise = Course.Noise(seed, 0.01); return t =>
            Math.Min(0.9, 0.3 + (0.1 * Math.Floor(t / 86_400))) + noise(); }), Is.All.Zero);

    private static int[] WarningsInTwoWeeks(Func<int, Func<double, double>> course) =>
        [.. Enumerable.Range(0, 5).Select(seed => Course.Watch(course(seed), TimeSpan.FromDays(14), TimeSpan.FromHours(4)).Count(t =>
            t.Change == LimitChange.Warned))];
}
