using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Series;
using LeptonStream.Testing;
using MathNet.Numerics.Statistics;

namespace LeptonStream.Core.Tests.Series;

public sealed class RollingWindowTests
{
    [Test]
    public void Statistics_AfterEveryPush_EqualThoseOfTheLastValues() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, double[])>().Filter(x => x.Item2 is not null),
        input =>
        {
            var window = New(2 + (input.Item1 % 40));
            var values = input.Item2.Where(v => v == 0 || (double.IsFinite(v) && Math.Abs(v) is > 1e-30 and < 1e30))
                .Concat(Enumerable.Range(0, 60).Select(i => (i * 7919 % 101) / 3.0)).ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                window.Push(values[i]);
                var last = values[Math.Max(0, i + 1 - window.Capacity)..(i + 1)];
                // 24 bits of the distance from an anchor that lies among the values so far.
                if (!Agrees(window, last, 2.5e-7 * values[..(i + 1)].Max(Math.Abs))) return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [TestCase(60, 7)]
    [TestCase(360, 97)]
    public void MeanAndVariance_FarFromZeroAfterAMillionPushes_KeepNineDigits(int capacity, int every)
    {
        // In steps of 2⁻¹², so that 24 bits of the spread hold even outliers exactly.
        var errors = WindowDrift.Measure(1_000_000, capacity, every, steps: 4096);
        Assert.That(errors.Mean, Is.LessThan(1e-15));
        Assert.That(errors.Variance, Is.LessThan(1e-9));
        Assert.That(errors.IsSound);
        Assert.That(errors.Comparisons, Is.GreaterThan(10_000 / every * 90));
    }

    [TestCase(60, 7)]
    [TestCase(360, 97)]
    public void Variance_OfValuesOfAnyDigits_IsThatOfTheValuesHeld(int capacity, int every)
    {
        var errors = WindowDrift.Measure(1_000_000, capacity, every, steps: 1 << 23);
        Assert.That(errors.Mean, Is.LessThan(1e-12));
        Assert.That(errors.Sums, Is.LessThan(1e-9));
        Assert.That(errors.Variance, Is.LessThan(2.5e-7));
        Assert.That(errors.IsSound);
        Assert.That(errors.Comparisons, Is.GreaterThan(10_000 / every * 90));
    }

    [Test]
    public void Values_OfAWindowThatHasMovedFarAway_KeepTheDigitsOfTheirSpread()
    {
        var window = New(50);
        for (var i = 0; i < 5000; i++) window.Push(i < 100 ? 0 : 1e9 + (i % 7));
        for (var back = 0; back < 50; back++) Assert.That(window[back], Is.EqualTo(1e9 + ((4999 - back) % 7)).Within(1e-5));
        Assert.That(window.Median, Is.EqualTo(1e9 + 3).Within(1e-5));
    }

    [Test]
    public void Variance_AfterAnOutlierHasLeft_IsExactAgain()
    {
        var window = New(50);
        for (var i = 0; i < 200; i++) window.Push(i == 100 ? 1e15 : 3 + (i % 2));
        Assert.That(window.Variance, Is.EqualTo(0.25).Within(1e-12));
    }

    [Test]
    public void Variance_AfterAHugeOutlierHasLeftAQuietWindow_KeepsSixDigits()
    {
        var window = New(120);
        var values = Enumerable.Range(0, 300).Select(i => i == 100 ? 1e9 : 0.1 * (i * 7919 % 101)).ToArray();
        foreach (var value in values) window.Push(value);
        Assert.That(window.StandardDeviation, Is.EqualTo(values[180..].PopulationStandardDeviation()).Within(1e-6));
    }

    [Test]
    public void Variance_OfOneValueRepeated_IsZeroNotNegative()
    {
        var window = New(60);
        for (var i = 0; i < 500; i++) window.Push(0.1);
        Assert.That(window.Variance, Is.Zero);
        Assert.That(window.MedianAbsoluteDeviation(), Is.Zero);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Push_OfNoFiniteValue_IsRefused(double value) =>
        Assert.That(() => New(5).Push(value), Throws.ArgumentException.With.Message.Contains("finite"));

    [Test]
    public void Copy_OfTheBytes_GoesOnBitEqual()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 4000).Select(_ => random.NextDouble() * 1e6).ToArray();
        var memory = new byte[RollingWindow.BytesFor(37)];
        var whole = new RollingWindow(memory);
        foreach (var value in values[..1234]) whole.Push(value);
        var copy = new RollingWindow([.. memory]);
        foreach (var value in values[1234..])
        {
            whole.Push(value);
            copy.Push(value);
            Assert.That(BitConverter.DoubleToInt64Bits(copy.Variance), Is.EqualTo(BitConverter.DoubleToInt64Bits(whole.Variance)));
        }
    }

    private static RollingWindow New(int capacity) => new(new byte[RollingWindow.BytesFor(capacity)]);

    private static bool Agrees(RollingWindow window, double[] last, double tolerance)
    {
        var median = Middle(last);
        return window.Count == last.Length
            && Near(window.Minimum, last.Min())
            && Near(window.Maximum, last.Max())
            && Near(window.Last, last[^1])
            && Near(window[last.Length - 1], last[0])
            && Near(window.Median, median)
            && Near(window.MedianAbsoluteDeviation(), Middle([.. last.Select(v => Math.Abs(v - median))]))
            && Near(window.Mean, last.Mean())
            && Near(window.StandardDeviation, last.PopulationStandardDeviation())
            && Near(window.Quantile(0), last.Min()) && Near(window.Quantile(1), last.Max());

        bool Near(double seen, double expected) => Math.Abs(seen - expected) <= tolerance;
    }

    private static double Middle(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
