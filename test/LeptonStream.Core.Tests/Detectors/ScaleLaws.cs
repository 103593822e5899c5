using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

/// <summary>A level says the same of a series in milliseconds and in seconds, upright and upside down.</summary>
[TestFixture("ewma")]
[TestFixture("page-hinkley")]
[TestFixture("variance-change")]
[TestFixture("seasonal-residual")]
[TestFixture("spectral-residual")]
[TestFixture("half-space-trees", false)]
[TestFixture("autoencoder")]
public sealed class ScaleLaws(string name, bool isSymmetric = true)
{
    [Test]
    public void Scores_OfASeriesInAnotherUnit_AreTheSame() => Prop.ForAll(
        Gen.Zip(Gen.Choose(1, 1000), Gen.Choose(-8, 30)).ToArbitrary(),
        input => Equal(input.Item1, Math.ScaleB(1, input.Item2))).QuickCheckThrowOnFailure();

    [Test]
    public void Scores_OfAMirroredSeries_AreTheSame()
    {
        // Random cuts lie where they lie.
        if (!isSymmetric) Assert.Ignore("it is not symmetric, and need not be");
        Prop.ForAll(Gen.Choose(1, 1000).ToArbitrary(), seed => Equal(seed, -1)).QuickCheckThrowOnFailure();
    }

    private bool Equal(int seed, double factor)
    {
        var samples = Streams.Mixed(seed, count: 1200);
        Sample[] other = [.. samples.Select(s => s with { Value = factor * s.Value })];
        return new DetectorRig(name).Run(samples).Zip(new DetectorRig(name).Run(other)).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-9 * pair.First);
    }
}
