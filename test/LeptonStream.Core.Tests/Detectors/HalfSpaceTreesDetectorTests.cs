using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class HalfSpaceTreesDetectorTests
{
    // Half a point of 250 where nothing was ever seen: log₂ 500.
    private const double Empty = 8.97;

    [Test]
    public void Score_OfAPlaceThatWasNeverSeen_IsThatOfEmptiness()
    {
        var (usual, shifted) = Streams.BeforeAndAfter(seed: 71, shift: 15, count: 9);
        var rig = new DetectorRig("half-space-trees");
        rig.Run(usual);
        Assert.That(rig.Run(shifted)[^1], Is.GreaterThan(0.6 * Empty));
    }

    [Test]
    public void Score_OfANeighbourhoodThatWasNeverSeen_StandsOutThoughEachValueIsOrdinary()
    {
        var rig = new DetectorRig("half-space-trees");
        var usual = rig.Run(Waves(2000))[600..].Max();
        // Both ends of the wave within one sample.
        var torn = Waves(2006)[2000..].Select((s, i) => s with { Value = i % 2 == 0 ? 10 : -10 }).ToArray();
        Assert.That(rig.Run(torn).Max(), Is.GreaterThan(usual + 1));
    }

    [Test]
    public void Score_OfWhiteNoise_IsNoneForMostSamples()
    {
        var scores = new DetectorRig("half-space-trees").Run(Streams.Noise(seed: 72, count: 20_000))[1000..];
        Assert.That(scores.Count(s => s > 1), Is.LessThan(scores.Length / 10));
        Assert.That(scores.Max(), Is.LessThan(0.6 * Empty));
    }

    [Test]
    public void Score_OfWhatCameInTheLastWindow_IsLowAgain()
    {
        var (usual, shifted) = Streams.BeforeAndAfter(seed: 73, shift: 3, count: 1500);
        var rig = new DetectorRig("half-space-trees");
        rig.Run(usual);
        var scores = rig.Run(shifted);
        Assert.That(scores[..100].Average(), Is.GreaterThan(3 * scores[^400..].Average()));
    }

    private static Sample[] Waves(int count) => Streams.Of(Enumerable.Range(0, count).Select(i => 10 * Math.Sin(2 * Math.PI * i / 40)));
}
