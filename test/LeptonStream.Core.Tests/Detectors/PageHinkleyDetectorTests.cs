using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class PageHinkleyDetectorTests
{
    // What noise of 20,000 samples stays below: four fifths of it is where the creep must stand out.
    private const double Loud = 20;

    [TestCase(0.5)]
    [TestCase(-0.5)]
    public void Score_OfACreepWhoseSingleErrorsAreOrdinary_Gathers(double perSample)
    {
        var (usual, creeping) = Creep(perSample, count: 60);
        var rig = new DetectorRig("page-hinkley");
        rig.Run(usual);
        Assert.That(rig.Run(creeping).Max(), Is.GreaterThan(Loud));

        var residual = new DetectorRig("forecast-residual");
        residual.Run(usual);
        Assert.That(residual.Run(creeping).Max(), Is.LessThan(6));
    }

    [Test]
    public void Score_OfWhiteNoise_StaysLow() =>
        Assert.That(new DetectorRig("page-hinkley").Run(Streams.Noise(seed: 31, count: 20_000)).Max(), Is.LessThan(0.8 * Loud));

    [Test]
    public void Score_OfASingleSpike_IsThatOfAnEventAndNoDrift()
    {
        var rig = new DetectorRig("page-hinkley");
        var (usual, spike) = Streams.BeforeAndAfter(seed: 32, shift: 1e6, count: 1);
        rig.Run(usual);
        Assert.That(rig.Run(spike).Single(), Is.LessThan(Loud));
    }

    [Test]
    public void Score_OfACreepThatGoesOn_BeginsAnewBeyondTheHeight()
    {
        var (usual, creeping) = Creep(perSample: 2, count: 200);
        var rig = new DetectorRig("page-hinkley");
        rig.Run(usual);
        var scores = rig.Run(creeping);
        var highest = Array.FindIndex(scores, s => s > 50);
        Assert.That(highest, Is.GreaterThan(0));
        Assert.That(scores[highest], Is.LessThan(53));
        Assert.That(scores[highest + 1], Is.LessThan(3));
    }

    private static (Sample[] Usual, Sample[] Creeping) Creep(double perSample, int count)
    {
        var (usual, after) = Streams.BeforeAndAfter(seed: 33, shift: 0, count);
        return (usual, [.. after.Select((s, i) => s with { Value = s.Value + (perSample * (i + 1)) })]);
    }
}
