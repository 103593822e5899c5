using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Series;
using LeptonStream.State;
using MathNet.Numerics.Statistics;

namespace LeptonStream.Core.Tests.Series;

public sealed class RollingWindowTests
{
    [Test]
    public void Statistics_AfterEveryPush_EqualThoseOfTheLastValues() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, double[])>().Filter(x => x.Item2 is not null),
        input =>
        {
            var window = new RollingWindow(2 + (input.Item1 % 40));
            var values = input.Item2.Where(v => v == 0 || (double.IsFinite(v) && Math.Abs(v) is > 1e-100 and < 1e100)).Concat(Enumerable.Range(0, 60).Select(i => (i * 7919 % 101) / 3.0)).ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                window.Push(values[i]);
                var last = values[Math.Max(0, i + 1 - window.Capacity)..(i + 1)];
                if (!Agrees(window, last)) return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Variance_FarFromZeroAfterMillionsOfPushes_KeepsNineDigits()
    {
        var window = new RollingWindow(360);
        var random = new Random(11);
        var last = new double[360];
        for (var i = 0; i < 3_000_000; i++)
        {
            var value = 1e9 + random.NextDouble();
            last[i % 360] = value;
            window.Push(value);
        }

        var mean = last.Average();
        var variance = last.Sum(v => (v - mean) * (v - mean)) / last.Length;
        Assert.That(window.Variance, Is.EqualTo(variance).Within(1e-9 * variance));
        Assert.That(window.Mean, Is.EqualTo(mean).Within(1e-15 * mean));
    }

    [Test]
    public void Variance_AfterAnOutlierHasLeft_IsExactAgain()
    {
        var window = new RollingWindow(50);
        for (var i = 0; i < 200; i++) window.Push(i == 100 ? 1e15 : 3 + (i % 2));
        Assert.That(window.Variance, Is.EqualTo(0.25).Within(1e-12));
    }

    [Test]
    public void Variance_AfterAHugeOutlierHasLeftAQuietWindow_KeepsSixDigits()
    {
        var window = new RollingWindow(120);
        var values = Enumerable.Range(0, 300).Select(i => i == 100 ? 1e9 : 0.1 * (i * 7919 % 101)).ToArray();
        foreach (var value in values) window.Push(value);
        Assert.That(window.StandardDeviation, Is.EqualTo(values[180..].PopulationStandardDeviation()).Within(1e-6));
    }

    [Test]
    public void Variance_OfOneValueRepeated_IsZeroNotNegative()
    {
        var window = new RollingWindow(60);
        for (var i = 0; i < 500; i++) window.Push(0.1);
        Assert.That(window.Variance, Is.Zero);
        Assert.That(window.MedianAbsoluteDeviation(), Is.Zero);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Push_OfNoFiniteValue_IsRefused(double value) =>
        Assert.That(() => new RollingWindow(5).Push(value), Throws.ArgumentException.With.Message.Contains("finite"));

    [Test]
    public void Restore_InTheMiddle_GoesOnBitEqual()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 4000).Select(_ => random.NextDouble() * 1e6).ToArray();
        var whole = new RollingWindow(37);
        foreach (var value in values[..1234]) whole.Push(value);
        var state = new StateWriter();
        whole.Save(state);
        var copy = new RollingWindow(37);
        var reader = new StateReader(state.Written);
        copy.Load(ref reader);
        foreach (var value in values[1234..])
        {
            whole.Push(value);
            copy.Push(value);
            Assert.That(BitConverter.DoubleToInt64Bits(copy.Variance), Is.EqualTo(BitConverter.DoubleToInt64Bits(whole.Variance)));
        }
    }

    private static bool Agrees(RollingWindow window, double[] last)
    {
        var median = Middle(last);
        var spread = Math.Max(last.Max() - last.Min(), 1e-300);
        var tolerance = 1e-9 * Math.Max(spread, last.Max(Math.Abs) * 1e-6);
        return window.Count == last.Length
            && window.Minimum == last.Min()
            && window.Maximum == last.Max()
            && window.Last == last[^1]
            && window[last.Length - 1] == last[0]
            && window.Median == median
            && Math.Abs(window.MedianAbsoluteDeviation() - Middle([.. last.Select(v => Math.Abs(v - median))])) <= tolerance
            && Math.Abs(window.Mean - last.Mean()) <= tolerance
            && Math.Abs(window.StandardDeviation - last.PopulationStandardDeviation()) <= 1e-6 * spread
            && window.Quantile(0) == last.Min() && window.Quantile(1) == last.Max();
    }

    private static double Middle(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
