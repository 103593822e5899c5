using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.EarlyWarning;
using MathNet.Numerics.LinearRegression;

namespace LeptonStream.Core.Tests.Detection.EarlyWarning;

public sealed class TrendFitTests
{
    [Test]
    public void Of_AnyLine_IsThatLine() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int Slope, int Level, byte Count)>(),
        input =>
        {
            var count = 8 + (input.Count % 41);
            var times = Enumerable.Range(0, count).Select(i => (double)(i - count + 1)).ToArray();
            var fit = TrendFit.Of(times, [.. times.Select(t => input.Level + (input.Slope * t))]);
            return fit == new TrendFit(input.Slope, input.Level, 0, 0);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Of_LineWithAQuarterOfOutliers_StaysTheLine()
    {
        var times = Enumerable.Range(-39, 40).Select(i => (double)i).ToArray();
        var fit = TrendFit.Of(times, [.. times.Select((t, i) => 5 + (0.25 * t) + (i % 4 == 1 ? 1e6 : 0))]);
        Assert.That(fit.Slope, Is.EqualTo(0.25).Within(0.02));
        Assert.That(fit.Level, Is.EqualTo(5).Within(0.5));
    }

    // Where no point is wild, least squares are best: the robust line is as near to them as its efficiency (0.95) lets it.
    [Test]
    public void Of_NormalNoise_IsNearLeastSquares([Values(12, 24, 48)] int count)
    {
        var random = new Random(count);
        var times = Enumerable.Range(1 - count, count).Select(i => (double)i).ToArray();
        var error = Math.Sqrt(12 / Math.Pow(count, 3));
        for (var i = 0; i < 200; i++)
        {
            double[] values = [.. times.Select(t => 3 + (0.5 * t) + Streams.Gauss(random))];
            var (_, slope) = SimpleRegression.Fit(times, values);
            Assert.That(TrendFit.Of(times, values).Slope, Is.EqualTo(slope).Within(1.5 * error));
        }
    }

    // A standard deviation of the slope of n points with noise σ is σ·√(12/n³).
    [TestCase(12)]
    [TestCase(24)]
    [TestCase(48)]
    public void Of_NoisyLine_KnowsItsError(int count)
    {
        var random = new Random(count);
        var times = Enumerable.Range(1 - count, count).Select(i => (double)i).ToArray();
        var (within, errors) = (0, 0.0);
        for (var i = 0; i < 400; i++)
        {
            var fit = TrendFit.Of(times, [.. times.Select(t => (0.5 * t) + Streams.Gauss(random))]);
            errors += fit.SlopeError / 400;
            if (Math.Abs(fit.Slope - 0.5) < 1.96 * fit.SlopeError) within++;
        }

        Assert.That(errors / Math.Sqrt(12.0 / count / count / count), Is.InRange(0.9, 1.6));
        Assert.That(within, Is.GreaterThan(360));
    }
}
