using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

/// <summary>A level says the same of a series in milliseconds and in seconds, upright and upside down.</summary>
public sealed class ScaleLaws
{
    [TestCase("ewma")]
    [TestCase("page-hinkley")]
    [TestCase("variance-change")]
    [TestCase("seasonal-residual")]
    [TestCase("spectral-residual")]
    [TestCase("half-space-trees")]
    [TestCase("autoencoder")]
    public void Scores_OfASeriesInAnotherUnit_AreTheSame(string name) => Prop.ForAll(
        Gen.Zip(Gen.Choose(1, 1000), Gen.Choose(-8, 30)).ToArbitrary(),
        input => Equal(name, input.Item1, Math.ScaleB(1, input.Item2), tolerance: 1e-9)).QuickCheckThrowOnFailure();

    // Not half-space-trees: random cuts lie where they lie. Not autoencoder: what it has learned grows out of the last bits. Windows keep
    // 24 bits of a value, and a mirrored one rounds otherwise.
    [TestCase("ewma")]
    [TestCase("page-hinkley")]
    [TestCase("variance-change")]
    [TestCase("seasonal-residual")]
    [TestCase("spectral-residual")]
    public void Scores_OfAMirroredSeries_AreTheSame(string name) => Prop.ForAll(
        Gen.Choose(1, 1000).ToArbitrary(), seed => Equal(name, seed, -1, tolerance: 1e-3)).QuickCheckThrowOnFailure();

    private static bool Equal(string name, int seed, double factor, double tolerance)
    {
        var samples = Streams.Mixed(seed, count: 1200);
        Sample[] other = [.. samples.Select(s => s with { Value = factor * s.Value })];
        var scores = new DetectorRig(name).Run(samples);
        return scores.Max() > 0 && scores.Zip(new DetectorRig(name).Run(other)).All(pair =>
            Math.Abs(pair.First - pair.Second) <= tolerance * pair.First);
    }
}
