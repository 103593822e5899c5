using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class AutoencoderDetectorTests
{
    [Test]
    public void Score_OfAWaveAndOfNoise_IsWhatCannotBeRetold()
    {
        // The noise on the wave is a seventh of its deviation; of sixteen independent values four numbers can't tell much.
        Assert.That(new DetectorRig("autoencoder").Run(Wave(5000, phase: 0))[^500..].Average(), Is.LessThan(0.2));
        Assert.That(new DetectorRig("autoencoder").Run(Streams.Noise(seed: 82, count: 5000))[^500..].Average(), Is.InRange(0.7, 1.2));
    }

    [Test]
    public void Score_OfACourseThatDoesNotHangTogether_StandsOutThoughEachValueIsOrdinary()
    {
        var wave = Wave(5016, phase: 0);
        var rig = new DetectorRig("autoencoder");
        var usual = rig.Run(wave[..5000])[2000..].Max();
        var torn = wave[5000..].Select((s, i) => s with { Value = i % 2 == 0 ? 10 : -10 }).ToArray();
        Assert.That(rig.Run(torn).Max(), Is.GreaterThan(2 * usual));
    }

    [Test]
    public void Score_OfTheWaveFromAnotherPointOfItsCourse_IsOrdinaryOnceTheBreakIsPast()
    {
        var rig = new DetectorRig("autoencoder");
        var usual = rig.Run(Wave(5000, phase: 0))[2000..].Max();
        Assert.That(rig.Run(Wave(5200, phase: 1.5)[5000..])[16..].Max(), Is.LessThan(1.3 * usual));
    }

    [Test]
    public void Score_AfterAnAbsurdValue_ComesBack()
    {
        var wave = Wave(8000, phase: 0);
        wave[5000] = wave[5000] with { Value = 1e12 };
        var scores = new DetectorRig("autoencoder").Run(wave);
        Assert.That(scores[5000], Is.GreaterThan(3 * scores[3000..5000].Average()));
        Assert.That(scores[^500..].Average(), Is.LessThan(1.5 * scores[3000..5000].Average()));
    }

    private static Sample[] Wave(int count, double phase)
    {
        var random = new Random(81);
        return Streams.Of(Enumerable.Range(0, count).Select(i => (10 * Math.Sin((2 * Math.PI * i / 24) + phase)) + Streams.Gauss(random)).ToArray());
    }
}
