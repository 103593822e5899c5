using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace LeptonStream.Core.Tests.Statistics;

/// <summary>Our factors and running statistics against MathNet's distributions and descriptive statistics.</summary>
public sealed class MathConstantsTests
{
    // A normal value's distance from the mean is distributed as χ with one degree of freedom.
    private static readonly (double Ours, double Theirs)[] Factors =
    [
        (MathConstants.AbsoluteToSigma, 1 / new Chi(1).Mean),
        (MathConstants.MadToSigma, 1 / Normal.InvCDF(0, 1, 0.75)),
        (MathConstants.SecondDifferenceToSigma, 1 / (Math.Sqrt(6) * new Chi(1).Mean)),
        (MathConstants.Quantile95, Normal.InvCDF(0, 1, 0.95)),
        (Normal.CDF(0, 1, Quantiles.TwoSided95) - Normal.CDF(0, 1, -Quantiles.TwoSided95), 0.95),
    ];

    [TestCaseSource(nameof(Factors))]
    public void Factor_OfTheNormalDistribution_IsThatOfMathNet((double Ours, double Theirs) factor) =>
        Assert.That(factor.Ours, Is.EqualTo(factor.Theirs).Within(1e-13));

    [Test]
    public void WeightedLevel_OfNormalValues_IsNearMeanAndStandardDeviation()
    {
        var random = new Random(7);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => 50 + (4 * Streams.Gauss(random)))];
        var level = default(WeightedLevel);
        for (var i = 0; i < values.Length; i++) level.Learn(values[i], rate: 0, count: i);
        Assert.That(level.Mean, Is.EqualTo(ArrayStatistics.Mean(values)).Within(0.02));
        Assert.That(level.Sigma, Is.EqualTo(ArrayStatistics.StandardDeviation(values)).Within(1).Percent);
    }
}
