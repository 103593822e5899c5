using LeptonStream.Drift;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>The forms of producers become the distribution function that they stand for.</summary>
public sealed class HistogramTests
{
    [TestCase(1e-320, null)]
    [TestCase(1e-300, 1e15)]
    public void Of_CountsThatAreAllButNothing_IsNoDistribution(double each, double? count)
    {
        Assert.That(CategoryCounts.Of([KeyValuePair.Create("a", each)], count), Is.Null);
        Assert.That(HistogramBuilder.OfBins([1], [each, 0]).Build(count), Is.Null);
    }

    [Test]
    public void OfBins_ValuesBeyondBothEnds_LieAtTheEnds()
    {
        var histogram = HistogramBuilder.OfBins([0, 10, 20], [5, 10, 20, 15]).Build()!;
        Assert.That(histogram.Count, Is.EqualTo(50));
        Assert.That(((double[])[-0.001, 0, 5, 10, 15, 20, 20.001]).Select(histogram.ShareBelow),
            Is.EqualTo((double[])[0, 0.1, 0.2, 0.3, 0.5, 0.7, 1]).Within(1e-12));
    }

    [Test]
    public void OfSketch_QuantilesOfAKnownSample_AreWithinTheAccuracy()
    {
        const double Gamma = 1.01 / 0.99;
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => Math.Exp(2 * Detectors.Streams.Gauss(random)) - 1)];
        var (positive, negative) = (Buckets(values, Gamma), Buckets([.. values.Select(value => -value)], Gamma));
        var histogram = HistogramBuilder.OfSketch(Gamma, positive, 0, negative).Build()!;
        Array.Sort(values);
        foreach (var share in (double[])[0.05, 0.25, 0.5, 0.75, 0.95])
        {
            var exact = values[(int)(share * values.Length)];
            // Twice the accuracy; more than 512 buckets are joined.
            Assert.That(histogram.Quantile(share), Is.EqualTo(exact).Within(Math.Max(0.01, 0.03 * Math.Abs(exact))), $"{share}");
        }
    }

    [Test]
    public void OfSketch_ZerosBetweenTheSigns_AreAPoint()
    {
        var histogram = HistogramBuilder.OfSketch(2, new(1, [10]), 30, new(0, [60])).Build()!;
        Assert.That(((double[])[-1, -0.5, -0.1, 0, 1, 2]).Select(histogram.ShareBelow),
            Is.EqualTo((double[])[0, 0.6, 0.6, 0.9, 0.9, 1]).Within(1e-12));
    }

    [Test]
    public void OfCentroids_WeightsLieHalfToEachSide()
    {
        var histogram = HistogramBuilder.OfCentroids([0, 10, 30], [20, 40, 40]).Build()!;
        Assert.That(((double[])[-1, 0, 10, 29.999999, 30]).Select(histogram.ShareBelow),
            Is.EqualTo((double[])[0, 0.1, 0.4, 0.8, 1]).Within(1e-6));
    }

    [Test]
    public void OfCentroids_OfOneValue_IsAPoint()
    {
        var histogram = HistogramBuilder.OfCentroids([5, 5, 5], [1, 2, 3]).Build()!;
        Assert.That(histogram.ShareBelow(5), Is.EqualTo(1));
        Assert.That(histogram.ShareBelow(4.999), Is.Zero);
        Assert.That(histogram.Spread, Is.EqualTo(5));
    }

    [Test]
    public void Spread_OfANormal_IsItsStandardDeviation() =>
        Assert.That(DriftRig.Sample(new(1), 200_000, scale: 0.8).Spread, Is.EqualTo(0.8).Within(0.02));

    [Test]
    public void MergeWith_OlderValues_CountForLess()
    {
        var merged = (Histogram)DriftRig.Uniform(0, 1, 100).MergeWith(0.5, DriftRig.Uniform(1, 2, 150));
        Assert.That(merged.Count, Is.EqualTo(200));
        Assert.That(merged.ShareBelow(1), Is.EqualTo(0.25).Within(1e-12));
        Assert.That(merged.ShareBelow(1.5), Is.EqualTo(0.625).Within(1e-12));
    }

    [Test]
    public void MergeWith_EverNewBins_StaysBounded()
    {
        var random = new Random(1);
        Distribution merged = DriftRig.Uniform(0, 1, 10);
        for (var i = 0; i < 500; i++)
        {
            var from = Detectors.Streams.Gauss(random);
            merged = merged.MergeWith(0.99, DriftRig.Uniform(from, from + 0.3, 10));
            Assert.That(merged.Bytes, Is.LessThanOrEqualTo(16 * (Distribution.MaxCells + 1)));
        }

        Assert.That(((Histogram)merged).Quantile(0.5), Is.EqualTo(0.15).Within(0.3));
    }

    [Test]
    public void MergeWith_ManyCategories_KeepsTheFrequent()
    {
        var frequent = KeyValuePair.Create("frequent", 100.0);
        Distribution merged = CategoryCounts.Of([frequent])!;
        for (var i = 0; i < 2000; i++)
            merged = merged.MergeWith(0.999, CategoryCounts.Of([frequent, KeyValuePair.Create($"id-{i}", 1.0)])!);
        Assert.That(((CategoryCounts)merged).Names, Has.Count.LessThanOrEqualTo(Distribution.MaxCells).And.Contains("frequent"));
    }

    [Test]
    public void Moves_OfABinThatDoubled_NamesItFirst()
    {
        var reference = HistogramBuilder.OfBins([0, 10, 20, 30, 40], [0, 250, 250, 250, 250, 0]).Build()!;
        var sample = HistogramBuilder.OfBins([0, 10, 20, 30, 40], [0, 100, 100, 100, 700, 0]).Build()!;
        var moves = CellShares.OfTenths(sample, reference).Moves(3);
        Assert.That(moves, Has.Count.EqualTo(3));
        Assert.That((moves[0].From, moves[0].To), Is.EqualTo((30.0, 40.0)));
        Assert.That(moves[0].Before, Is.EqualTo(0.25).Within(1e-9));
        Assert.That(moves[0].After, Is.EqualTo(0.7).Within(1e-9));
    }

    [Test]
    public void Moves_OfAValueThatWasAlwaysTheSame_AreSeenOnBothSides()
    {
        var cells = CellShares.OfTenths(DriftRig.Points((4, 30), (5, 40), (6, 30)), DriftRig.Points((5, 100)));
        Assert.That(cells.Moves(3).Select(move => (move.To == 5 && move.From == 5, Math.Round(move.Before, 3), Math.Round(move.After, 3))),
            Is.EquivalentTo(((bool, double, double)[])[(false, 0, 0.3), (true, 1, 0.4), (false, 0, 0.3)]));
    }

    private static SketchBuckets Buckets(double[] values, double gamma)
    {
        var counts = values.Where(value => value > 1e-4).GroupBy(value => (int)Math.Ceiling(Math.Log(value) / Math.Log(gamma)))
            .ToDictionary(group => group.Key, group => (double)group.Count());
        var first = counts.Keys.Min();
        return new(first, [.. Enumerable.Range(first, counts.Keys.Max() - first + 1).Select(i => counts.GetValueOrDefault(i))]);
    }
}
