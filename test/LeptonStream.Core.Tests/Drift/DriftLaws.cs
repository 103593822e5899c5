using LeptonStream.Drift;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>Properties that every distance has, whatever the distribution is.</summary>
public sealed class DriftLaws
{
    private const int Draws = 4000;

    // The mean over many pairs of samples of one distribution; the tolerance is a share of the part of chance that was subtracted.
    [TestCase(50, 500), TestCase(100, 10_000), TestCase(500, 500), TestCase(200, 100_000)]
    public void Corrected_SamplesOfOneDistribution_IsZeroOnAverage(int n, int m)
    {
        var random = new Random(n + m);
        double psi = 0, js = 0, w1 = 0, noise = 0, way = 0, ks = 0;
        for (var i = 0; i < Draws; i++)
        {
            Histogram sample = DriftRig.Sample(random, n), reference = DriftRig.Sample(random, m);
            var cells = CellShares.OfTenths(sample, reference);
            noise += cells.Noise / Draws;
            way += Wasserstein.ByChance(sample, reference) / reference.Spread / Draws;
            psi += StabilityIndex.Corrected(cells) / Draws;
            js += JensenShannon.Corrected(cells) / Draws;
            w1 += Wasserstein.Corrected(sample, reference) / Draws;
            ks += KolmogorovSmirnov.Scaled(sample, reference) / Draws;
        }

        TestContext.Out.WriteLine(
            $"n {n}, m {m}: PSI {psi:F5} of {noise:F5}, JS {js:F6} of {noise / 8:F6}, W1 {w1:F5} of {way:F5}, KS {ks:F3}");
        using var scope = Assert.EnterMultipleScope();
        Assert.That(psi, Is.EqualTo(0).Within(0.12 * noise));
        Assert.That(js, Is.EqualTo(0).Within(0.12 * noise / 8));
        Assert.That(w1, Is.EqualTo(0).Within(0.12 * way));
        Assert.That(ks, Is.InRange(0.6, 0.9), "less than for values that share no bins");
    }

    [Test]
    public void MeanDiscrepancy_SamplesOfOneDistribution_IsZeroOnAverage()
    {
        var random = new Random(5);
        const int N = 60, M = 300;
        var sum = 0.0;
        for (var i = 0; i < Draws; i++) sum += MeanDiscrepancy.Corrected(Embedding(random, N), Embedding(random, M)) / Draws;
        Assert.That(sum, Is.EqualTo(0).Within(0.15 * ((1.0 / N) + (1.0 / M)) / (2 * Math.Sqrt(3))));
    }

    [Test]
    public void EveryDistance_OfAGrowingShift_Grows()
    {
        var reference = DriftRig.Sample(new(1), 100_000);
        var before = Of(DriftRig.Sample(new(2), 100_000), reference);
        foreach (var shift in (double[])[0.1, 0.25, 0.5, 1, 2])
        {
            var now = Of(DriftRig.Sample(new(2), 100_000, shift), reference);
            Assert.That(now.Zip(before), Is.All.Matches<(double Now, double Before)>(pair => pair.Now > pair.Before), $"{shift}");
            before = now;
        }

        // What a shift of two standard deviations is by the formulas for normal distributions.
        Assert.That(before[1], Is.EqualTo(100 * 0.6827).Within(2), "D = 2 Φ(1) − 1");
        Assert.That(before[3], Is.EqualTo(2).Within(0.1));
    }

    [Test]
    public void KolmogorovSmirnovAndWasserstein_OfRefinedBins_AreTheSame()
    {
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            Histogram one = Any(random), other = Any(random), finer = Refined(one, random);
            Assert.That(KolmogorovSmirnov.Of(finer, other), Is.EqualTo(KolmogorovSmirnov.Of(one, other)).Within(1e-9));
            var way = Wasserstein.Of(one, other);
            Assert.That(Wasserstein.Of(finer, other), Is.EqualTo(way).Within(1e-9 * (1 + way)));
            Assert.That(KolmogorovSmirnov.Of(finer, one), Is.EqualTo(0).Within(1e-9));
        }
    }

    [Test]
    public void EveryDistance_OfTheSame_HasNothingLeft()
    {
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
        {
            var one = Any(random);
            Assert.That(KolmogorovSmirnov.Of(one, one), Is.Zero);
            Assert.That(Wasserstein.Of(one, one), Is.Zero);
            Assert.That(StabilityIndex.Of(CellShares.OfTenths(one, one)), Is.Zero);
            Assert.That(JensenShannon.Of(CellShares.OfTenths(one, one)), Is.EqualTo(0).Within(1e-15));
        }
    }

    [Test]
    public void Wasserstein_OfThree_KeepsTheTriangle()
    {
        var random = new Random(6);
        for (var i = 0; i < 500; i++)
        {
            Histogram a = Any(random), b = Any(random), c = Any(random);
            Assert.That(Wasserstein.Of(a, c), Is.LessThanOrEqualTo((Wasserstein.Of(a, b) + Wasserstein.Of(b, c)) * (1 + 1e-9)));
            Assert.That(KolmogorovSmirnov.Of(a, c), Is.LessThanOrEqualTo(KolmogorovSmirnov.Of(a, b) + KolmogorovSmirnov.Of(b, c) + 1e-9));
        }
    }

    private static double[] Of(Histogram sample, Histogram reference)
    {
        var reading = sample.CompareWith(reference);
        return [reading.StabilityIndex, reading.KolmogorovSmirnov, reading.JensenShannon, reading.Wasserstein];
    }

    // Cells and points in any order of sizes.
    private static Histogram Any(Random random)
    {
        var cells = new HistogramBuilder();
        var at = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(6));
        for (var left = random.Next(1, 60); left > 0; left--)
        {
            var next = at + (random.NextDouble() * Math.Pow(10, random.Next(-3, 4)));
            if (random.Next(4) == 0) cells.AddPoint(next, random.Next(1, 50));
            else cells.Add(at, next, random.Next(50));
            at = next;
        }

        return cells.AddPoint(at + 1, 1).Build()!;
    }

    private static Histogram Refined(Histogram histogram, Random random)
    {
        var cells = new HistogramBuilder();
        var edges = histogram.Edges;
        for (var i = 1; i < edges.Length; i++)
        {
            var mass = (histogram.ShareBelow(edges[i]) - histogram.ShareBelow(edges[i - 1])) * histogram.Count;
            var middle = edges[i - 1] + ((edges[i] - edges[i - 1]) * random.NextDouble());
            var part = (middle - edges[i - 1]) / (edges[i] - edges[i - 1]);
            if (middle <= edges[i - 1] || middle >= edges[i]) cells.Add(edges[i - 1], edges[i], mass);
            else cells.Add(edges[i - 1], middle, part * mass).Add(middle, edges[i], (1 - part) * mass);
        }

        return cells.Build()!;
    }

    private static EmbeddingSummary Embedding(Random random, int n)
    {
        const int Dimensions = 8;
        double[] sums = new double[Dimensions], squares = new double[Dimensions];
        for (var i = 0; i < n; i++)
        {
            for (var d = 0; d < Dimensions; d++)
            {
                var value = Detectors.Streams.Gauss(random);
                sums[d] += value;
                squares[d] += value * value;
            }
        }

        return new(n, [.. sums.Select(sum => sum / n)], [.. squares.Zip(sums, (square, sum) => (square - (sum * sum / n)) / (n - 1))], []);
    }
}
