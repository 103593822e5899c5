using LeptonStream.Statistics;
using MathNet.Numerics.Statistics;

namespace LeptonStream.Core.Tests.Statistics;

public sealed class MedianTests
{
    [Test]
    public void Of_AnyNumberOfValues_IsMathNets([Range(1, 20)] int count)
    {
        var random = new Random(count);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.5) * 1e6)];
        var expected = ArrayStatistics.MedianInplace([.. values]);
        Assert.That(Median.Of(values), Is.EqualTo(expected).Within(1e-9));
    }

    [Test]
    public void Of_TwoValuesOfTheLargestSize_IsFinite() =>
        Assert.That(Median.Of([double.MaxValue, double.MaxValue]), Is.EqualTo(double.MaxValue));
}
