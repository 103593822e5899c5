using LeptonStream.Drift;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>Each distance against its closed form, and against values that were computed elsewhere.</summary>
public sealed class DistanceTests
{
    private static readonly double Ln2 = Math.Log(2);

    // Computed with Python from the formulas.
    [TestCase(new double[] { 50, 30, 20 }, new double[] { 40, 40, 20 }, 0.04967947316925597, 0.006367198333995731)]
    [TestCase(new double[] { 500, 300, 200 }, new double[] { 250, 250, 500 }, 0.45589078066170896, 0.05558247086346934)]
    public void OfCategories_KnownCounts_AreAsComputedElsewhere(double[] sample, double[] reference, double psi, double js)
    {
        var cells = Cells(sample, reference);
        Assert.That(StabilityIndex.Of(cells), Is.EqualTo(psi).Within(1e-12));
        Assert.That(JensenShannon.Of(cells), Is.EqualTo(js).Within(1e-12));
    }

    [Test]
    public void StabilityIndex_OfTwo_IsSymmetricAndNotBelowZero()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            // All frequent, so that both sides have the same cells.
            double[] one = [.. Enumerable.Range(0, 8).Select(_ => 50.0 + random.Next(100))];
            double[] other = [.. Enumerable.Range(0, 8).Select(_ => 50.0 + random.Next(100))];
            var there = StabilityIndex.Of(Cells(one, other));
            Assert.That(there, Is.EqualTo(StabilityIndex.Of(Cells(other, one))).Within(1e-12));
            Assert.That(there, Is.Not.Negative);
            Assert.That(JensenShannon.Of(Cells(one, other)), Is.EqualTo(JensenShannon.Of(Cells(other, one))).Within(1e-12));
        }
    }

    [Test]
    public void JensenShannon_OfNothingInCommon_IsLn2AndNeverMore()
    {
        var sample = DriftRig.Uniform(100, 101);
        var reference = DriftRig.Uniform(0, 1);
        Assert.That(JensenShannon.Of(CellShares.OfTenths(sample, reference)), Is.EqualTo(Ln2).Within(1e-12));
        Assert.That(JensenShannon.Of(Cells([1000, 0], [0, 1000])), Is.EqualTo(Ln2).Within(1e-12));
        var random = new Random(2);
        for (var i = 0; i < 500; i++)
        {
            var one = DriftRig.Sample(random, random.Next(1, 500), random.NextDouble() * 5, 1 + random.NextDouble());
            Assert.That(JensenShannon.Of(CellShares.OfTenths(one, DriftRig.Sample(random, 300))), Is.InRange(0, Ln2));
        }
    }

    [TestCase(0.25, 0.25)]
    [TestCase(-0.5, 0.5)]
    [TestCase(3, 3)]
    public void Wasserstein_OfAShiftedUniform_IsTheShift(double shift, double expected) =>
        Assert.That(Wasserstein.Of(DriftRig.Uniform(shift, 1 + shift), DriftRig.Uniform(0, 1)), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Wasserstein_OfAWidenedUniform_IsAQuarterOfTheWidening() =>
        // |F − G| of U(−a, a) and U(−b, b) integrates to (b − a)/2.
        Assert.That(Wasserstein.Of(DriftRig.Uniform(-3, 3), DriftRig.Uniform(-1, 1)), Is.EqualTo(1).Within(1e-12));

    [Test]
    public void Wasserstein_OfPoints_IsTheMassTimesTheWay() =>
        Assert.That(Wasserstein.Of(DriftRig.Points((0, 70), (10, 30)), DriftRig.Points((0, 100))), Is.EqualTo(3).Within(1e-9));

    [TestCase(0.25, 0.25)]
    [TestCase(2, 1)]
    public void KolmogorovSmirnov_OfAShiftedUniform_IsTheShareThatLeft(double shift, double expected) =>
        Assert.That(KolmogorovSmirnov.Of(DriftRig.Uniform(shift, 1 + shift), DriftRig.Uniform(0, 1)), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void KolmogorovSmirnov_Scaled_CountsSamplesUpToItsSize()
    {
        double[] counts = [100, 400, 1e9];
        double[] expected = [0.25 * Math.Sqrt(50), 0.25 * Math.Sqrt(200), 0.25 * 100];
        Assert.That(counts.Select(count => KolmogorovSmirnov.Scaled(DriftRig.Uniform(0.25, 1.25, count), DriftRig.Uniform(0, 1, count))),
            Is.EqualTo(expected).Within(1e-9));
    }

    // Against the double integral of the kernel, computed with Python.
    [TestCase(0.5, 1, 0, 1, 0.0471239558476262)]
    [TestCase(0, 4, 0, 1, 0.09418702159523068)]
    [TestCase(3, 0.25, 1, 2, 0.614785683526143)]
    public void MeanDiscrepancy_OfTwoNormals_IsTheIntegralOfTheKernel(double a, double u, double b, double v, double expected) =>
        Assert.That(MeanDiscrepancy.Of(new(100, [a], [u], []), new(100, [b], [v], [])), Is.EqualTo(expected).Within(1e-6));

    [Test]
    public void MeanDiscrepancy_OfHostileNumbers_IsFinite()
    {
        double[] numbers = [0, 1e-100, 1, 1e100, -1e100];
        foreach (var one in numbers)
            foreach (var other in numbers)
                foreach (var (sample, reference) in ((double, double)[])[(0, 0), (0, 1e100), (1e100, 0), (1e-100, 1e100)])
                    Assert.That(MeanDiscrepancy.Of(new(1, [one], [sample], []), new(1, [other], [reference], [])), Is.InRange(0, 1.6));
    }

    // All names are frequent, so that "all others" is empty and has no part.
    private static CellShares Cells(double[] sample, double[] reference) =>
        CellShares.OfCategories(DriftRig.Categories(sample), DriftRig.Categories(reference));
}
