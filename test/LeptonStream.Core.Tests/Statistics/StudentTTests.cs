using LeptonStream.Statistics;

namespace LeptonStream.Core.Tests.Statistics;

public sealed class StudentTTests
{
    [Test]
    public void TwoSided_AnyLevelAndFreedom_IsTheInverseOfMathNet()
    {
        foreach (var freedom in (int[])[1, 2, 3, 4, 5, 7, 10, 23, 24, 100, 1001])
            foreach (var level in (double[])[0.5, 0.1, 0.05, 0.01, 0.05 / 16, 1e-5])
            {
                var t = StudentT.TwoSided(level, freedom);
                Assert.That(2 * MathNet.Numerics.Distributions.StudentT.CDF(0, 1, freedom, -t), Is.EqualTo(level).Within(1e-5).Percent,
                    $"{level}, {freedom}");
            }
    }
}
