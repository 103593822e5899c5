using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class SpectralResidualDetectorTests
{
    [TestCase(15)]
    [TestCase(-15)]
    public void Score_OfASpikeOnAWave_StandsOutOfTheWave(double height)
    {
        var samples = Wave(seed: 61, count: 1000);
        var rig = new DetectorRig("spectral-residual");
        var usual = rig.Run(samples[..^1])[100..].Max();
        Assert.That(rig.Score(samples[^1] with { Value = samples[^2].Value + height }), Is.GreaterThan(1.5 * usual));
        Assert.That(rig.Score(samples[^1]), Is.LessThanOrEqualTo(usual));
    }

    [Test]
    public void Score_OfASpikeThatIsOver_IsLow()
    {
        var samples = Wave(seed: 62, count: 1000);
        samples[900] = samples[900] with { Value = samples[900].Value + 40 };
        var scores = new DetectorRig("spectral-residual").Run(samples);
        Assert.That(scores[900], Is.EqualTo(scores[100..].Max()));
        Assert.That(scores[902..960].Max(), Is.LessThan(scores[900] / 2));
    }

    [Test]
    public void Score_OfAStraightLine_IsLow() =>
        Assert.That(new DetectorRig("spectral-residual").Run(Streams.Of(Enumerable.Range(0, 300).Select(i => 3.0 * i))).Max(),
            Is.LessThan(3));

    [Test]
    public void Score_BeforeItsWindowIsFull_IsNeutral() =>
        Assert.That(new DetectorRig("spectral-residual").Run(Streams.Noise(seed: 63, count: 58)), Is.All.Zero);

    private static Sample[] Wave(int seed, int count)
    {
        var random = new Random(seed);
        return Streams.Of(Enumerable.Range(0, count).Select(i => (3 * Math.Sin(2 * Math.PI * i / 24)) + (0.5 * Streams.Gauss(random)))
            .ToArray());
    }
}
