using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class EwmaDetectorTests
{
    [Test]
    public void Score_OfASmallShiftThatLasts_StandsOutWhereSingleValuesDoNot()
    {
        var (usual, shifted) = Streams.BeforeAndAfter(seed: 21, shift: 2, count: 30);
        Assert.That(Rise("ewma", usual, shifted), Is.GreaterThan(1.7));
        Assert.That(Rise("mean-sigma", usual, shifted), Is.LessThan(1.4));
    }

    [Test]
    public void Score_OfWhiteNoise_IsThatOfAStandardNormalValue()
    {
        var scores = new DetectorRig("ewma").Run(Streams.Noise(seed: 22, count: 20_000))[1000..];
        // E|N(0, 1)| = √(2/π); the level follows the noise a little.
        Assert.That(scores.Average(), Is.EqualTo(Math.Sqrt(2 / Math.PI)).Within(0.05));
        Assert.That(scores.Max(), Is.LessThan(6));
    }

    private static double Rise(string name, Sample[] usual, Sample[] shifted)
    {
        var rig = new DetectorRig(name);
        var before = rig.Run(usual)[200..].Max();
        return rig.Run(shifted).Max() / before;
    }
}
