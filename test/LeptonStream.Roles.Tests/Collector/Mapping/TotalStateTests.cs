using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Rates;
using NUnit.Framework;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

public sealed class TotalStateTests
{
    private const long Second = 1_000_000_000;

    // Whatever happens: what the rates add up to is what was counted in the seconds that they cover, and only first points, restarts and
    // points that are not newer are not covered.
    [Test]
    public void Take_AnySequenceWithRestarts_RatesAddUpToTheTrueIncrease([Range(0, 199)] int seed)
    {
        var random = new Random(seed);
        var saysStart = seed % 2 == 0;
        var state = default(TotalState);
        var (now, start, total, truth, last) = (1000 * Second, 1000 * Second, 0.0, 0.0, 0.0);
        var uncovered = 0.0;
        double covered = 0;
        for (var i = 0; i < 300; i++)
        {
            now += random.Next(1, 60) * Second;
            if (random.Next(15) == 0) (start, total) = (now - (random.Next(0, 2) * Second / 2), 0);
            var grown = random.Next(4) == 0 ? 0 : random.Next(1, 1000);
            total += grown;
            truth += grown;
            if (random.Next(10) == 0) continue;
            var reason = state.Take(total, now, saysStart ? start : 0, out var increase);
            if (reason == DropReason.None) covered += increase.Rate * increase.Seconds;
            else uncovered += truth - last;
            Assert.That(reason, Is.AnyOf(DropReason.None, DropReason.Baseline, DropReason.Reset, DropReason.Restarting));
            if (reason == DropReason.None)
            {
                Assert.That(increase.Rate, Is.GreaterThanOrEqualTo(0));
                Assert.That(increase.Rate * increase.Seconds, Is.LessThanOrEqualTo(truth - last + 1e-6));
                // Counts of before a restart that nobody read are lost.
                uncovered += truth - last - (increase.Rate * increase.Seconds);
            }

            last = truth;
        }

        Assert.That(covered + uncovered, Is.EqualTo(last).Within(1e-6 * truth));
        Assert.That(covered, Is.GreaterThan(0.5 * truth));
    }

    [Test]
    public void Take_NoRestart_CoversAllButTheFirstPoint([Range(0, 19)] int seed)
    {
        var random = new Random(seed);
        var state = default(TotalState);
        var (now, total, sum) = (1000 * Second, (double)random.Next(1_000_000), 0.0);
        var first = total;
        Assert.That(state.Take(total, now, 0, out _), Is.EqualTo(DropReason.Baseline));
        for (var i = 0; i < 500; i++)
        {
            now += random.Next(1, 100) * Second / 10;
            total += random.Next(3) == 0 ? 0 : random.NextDouble() * 1e6;
            Assert.That(state.Take(total, now, 0, out var increase), Is.EqualTo(DropReason.None));
            sum += increase.Rate * increase.Seconds;
        }

        Assert.That(sum, Is.EqualTo(total - first).Within(1e-9 * total));
    }

    // time, value, start (0: not said) → the rate, or the reason
    [TestCase("0 5 0|10 15 0", "Baseline|1")]
    [TestCase("0 5 0|10 15 0|10 15 0|5 9 0|20 15 0", "Baseline|1|Duplicate|OutOfOrder|0")]
    [TestCase("0 100 0|10 5 0|20 15 0", "Baseline|Reset|1")]
    [TestCase("0 100 0|10 0 0|20 0 0|320 0 0|330 10 0", "Baseline|Reset|Restarting|0|1", Description = "after five minutes it is idle")]
    [TestCase("0 100 0|10 0 0|20 0 0|30 9 0|40 19 0", "Baseline|Reset|Restarting|Restarting|1",
        Description = "the rush of those who waited")]
    [TestCase("100 50 1|110 60 1|120 8 116|130 18 116", "Baseline|1|2|1", Description = "a start behind the last point: from zero")]
    [TestCase("100 50 1|110 60 120|120 70 120", "Baseline|Reset|1", Description = "a start after the point says nothing")]
    [TestCase("100 50 1|110 60 50|120 70 50", "Baseline|Reset|1", Description = "another start before the last point: unknown")]
    [TestCase("100 50 100|110 60 100", "Baseline|1")]
    [TestCase("0 -1 0|10 5 0", "Negative|Baseline")]
    public void Take_ASequence_SaysRateOrReason(string points, string expected)
    {
        var state = default(TotalState);
        Assert.That(string.Join('|', points.Split('|').Select(Say)), Is.EqualTo(expected));

        string Say(string point)
        {
            var parts = point.Split(' ').Select(double.Parse).ToArray();
            var reason = state.Take(parts[1], Time(parts[0]), parts[2] == 0 ? 0 : Time(parts[2]), out var increase);
            return reason == DropReason.None ? $"{increase.Rate}" : $"{reason}";
        }
    }

    [TestCase("10 5 0|20 5 0", "Baseline|0.5", Description = "without starts: the time between points")]
    [TestCase("10 5 5|20 5 10", "1|0.5")]
    [TestCase("10 5 5|30 5 20", "1|0.5", Description = "a hole is no zero")]
    [TestCase("10 5 5|20 5 8", "1|Overlap")]
    [TestCase("10 5 5|10 5 5|8 5 5", "1|Duplicate|OutOfOrder")]
    [TestCase("10 5 10", "Overlap")]
    public void TakeChange_ASequence_SaysRateOrReason(string points, string expected)
    {
        var state = default(TotalState);
        Assert.That(string.Join('|', points.Split('|').Select(Say)), Is.EqualTo(expected));

        string Say(string point)
        {
            var parts = point.Split(' ').Select(double.Parse).ToArray();
            var reason = state.TakeChange(parts[1], Time(parts[0]), parts[2] == 0 ? 0 : Time(parts[2]), out var increase);
            return reason == DropReason.None ? $"{increase.Rate}" : $"{reason}";
        }
    }

    private static long Time(double seconds) => (long)((1_000_000 + seconds) * Second);
}
