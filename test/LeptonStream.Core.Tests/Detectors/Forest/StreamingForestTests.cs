using LeptonStream.Detectors.Forest;
using MathNet.Numerics.Statistics;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class StreamingForestTests
{
    private const int Features = 8;

    [Test]
    public void Score_WhileWarmingUp_IsNeutralAndThenIsNot()
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Rows(seed: 1, count: 127))
        {
            Assert.That(forest.IsReady, Is.False);
            Assert.That(forest.Score(row), Is.Zero);
            forest.Learn(row);
        }

        Assert.That(forest.IsReady);
        Assert.That(forest.Score(new float[Features]), Is.InRange(0.35, 0.5));
    }

    [Test]
    public void Score_OfOddRows_IsAboveThatOfOrdinaryOnes()
    {
        var forest = Learned(seed: 2, count: 3000);
        var ordinary = Rows(seed: 3, count: 2000).Select(r => forest.Score(r)).ToArray();
        var line = ordinary.Quantile(0.99);
        var random = new Random(4);
        var odd = Rows(seed: 5, count: 500).Select(r =>
        {
            foreach (var feature in Enumerable.Range(0, Features).OrderBy(_ => random.Next()).Take(3))
                r[feature] += random.Next(2) == 0 ? 5 : -5;
            return forest.Score(r);
        }).ToArray();
        Assert.That(ordinary.Average(), Is.EqualTo(0.45).Within(0.03));
        Assert.That(odd.Count(s => s > line) / 500.0, Is.GreaterThan(0.9));
    }

    // What the page of the detector promises: heavy-tailed residuals, of which two to four move by 3 to 5 scales in one row of a hundred.
    [Test]
    public void Score_WhereSeveralMetricsAreALittleOff_FindsFarMoreThanTheLargestResidual()
    {
        var random = new Random(13);
        var forest = new StreamingForest(new(), new());
        var judged = new List<(bool Odd, double Score, double Largest)>();
        for (var i = 0; i < 60_000; i++)
        {
            float[] row = [.. Enumerable.Range(0, Features).Select(_ => HeavyTailed(random))];
            var odd = i > 3000 && random.Next(100) == 0;
            for (var moved = odd ? random.Next(2, 5) : 0; moved > 0; moved--)
                row[random.Next(Features)] += (float)((random.Next(2) == 0 ? 1 : -1) * (3 + (2 * random.NextDouble())));
            if (i > 3000) judged.Add((odd, forest.Score(row), row.Max(Math.Abs)));
            forest.Learn(row);
        }

        var ours = Found(j => j.Score);
        var largest = Found(j => j.Largest);
        TestContext.Out.WriteLine($"forest {ours:P0}, largest residual {largest:P0}");
        Assert.That(ours, Is.GreaterThan(0.5).And.GreaterThan(2 * largest));

        double Found(Func<(bool Odd, double Score, double Largest), double> by)
        {
            var line = judged.Where(j => !j.Odd).Select(by).Quantile(0.99);
            return judged.Where(j => j.Odd).Average(j => by(j) > line ? 1.0 : 0);
        }
    }

    [Test]
    public void Score_WhenTheLevelHasMovedForGood_BecomesOrdinaryAgain()
    {
        var forest = Learned(seed: 6, count: 3000);
        float[][] moved = [.. Rows(seed: 7, count: 6000).Select(r => Array.ConvertAll(r, v => v + 6))];
        var before = moved.Take(50).Average(r => forest.Score(r));
        foreach (var row in moved) forest.Learn(row);
        var after = moved.Take(50).Average(r => forest.Score(r));
        Assert.That(before, Is.GreaterThan(0.65));
        Assert.That(after, Is.LessThan(0.5));
    }

    [Test]
    public void Scores_OfTheSameRows_AreTheSameWhateverElseTheBuilderGrew()
    {
        var builder = new TreeBuilder();
        var alone = new StreamingForest(new(), new());
        var shared = new StreamingForest(new(), builder);
        var other = new StreamingForest(new() { Rows = 500, Seed = 9 }, builder);
        foreach (var row in Rows(seed: 8, count: 1500))
        {
            Assert.That(shared.Score(row), Is.EqualTo(alone.Score(row)));
            alone.Learn(row);
            other.Learn([.. row, .. row]);
            shared.Learn(row);
        }
    }

    [Test]
    public void Learn_InTheSteadyState_AllocatesNothing()
    {
        var forest = Learned(seed: 9, count: 1000);
        var rows = Rows(seed: 10, count: 1000).ToArray();
        foreach (var row in rows) row[3] = float.NaN;
        var shares = new double[Features];
        Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Pass()
        {
            foreach (var row in rows)
            {
                forest.Score(row);
                forest.Score(row.AsSpan(..5));
                forest.Learn(row);
                forest.Explain(row, shares);
            }
        }
    }

    [Test]
    public void Learn_OfMoreFeaturesThanPossible_IsRefused() =>
        Assert.That(() => new StreamingForest(new(), new()).Learn(new float[65]), Throws.ArgumentException.With.Message.Contains("64"));

    [TestCase(0, 15, 256, 2048, "Trees")]
    [TestCase(64, 0, 256, 2048, "Cuts")]
    [TestCase(64, 32, 256, 2048, "Cuts")]
    [TestCase(64, 15, 7, 2048, "Rows")]
    [TestCase(64, 15, 1025, 2048, "Rows")]
    [TestCase(64, 15, 256, 255, "Memory")]
    public void Forest_WithOptionsOutOfRange_IsRefused(int trees, int cuts, int rows, int memory, string named) =>
        Assert.That(
            () => new StreamingForest(new() { Trees = trees, Cuts = cuts, Rows = rows, Memory = memory }, new()),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(named));

    [TestCase(8)]
    [TestCase(16)]
    public void Explain_WhereOneFeatureIsOdd_NamesItFirst(int features)
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Tables.Gaussian(11, 3000, features).Chunk(features)) forest.Learn(row);
        var named = 0;
        foreach (var (i, row) in Tables.Gaussian(12, 1000, features).Chunk(features).Index())
        {
            row[i % features] = i / features % 2 == 0 ? 6 : -6;
            var shares = new double[features];
            forest.Explain(row, shares);
            Assert.That(shares.Sum(), Is.EqualTo(1).Within(1e-12));
            if (shares.Index().MaxBy(s => s.Item).Index == i % features) named++;
        }

        TestContext.Out.WriteLine($"{named / 10.0} % named");
        Assert.That(named, Is.GreaterThanOrEqualTo(950));
    }

    // Student's t with four degrees of freedom, scaled to a robust unit.
    private static float HeavyTailed(Random random)
    {
        var squares = Enumerable.Range(0, 4).Sum(_ => Math.Pow(Streams.Gauss(random), 2));
        return (float)(Streams.Gauss(random) / Math.Sqrt(squares / 4) / 1.19);
    }

    private static StreamingForest Learned(int seed, int count)
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Rows(seed, count)) forest.Learn(row);
        return forest;
    }

    private static IEnumerable<float[]> Rows(int seed, int count) => Tables.Gaussian(seed, count, Features).Chunk(Features);
}
