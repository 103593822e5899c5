namespace LeptonStream.Core.Tests.Detectors;

public sealed class VarianceChangeDetectorTests
{
    // What 20,000 samples of white noise stay below.
    private const double Loud = 6;

    [TestCase(4)]
    [TestCase(0.2)]
    public void Score_OfNoiseThatGrowsOrCalmsDownAtItsLevel_StandsOut(double factor)
    {
        var (usual, after) = Streams.BeforeAndAfter(seed: 41, shift: 0, count: 60);
        var rig = new DetectorRig("variance-change");
        rig.Run(usual);
        Assert.That(rig.Run([.. after.Select(s => s with { Value = 100 + (factor * (s.Value - 100)) })]).Max(), Is.GreaterThan(1.4 * Loud));
    }

    [Test]
    public void Score_OfWhiteNoise_IsThatOfItsOwnStraying()
    {
        var scores = new DetectorRig("variance-change").Run(Streams.Noise(seed: 42, count: 20_000))[1000..];
        Assert.That(scores.Average(), Is.EqualTo(Math.Sqrt(2 / Math.PI)).Within(0.25));
        Assert.That(scores.Max(), Is.LessThan(Loud));
    }

    [Test]
    public void Score_OfNoiseAtAnotherLevel_StaysLow()
    {
        var (usual, shifted) = Streams.BeforeAndAfter(seed: 43, shift: 1e4, count: 300);
        var rig = new DetectorRig("variance-change");
        rig.Run(usual);
        Assert.That(rig.Run(shifted)[150..].Max(), Is.LessThan(Loud));
    }

    [Test]
    public void Score_OfASingleSpike_IsThatOfAnEventAndNoUnrest()
    {
        var (usual, spike) = Streams.BeforeAndAfter(seed: 44, shift: 1e6, count: 1);
        var rig = new DetectorRig("variance-change");
        rig.Run(usual);
        Assert.That(rig.Run(spike).Single(), Is.LessThan(Loud));
    }
}
