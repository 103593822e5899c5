using System.Globalization;
using LeptonStream.Detectors.Forest;
using LeptonStream.Testing;
using MathNet.Numerics.Statistics;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class IsolationForestTests
{
    [TestCase("synthetic")]
    [TestCase("server")]
    public void Score_AveragedOverSeeds_EqualsThatOfScikitLearn(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(SharedFolder.Require("data/isolation-forest-golden"), name + ".csv"));
        var features = lines[0].Split(',').Count(h => h.StartsWith('x'));
        var table = lines.Skip(1).Select(l => Array.ConvertAll(l.Split(','), v => double.Parse(v, CultureInfo.InvariantCulture))).ToArray();
        float[] rows = [.. table.SelectMany(r => r[..features]).Select(v => (float)v)];
        var ours = new double[table.Length];
        var scores = new double[table.Length];
        for (var seed = 1; seed <= 20; seed++)
        {
            IsolationForest.Fit(rows, features, new() { Seed = (ulong)seed }).Score(rows, scores);
            for (var i = 0; i < ours.Length; i++) ours[i] += scores[i] / 20;
        }

        var theirs = table.Select(r => r[features]).ToArray();
        var differences = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).ToArray();
        TestContext.Out.WriteLine($"max {differences.Max():F4}, mean {differences.Average():F4}, Spearman "
            + $"{Correlation.Spearman(ours, theirs):F4}");
        Assert.That(differences.Max(), Is.LessThanOrEqualTo(0.02));
        Assert.That(differences.Average(), Is.LessThanOrEqualTo(0.003));
        Assert.That(Correlation.Spearman(ours, theirs), Is.GreaterThanOrEqualTo(0.99));
    }

    [Test]
    public void Score_OfARowFarFromTheOthers_IsTheHighest()
    {
        var rows = Tables.Gaussian(1, 1000, 4);
        rows[4 * 700] = 9;
        rows[(4 * 700) + 2] = -9;
        var scores = new double[1000];
        IsolationForest.Fit(rows, 4, new()).Score(rows, scores);
        Assert.That(scores.Index().MaxBy(s => s.Item).Index, Is.EqualTo(700));
        Assert.That(scores[700], Is.GreaterThan(0.65));
        Assert.That(scores.Median(), Is.EqualTo(0.45).Within(0.05));
    }

    [Test]
    public void Score_WhereAllRowsAreEqual_IsAHalf()
    {
        var forest = IsolationForest.Fit(new float[3 * 1000], 3, new());
        Assert.That(forest.Score([1, 2, 3]), Is.EqualTo(0.5).Within(1e-4));
    }

    [Test]
    public void Fit_WithTheSameSeed_MakesTheSameForestAndWithAnotherAnother()
    {
        var rows = Tables.Gaussian(2, 500, 5);
        var first = ScoreOfFirst(seed: 1);
        Assert.That(ScoreOfFirst(seed: 1), Is.EqualTo(first));
        Assert.That(ScoreOfFirst(seed: 2), Is.Not.EqualTo(first));

        double ScoreOfFirst(ulong seed) => IsolationForest.Fit(rows, 5, new() { Seed = seed }).Score(rows.AsSpan(0, 5));
    }

    [Test]
    public void Score_OfARowThatLacksAFeature_IsNotHigherThanBefore()
    {
        var rows = Tables.Gaussian(3, 1000, 8);
        var forest = IsolationForest.Fit(rows, 8, new());
        var complete = Enumerable.Range(0, 1000).Select(i => forest.Score(rows.AsSpan(i * 8, 8))).ToArray();
        for (var i = 0; i < 1000; i++) rows[(i * 8) + (i % 8)] = float.NaN;
        var lacking = Enumerable.Range(0, 1000).Select(i => forest.Score(rows.AsSpan(i * 8, 8))).ToArray();
        Assert.That(lacking.Average(), Is.LessThan(complete.Average()));
        Assert.That(lacking.Quantile(0.99), Is.LessThanOrEqualTo(complete.Quantile(0.99)));
    }

    [TestCase(10, 3)]
    [TestCase(3, 3)]
    [TestCase(0, 3)]
    [TestCase(10, 0)]
    [TestCase(1000, 257)]
    public void Fit_OnWhatAreNotRows_IsRefused(int values, int features) =>
        Assert.That(() => IsolationForest.Fit(new float[values], features, new()), Throws.InstanceOf<ArgumentException>());

    [TestCase(0, 256)]
    [TestCase(1001, 256)]
    [TestCase(100, 1)]
    [TestCase(100, 1025)]
    public void Fit_WithOptionsOutOfRange_IsRefused(int trees, int sampleSize) =>
        Assert.That(
            () => IsolationForest.Fit(new float[100], 2, new() { Trees = trees, SampleSize = sampleSize }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(trees is 0 or 1001 ? "Trees" : "SampleSize"));

    [Test]
    public void Score_OfRowsOfAnotherWidth_IsRefused()
    {
        var forest = IsolationForest.Fit(Tables.Gaussian(4, 100, 5), 5, new());
        Assert.That(() => forest.Score(new float[4]), Throws.ArgumentException.With.Message.Contains("5 features"));
        Assert.That(() => forest.Score(new float[10], new double[3]), Throws.ArgumentException);
    }
}
