using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection;
using LeptonStream.Detection.Calibration;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Calibration;

public sealed class TailCalibratorTests
{
    [Test]
    public void Rarity_OfNormalScores_IsTheirTailProbability()
    {
        var calibrator = new TailCalibrator();
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++) calibrator.Learn(Math.Abs(Streams.Gauss(random)), CalibrationPlan.Sharp);
        // Two-sided tails of the normal distribution: 0.317 at 1, 0.0455 at 2, 0.0027 at 3.
        Assert.That(Rarity(calibrator, 1), Is.EqualTo(0.50).Within(0.05));
        Assert.That(Rarity(calibrator, 2), Is.EqualTo(1.34).Within(0.08));
        Assert.That(Rarity(calibrator, 3), Is.EqualTo(2.57).Within(0.3));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Rarity_OfTheNextScoreAboveNothing_IsNoMiracleAfterSoFew(int before)
    {
        var calibrator = new TailCalibrator();
        for (var i = 0; i < 120; i++) calibrator.Learn(i % 50 == 7 && i / 50 < before ? 0.02 : 0, CalibrationPlan.Slow);
        var rarity = calibrator.Rarity(1, CalibrationPlan.Slow, 3_600);
        Assert.That(rarity, Is.LessThan(2.5 + (2.2 * before)), "an exponential tail has 8 and more");
    }

