using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Detection;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Cleaning;

public sealed class CounterRateTests
{
    [Test]
    public void Convert_Counter_IsItsRatePerSecond()
    {
        var counter = new CounterRate();
        Assert.That(counter.Convert(At(0, 100), out _), Is.EqualTo(SampleRefusal.CounterStart));
        Assert.That(counter.Convert(At(15, 130) with { Step = 9 }, out var rate), Is.EqualTo(SampleRefusal.None));
        Assert.That(rate, Is.EqualTo(At(15, 2) with { Step = 9 }));
        Assert.That(counter.Convert(At(45, 130), out rate), Is.EqualTo(SampleRefusal.None));
        Assert.That(rate.Value, Is.Zero);
    }

    [Test]
    public void Convert_AfterAReset_RefusesOneSampleAndGoesOn()
    {
        var counter = new CounterRate();
        counter.Convert(At(0, 1e6), out _);
        Assert.That(counter.Convert(At(10, 30), out _), Is.EqualTo(SampleRefusal.CounterReset));
        Assert.That(counter.Convert(At(20, 50), out var rate), Is.EqualTo(SampleRefusal.None));
        Assert.That(rate.Value, Is.EqualTo(2));
    }

    [Test]
    public void Convert_WhileARestartedCounterStandsStill_RefusesForAsLongAsAServiceTakesToStart()
    {
        var counter = new CounterRate();
        counter.Convert(At(0, 1e6), out _);
        for (var second = 60; second <= 360; second += 60)
            Assert.That(counter.Convert(At(second, 0), out _), Is.EqualTo(SampleRefusal.CounterReset), $"{second}");

        Assert.That(counter.Convert(At(420, 0), out var rate), Is.EqualTo(SampleRefusal.None), "it hangs");
        Assert.That(rate.Value, Is.Zero);
    }

    [Test]
    public void Convert_WhenARestartedCounterCounts_HasARateOnceTheRushIsOver()
    {
        var counter = new CounterRate();
        counter.Convert(At(0, 1e6), out _);
        counter.Convert(At(60, 0), out _);
        counter.Convert(At(120, 0), out _);
        Assert.That(counter.Convert(At(180, 900), out _), Is.EqualTo(SampleRefusal.CounterReset), "the rush");
        counter.Convert(At(240, 1020), out var rate);
        Assert.That(rate.Value, Is.EqualTo(2));
        Assert.That(counter.Convert(At(300, 1020), out rate), Is.EqualTo(SampleRefusal.None), "it has started: standing still counts");
    }

    [Test]
    public void Convert_DuplicateOrOldSample_ChangesNothing()
    {
        var counter = new CounterRate();
        counter.Convert(At(10, 100), out _);
        Assert.That(counter.Convert(At(10, 500), out _), Is.EqualTo(SampleRefusal.Duplicate));
        Assert.That(counter.Convert(At(5, 0), out _), Is.EqualTo(SampleRefusal.OutOfOrder));
        counter.Convert(At(20, 110), out var rate);
        Assert.That(rate.Value, Is.EqualTo(1));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Convert_NoFiniteValue_PassesAndIsForgotten(double value)
    {
        var counter = new CounterRate();
        counter.Convert(At(0, 100), out _);
        Assert.That(counter.Convert(At(10, value), out var rate), Is.EqualTo(SampleRefusal.None));
        Assert.That(rate.Value, Is.EqualTo(value));
        counter.Convert(At(20, 120), out rate);
        Assert.That(rate.Value, Is.EqualTo(1));
    }

    [Test]
    public void Convert_AnyCounter_IsFiniteAndAddsUpToWhatWasCounted() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint[]>(),
        growths =>
        {
            var counter = new CounterRate();
            double value = 0, sum = 0;
            counter.Convert(At(0, 0), out _);
            for (var i = 0; i < growths.Length; i++)
            {
                value += growths[i];
                if (counter.Convert(At((i + 1) * 15, value), out var rate) != SampleRefusal.None || rate.Value < 0) return false;
                sum += rate.Value * 15;
            }

            return Math.Abs(sum - value) <= 1e-9 * value;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Convert_FromOneEndOfTheNumbersToTheOther_IsFinite()
    {
        var counter = new CounterRate();
        counter.Convert(At(0, -double.MaxValue), out _);
        counter.Convert(At(1e-9, double.MaxValue), out var rate);
        Assert.That(double.IsFinite(rate.Value), Is.True);
    }

    [Test]
    public void Restore_InTheMiddle_GoesOnEqual()
    {
        var whole = new CounterRate();
        whole.Convert(At(0, 100), out _);
        var state = new StateWriter();
        whole.Save(state);
        var copy = new CounterRate();
        var reader = new StateReader(state.Written);
        copy.Load(ref reader);
        Assert.That(reader.AtEnd, Is.True);
        Assert.That(copy.Convert(At(10, 120), out var rate), Is.EqualTo(SampleRefusal.None));
        Assert.That(rate.Value, Is.EqualTo(2));
    }

    private static Sample At(double seconds, double value) => new(new((long)(seconds * 1e9)), value);
}
