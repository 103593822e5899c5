using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Updates;

namespace LeptonStream.Core.Tests.Updates;

/// <summary>
/// The intervals keep their promise on series whose values depend on each other and on the hour: an update without effect is worse or
/// better no more often than they say, and one with an effect is seen.
/// </summary>
public sealed class UpdateBudgetTests
{
    private const double Level = 0.05;
    private const int Updates = 3000;
    private const int Window = 8;

    // History in quarters of an hour, dependence of one on the next, share of the daily cycle; differences that are found for nothing, and
    // a step of five standard deviations that is missed, at most.
    [TestCase(192, 0, 0, 0.07, 0.02, TestName = "InTurn_IndependentValues_KeepsItsLevel")]
    [TestCase(192, 0.9, 0, 0.07, 0.08, TestName = "InTurn_DependentValues_KeepsItsLevel")]
    [TestCase(192, 0.9, 5, 0.07, 0.08, TestName = "InTurn_ADailyCycle_KeepsItsLevel")]
    [TestCase(40, 0.5, 0, 0.08, 0.02, TestName = "InTurn_TenHoursOfPast_KeepsItsLevel")]
    [TestCase(10, 0, 0, 0.08, 0.1, TestName = "InTurn_FewValues_KeepsItsLevel")]
    public void InTurn(int history, double memory, double daily, double found, double missed)
    {
        var random = new Random(history);
        var (wrong, lost) = (0, 0);
        for (var i = 0; i < Updates; i++)
        {
            var all = Series(random, history + Window, memory, daily);
            if (IsFound(all, 0)) wrong++;
            if (!IsFound(all, 5)) lost++;
        }

        TestContext.Out.WriteLine($"found for nothing {wrong / (double)Updates:P1}, missed {lost / (double)Updates:P1}");
        Assert.That(wrong / (double)Updates, Is.LessThan(found));
        Assert.That(lost / (double)Updates, Is.LessThan(missed));

        bool IsFound(BlockMean[] all, double step)
        {
            BlockMean[] now = [.. all[history..].Select(block => block with { Mean = block.Mean + step })];
            return MeanDifference.InTurn(all.AsSpan(0, history), now, Level) is { } made && Math.Abs(made.After - made.Before) > made.Error;
        }
    }

    [TestCase(0, 0.07)]
    [TestCase(0.5, 0.09)]
    public void SideBySide_NoDifference_KeepsItsLevel(double memory, double found)
    {
        var random = new Random(3);
        var (wrong, lost) = (0, 0);
        for (var i = 0; i < Updates; i++)
        {
            // The load is that of both.
            var load = Series(random, 24, 0.95, 3);
            var (old, now) = (Series(random, 24, memory, 0), Series(random, 24, memory, 0));
            BlockMean[] With(BlockMean[] own, double step) =>
                [.. own.Select((block, at) => block with { Mean = block.Mean + load[at].Mean + step })];
            if (IsFound(With(now, 0))) wrong++;
            if (!IsFound(With(now, 3))) lost++;

            bool IsFound(BlockMean[] after) => MeanDifference.SideBySide(With(old, 0), after, Level) is { } made
                && Math.Abs(made.After - made.Before) > made.Error;
        }

        TestContext.Out.WriteLine($"found for nothing {wrong / (double)Updates:P1}, missed {lost / (double)Updates:P1}");
        Assert.That(wrong / (double)Updates, Is.LessThan(found));
        Assert.That(lost / (double)Updates, Is.LessThan(0.15));
    }

    private static BlockMean[] Series(Random random, int length, double memory, double daily)
    {
        var blocks = new BlockMean[length];
        var from = random.Next(BlockMean.Day);
        var noise = Streams.Gauss(random);
        for (var i = 0; i < length; i++)
        {
            noise = (memory * noise) + (Math.Sqrt(1 - (memory * memory)) * Streams.Gauss(random));
            blocks[i] = new(i, 3, noise + (daily * Math.Sin(2 * Math.PI * (from + i) / BlockMean.Day)));
        }

        return blocks;
    }
}