    [TestCase(0.5)]
    [TestCase(1)]
    [TestCase(4)]
    public void Rarity_OfExponentialScores_IsTheTailOfTheirDistribution(double rate)
    {
        var calibrator = new TailCalibrator();
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++) calibrator.Learn(Exponential.Sample(random, rate) * 4, CalibrationPlan.Sharp);
        foreach (var decades in (double[])[0.5, 1, 2, 3, 4])
        {
            var raw = 4 * Exponential.InvCDF(rate, 1 - Math.Pow(10, -decades));
            Assert.That(Rarity(calibrator, raw), Is.EqualTo(decades).Within(12).Percent, $"{decades} decades");
        }
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
            if (i > 1000 && Rarity(calibrator, raw) >= 3) alarms++;
            calibrator.Learn(raw, CalibrationPlan.Sharp);
        }

        // One in a thousand is promised; the exponential tail is heavier than the normal one, so fewer come.
        Assert.That(alarms / (double)count, Is.LessThan(1.5e-3).And.GreaterThan(1e-4));
    }

    [Test]
    public void Rarity_NeverFalls_AsTheScoreRises()
    {
        var calibrator = new TailCalibrator();
        var random = new Random(3);
        for (var i = 0; i < 5000; i++) calibrator.Learn(random.NextDouble() * random.NextDouble() * 20, CalibrationPlan.Sharp);
        var last = -1.0;
        for (var raw = 0.0; raw < 200; raw += 0.01)
        {
            var rarity = Rarity(calibrator, raw);
            Assert.That(rarity, Is.GreaterThanOrEqualTo(last - 0.02), $"at {raw}");
            last = Math.Max(last, rarity);
        }
    }

    [Test]
    public void Rarity_AfterOnlyZeros_IsFinite()
    {
        var calibrator = new TailCalibrator();
        for (var i = 0; i < 1000; i++) calibrator.Learn(0, CalibrationPlan.Sharp);
        Assert.That(Rarity(calibrator, 0), Is.Zero);
        Assert.That(Rarity(calibrator, 1e6), Is.GreaterThan(3).And.LessThan(double.PositiveInfinity));
    }

    [Test]
    public void Rarity_OfWhatHappensAgainAndAgain_IsItsFrequency()
    {
        var calibrator = new TailCalibrator();
        for (var day = 0; day < 12; day++)
        {
            for (var i = 0; i < 287; i++) calibrator.Learn(1 + (i % 7 / 10.0), CalibrationPlan.Sharp);
            calibrator.Learn(500, CalibrationPlan.Sharp);
        }

        // Once a day among samples of five minutes: one in 288.
        Assert.That(Rarity(calibrator, 450), Is.EqualTo(Math.Log10(288)).Within(0.2));
        Assert.That(Rarity(calibrator, 900), Is.GreaterThan(4));
    }

    [Test]
    public void Copy_InTheMiddle_GoesOnBitEqual()
    {
        var random = new Random(4);
        var whole = new TailCalibrator();
        for (var i = 0; i < 12_001; i++) whole.Learn(random.NextDouble() * 10, CalibrationPlan.Slow);
        var copy = whole;
        for (var i = 0; i < 9_001; i++)
        {
            var raw = random.NextDouble() * 15;
            Assert.That(Rarity(copy, raw), Is.EqualTo(Rarity(whole, raw)));
            whole.Learn(raw, CalibrationPlan.Slow);
            copy.Learn(raw, CalibrationPlan.Slow);
        }
    }

    [Test]
    public void RarityByBody_OfIncidentsThatComeBack_IsWhatItIsWithoutThem()
    {
        var (calm, troubled) = (new TailCalibrator(), new TailCalibrator());
        var random = new Random(6);
        for (var i = 0; i < 10_000; i++)
        {
            var raw = Math.Abs(Streams.Gauss(random));
            calm.Learn(raw, CalibrationPlan.Sharp);
            troubled.Learn(i % 200 == 0 ? 12 : raw, CalibrationPlan.Sharp);
        }

        Assert.That(Rarity(troubled, 12), Is.LessThan(2.5), "counted, one in two hundred");
        Assert.That(troubled.RarityByBody(12, CalibrationPlan.Sharp), Is.GreaterThan(3.5)
            .And.EqualTo(calm.RarityByBody(12, CalibrationPlan.Sharp)).Within(0.7));
    }

    [Test]
    public void RarityByBody_WhereTheBodyIsBursts_IsLow()
    {
        var calibrator = new TailCalibrator();
        var random = new Random(7);
        for (var i = 0; i < 10_000; i++)
            calibrator.Learn(random.NextDouble() < 0.06 ? 60 * random.NextDouble() : 0.1 * random.NextDouble(), CalibrationPlan.Sharp);
        Assert.That(calibrator.RarityByBody(60, CalibrationPlan.Sharp), Is.LessThan(2));
    }

    // Noise whose tail is lighter or as heavy as a power of three: nothing that comes is rarer than it comes.
    [TestCase(0)]
    [TestCase(3)]
    public void RarityByBody_OnNoise_PromisesNoMoreThanComes(int freedom)
    {
        var calibrator = new TailCalibrator();
        var random = new Random(8);
        var raw = new double[100_000];
        for (var i = 0; i < raw.Length; i++)
            raw[i] = Math.Abs(freedom == 0 ? Streams.Gauss(random) : StudentT.Sample(random, 0, 1, freedom));
        foreach (var one in raw[..12_000]) calibrator.Learn(one, CalibrationPlan.Sharp);
        foreach (var decades in (double[])[2, 2.5, 3])
            Assert.That(raw[12_000..].Count(one => calibrator.RarityByBody(one, CalibrationPlan.Sharp) >= decades) / 88_000.0,
                Is.LessThan(1.5 * Math.Pow(10, -decades)), $"{decades} decades");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1e6)]
    public void RarityByBody_OfScoresThatAreAllTheSame_IsFiniteAndNeverFalls(double all)
    {
        var calibrator = new TailCalibrator();
        for (var i = 0; i < 1000; i++) calibrator.Learn(all, CalibrationPlan.Sharp);
        var rarities = Enumerable.Range(0, 80).Select(i => calibrator.RarityByBody(Math.Pow(2, (i / 2.0) - 20), CalibrationPlan.Sharp));
        Assert.That(rarities, Is.Ordered.Ascending.And.All.InRange(0, 100));
    }

    private static double Rarity(in TailCalibrator calibrator, double raw) =>
        calibrator.Rarity(raw, CalibrationPlan.Sharp, intervalSeconds: 300);
}
