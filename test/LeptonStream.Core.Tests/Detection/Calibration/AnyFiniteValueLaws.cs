using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Store;
using LeptonStream.Core.Tests.Detectors;

namespace LeptonStream.Core.Tests.Detection.Calibration;

/// <summary>
/// Whatever numbers a producer sends: judging and writing never fail, no score is NaN, and a thousand ordinary samples later it is as if
/// they had not been.
/// </summary>
public sealed class AnyFiniteValueLaws
{
    private const int Ordinary = 1000;

    private static readonly double[] Corners =
    [
        double.MaxValue, double.MinValue, 1.7e308, -1.7e308, 1e300, -1e300, 1e36, -1e36, 3.5e38, 1e18, -1e9, 1e5, 0, -0.0, double.Epsilon,
        -double.Epsilon, 1e-320, 2.2e-308, 1, double.NaN,
        double.PositiveInfinity, double.NegativeInfinity,
    ];

    // Values of a size that ordinary ones do not have: what a series of the usual size did is no accident, and is remembered.
    private static readonly Gen<double> Value = Gen.OneOf(
        Gen.Elements(Corners),
        Gen.Zip(Gen.OneOf(Gen.Choose(-1074, -20), Gen.Choose(20, 1023)), Gen.Elements(-1.0, 1.0)).Select(pair =>
            pair.Item2 * Math.ScaleB(1.37, pair.Item1)));

    private static readonly Gen<double[]> Values = Gen.OneOf(
        Gen.Choose(1, 300).SelectMany(count => Value.ArrayOf(count)),
        // Two values in turn, and one for long.
        Gen.Zip(Gen.Zip(Value, Value), Gen.Choose(1, 150)).Select(input =>
            Enumerable.Range(0, 2 * input.Item2).Select(i => i % 2 == 0 ? input.Item1.Item1 : input.Item1.Item2).ToArray()),
        Gen.Zip(Value, Gen.Choose(1, 300)).Select(input => Enumerable.Repeat(input.Item1, input.Item2).ToArray()));

    private static readonly Gen<double[]> AnyValues = Gen.OneOf(
        Values, ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => value.Get).ArrayOf(400),
        Gen.Choose(0, int.MaxValue).ArrayOf(800).Select(Bits));

    [Test]
    public void Process_AnyNumbers_NeverFailsAndIsForgottenAfterAThousandOrdinarySamples() => Prop.ForAll(
        Gen.Zip(Values, Gen.Elements(60, 300)).ToArbitrary(),
        input => Check(input.Item1, input.Item2)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static void Check(double[] values, int seconds)
    {
        var (fresh, troubled) = (new PipelineTestDriver(), new PipelineTestDriver());
        foreach (var value in values) troubled.Step("m", "x", value, seconds);
        AssertWritable(troubled);
        Assert.That(StateInspection.NotFinite(troubled.Pipeline), Is.Empty);
        var now = troubled.Now;
        fresh.Now = now;
        var usual = Streams.Noise(seed: 11, Ordinary + 40);
        for (var i = 0; i < Ordinary; i++)
        {
            fresh.Step("m", "x", usual[i].Value, seconds);
            troubled.Step("m", "x", usual[i].Value, seconds);
        }

        var (expected, seen) = (fresh.Judged[^1], troubled.Judged[^1]);
        fresh.Events.Clear();
        troubled.Events.Clear();
        for (var i = Ordinary; i < usual.Length; i++)
        {
            fresh.Step("m", "x", usual[i].Value + 30, seconds);
            troubled.Step("m", "x", usual[i].Value + 30, seconds);
        }

        AssertWritable(troubled);
        // An alert that the end of the trouble opened is still open: it is held against what was before, and the step is an update.
        if (seen.IsAlerting) return;
        Assert.Multiple(() =>
        {
            Assert.That(seen.Expected, Is.EqualTo(expected.Expected).Within(3), "expected");
            Assert.That(seen.Upper - seen.Lower, Is.EqualTo(expected.Upper - expected.Lower).Within(50).Percent, "band");
            Assert.That(Opened(troubled), Is.EqualTo(Opened(fresh)), "the step is told");
        });
    }

    // Of ordinary sizes too: these may be remembered, but nothing may break.
    [Test]
    public void Process_AnyFiniteNumbers_LeavesOnlyFiniteNumbersInState() => Prop.ForAll(
        Gen.Zip(AnyValues, Gen.Elements(1, 15, 300, 7200)).ToArbitrary(),
        input =>
        {
            var driver = new PipelineTestDriver();
            foreach (var value in input.Item1) driver.Step("m", "x", value, input.Item2);
            AssertWritable(driver);
            Assert.That(StateInspection.NotFinite(driver.Pipeline), Is.Empty);
            for (var i = 0; i < 200; i++) driver.Step("m", "x", 100 + (i % 7), input.Item2);
            AssertWritable(driver);
            Assert.That(StateInspection.NotFinite(driver.Pipeline), Is.Empty, "later");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static int Opened(PipelineTestDriver driver) => driver.Events.Count(e => e.Type == AlertEventType.Opened);

    private static void AssertWritable(PipelineTestDriver driver)
    {
        foreach (var judged in driver.Judged)
            Assert.That(double.IsFinite(judged.Score), Is.True, $"score {judged.Score} of {judged.Sample.Value}");
        foreach (var told in driver.Events) Assert.That(AlertEventJson.Write(told), Is.Not.Empty);
    }

    // Any 64 bits at all.
    private static double[] Bits(int[] halves) =>
        [.. halves.Chunk(2).Select((pair, i) => BitConverter.Int64BitsToDouble(((long)pair[0] << 33) ^ ((long)pair[1] << 1) ^ (i % 2 == 0
            ? long.MinValue
            : 0)))];
}
