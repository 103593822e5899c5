using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class RowCodeTests
{
    private static IEnumerable<sbyte> Codes => Enumerable.Range(-127, 255).Select(code => (sbyte)code);

    [Test]
    public void Of_TheValueOfAnyCode_IsThatCode()
    {
        foreach (var code in Codes)
        {
            Assert.That(RowCode.Of(RowCode.ValueOf(code)), Is.EqualTo(code));
            Assert.That(RowCode.OfCut(RowCode.ValueOf(code)), Is.EqualTo(code));
        }

        Assert.That(RowCode.Of(float.NaN), Is.EqualTo(RowCode.Missing));
        Assert.That(RowCode.ValueOf(RowCode.Missing), Is.NaN);
    }

    [Test]
    public void Of_AnyValueWithinTheSteps_IsOffByHalfAStepAtMost()
    {
        for (var value = -20f; value <= 20; value += 0.001f)
            Assert.That(Math.Abs(RowCode.ValueOf(RowCode.Of(value)) - value), Is.LessThanOrEqualTo((Math.Abs(value) + (1 / 12.0)) / 32));
    }

    [TestCase(20f)]
    [TestCase(1e30f)]
    [TestCase(float.PositiveInfinity)]
    public void Of_AValueFarOut_IsTheLastOne(float value)
    {
        Assert.That(RowCode.Of(value), Is.InRange(126, 127));
        Assert.That(RowCode.Of(-value), Is.EqualTo(-RowCode.Of(value)));
    }

    [Test]
    public void Of_AnyTwoValues_KeepsTheirOrderAndTheirSideOfACut() => Prop.ForAll(
        ArbMap.Default.ArbFor<(short, short, short)>(),
        three =>
        {
            var (first, second, cut) = (three.Item1 / 1000f, three.Item2 / 1000f, three.Item3 / 1000f);
            var (a, b) = (RowCode.Of(first), RowCode.Of(second));
            var inRange = cut > RowCode.ValueOf(-127);
            return (first <= second ? a <= b : a >= b) && (!inRange || (RowCode.ValueOf(a) > cut) == (a > RowCode.OfCut(cut)));
        }).QuickCheckThrowOnFailure();
}
