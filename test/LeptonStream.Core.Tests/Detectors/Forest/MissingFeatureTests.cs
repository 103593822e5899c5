using LeptonStream.Detectors.Forest;
using LeptonStream.State;
using MathNet.Numerics.Statistics;

namespace LeptonStream.Core.Tests.Detectors.Forest;

/// <summary>
/// Metrics of an entity that come late, seldom or not at all: none of it may look like trouble, and trouble must still be seen.
/// </summary>
public sealed class MissingFeatureTests
{
    private const int Features = 8;

    [TestCase(1)]
    [TestCase(4)]
    [TestCase(7)]
    public void Score_OfRowsThatLackFeatures_IsNotHigherForIt(int lacking)
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Rows(seed: 1, count: 3000)) forest.Learn(row);
        var random = new Random(2);
        var (complete, lacked) = (new List<double>(), new List<double>());
        foreach (var row in Rows(seed: 3, count: 4000))
        {
            complete.Add(forest.Score(row));
            foreach (var feature in Enumerable.Range(0, Features).OrderBy(_ => random.Next()).Take(lacking)) row[feature] = float.NaN;
            lacked.Add(forest.Score(row));
        }

        Assert.That(lacked.Average(), Is.LessThan(complete.Average()));
        Assert.That(lacked.Count(s => s > complete.Quantile(0.99)), Is.LessThanOrEqualTo(40));
    }

    [TestCase(2)]
    [TestCase(10)]
    public void Score_WhereAFeatureComesSeldom_IsNotHigherWhenItComes(int every)
    {
        var forest = new StreamingForest(new(), new());
        var (with, without) = (new List<double>(), new List<double>());
        foreach (var (i, row) in Rows(seed: 4, count: 12_000).Index())
        {
            if (i % every != 0) row[5] = float.NaN;
            if (i > 3000) (i % every == 0 ? with : without).Add(forest.Score(row));
            forest.Learn(row);
        }

        var line = without.Quantile(0.98);
        Assert.That(with.Average(), Is.EqualTo(without.Average()).Within(0.015));
        Assert.That(with.Count(s => s > line) / (double)with.Count, Is.LessThan(0.04));
    }

    [Test]
    public void Score_WhenAFeatureAppears_DoesNotMoveAndSoonSeesTroubleInIt()
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Rows(seed: 5, count: 5000)) forest.Learn(row.AsSpan(..^1));
        var before = Rows(seed: 6, count: 1000).Select(r => forest.Score(r.AsSpan(..^1))).ToArray();
        Assert.That(forest.Features, Is.EqualTo(Features - 1));
        var after = Rows(seed: 7, count: 1500).Select(row =>
        {
            var score = forest.Score(row);
            forest.Learn(row);
            return score;
        }).ToArray();
        Assert.That(forest.Features, Is.EqualTo(Features));
        Assert.That(after.Average(), Is.EqualTo(before.Average()).Within(0.02));
        Assert.That(after.Count(s => s > before.Quantile(0.999)) / 1500.0, Is.LessThan(0.01));

        float[] odd = [0, 0, 0, 0, 0, 0, 0, 20];
        var shares = new double[Features];
        forest.Explain(odd, shares);
        Assert.That(shares[^1], Is.GreaterThan(0.5));
        Assert.That(forest.Score(odd), Is.GreaterThan(forest.Score(new float[Features]) + 0.05));
    }

    [Test]
    public void Score_WhereAFeatureHasGone_StaysWhereItWas()
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Rows(seed: 8, count: 3000)) forest.Learn(row);
        var before = Rows(seed: 9, count: 500).Average(r => forest.Score(r));
        var shorter = Rows(seed: 10, count: 3000).Select(row =>
        {
            var score = forest.Score(row.AsSpan(..6));
            forest.Learn(row.AsSpan(..6));
            return score;
        }).ToArray();
        Assert.That(shorter, Has.All.InRange(0.3, 0.7));
        Assert.That(shorter.Average(), Is.EqualTo(before).Within(0.03));
    }

    [Test]
    public void Score_OfShorterRows_EqualsThatOfRowsWithGaps()
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Rows(seed: 11, count: 500)) forest.Learn(row);
        foreach (var row in Rows(seed: 12, count: 100))
        {
            var shorter = forest.Score(row.AsSpan(..3));
            row.AsSpan(3..).Fill(float.NaN);
            Assert.That(forest.Score(row), Is.EqualTo(shorter));
        }
    }

    [Test]
    public void Score_OfRowsWithNothingInThem_IsOrdinaryAndTeachesNothing()
    {
        var forest = new StreamingForest(new(), new());
        foreach (var row in Rows(seed: 13, count: 500)) forest.Learn(row);
        float[] nothing = [.. Enumerable.Repeat(float.NaN, Features)];
        var before = forest.Score(new float[Features]);
        for (var i = 0; i < 3000; i++) forest.Learn(nothing);
        forest.Learn([]);
        Assert.That(forest.Score(nothing), Is.InRange(0.2, 0.5));
        Assert.That(forest.Score(new float[Features]), Is.EqualTo(before));
        var shares = new double[Features];
        forest.Explain(nothing, shares);
        Assert.That(shares, Has.All.Zero);
    }

    [Test]
    public void Score_OnExtremeValues_IsFiniteAndOutlivesASnapshot()
    {
        var forest = new StreamingForest(new(), new());
        float[] extremes =
            [float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, 0, -0f, float.NaN];
        var random = new Random(14);
        for (var i = 0; i < 3000; i++)
        {
            float[] row = [.. Enumerable.Range(0, Features).Select(_ => extremes[random.Next(extremes.Length)])];
            var shares = new double[Features];
            forest.Explain(row, shares);
            Assert.That(forest.Score(row), Is.InRange(0, 1));
            Assert.That(shares.Sum(), Is.EqualTo(1).Within(1e-12));
            forest.Learn(row);
        }

        var state = new StateWriter();
        forest.Save(state);
        var reader = new StateReader(state.Written);
        new StreamingForest(new(), new()).Load(ref reader);
        Assert.That(reader.AtEnd);
    }

    private static IEnumerable<float[]> Rows(int seed, int count) => Tables.Gaussian(seed, count, Features).Chunk(Features);
}
