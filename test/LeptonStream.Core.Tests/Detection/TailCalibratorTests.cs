using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection;

public sealed class TailCalibratorTests
{
    [Test]
    public void Rarity_OfNormalScores_IsTheirTailProbability()
    {
        var calibrator = new TailCalibrator();
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++) calibrator.Learn(Math.Abs(Streams.Gauss(random)));
        // Two-sided tails of the normal distribution: 0.317 at 1, 0.0455 at 2, 0.0027 at 3.
        Assert.That(calibrator.Rarity(1), Is.EqualTo(0.50).Within(0.05));
        Assert.That(calibrator.Rarity(2), Is.EqualTo(1.34).Within(0.08));
        Assert.That(calibrator.Rarity(3), Is.EqualTo(2.57).Within(0.3));
    }

    [Test]
    public void Rarity_OnFreshNoise_HoldsItsFalseAlarmRate()
    {
        var calibrator = new TailCalibrator();
        var random = new Random(2);
        var alarms = 0;
        const int count = 400_000;
        for (var i = 0; i < count; i++)
        {
            var raw = Math.Abs(Streams.Gauss(random));
            if (i > 1000 && calibrator.Rarity(raw) >= 3) alarms++;
            calibrator.Learn(raw);
        }

        // One in a thousand is promised; the exponential tail is heavier than the normal one, so fewer come.
        Assert.That(alarms / (double)count, Is.LessThan(1.5e-3).And.GreaterThan(1e-4));
    }

    [Test]
    public void Rarity_NeverFalls_AsTheScoreRises()
    {
        var calibrator = new TailCalibrator();
        var random = new Random(3);
        for (var i = 0; i < 5000; i++) calibrator.Learn(random.NextDouble() * random.NextDouble() * 20);
        var last = -1.0;
        for (var raw = 0.0; raw < 200; raw += 0.01)
        {
            var rarity = calibrator.Rarity(raw);
            Assert.That(rarity, Is.GreaterThanOrEqualTo(last - 0.02), $"at {raw}");
            last = Math.Max(last, rarity);
        }
    }

    [Test]
    public void Rarity_AfterOnlyZeros_IsFinite()
    {
        var calibrator = new TailCalibrator();
        for (var i = 0; i < 1000; i++) calibrator.Learn(0);
        Assert.That(calibrator.Rarity(0), Is.Zero);
        Assert.That(calibrator.Rarity(1e6), Is.GreaterThan(3).And.LessThan(double.PositiveInfinity));
    }

    [Test]
    public void Restore_InTheMiddle_GoesOnBitEqual()
    {
        var random = new Random(4);
        var whole = new TailCalibrator();
        for (var i = 0; i < 9_001; i++) whole.Learn(random.NextDouble() * 10);
        var state = new StateWriter();
        whole.Save(state);
        var copy = new TailCalibrator();
        var reader = new StateReader(state.Written);
        copy.Load(ref reader);
        for (var i = 0; i < 9_001; i++)
        {
            var raw = random.NextDouble() * 15;
            Assert.That(copy.Rarity(raw), Is.EqualTo(whole.Rarity(raw)));
            whole.Learn(raw);
            copy.Learn(raw);
        }
    }
}
