using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Core.Tests.Detection.Policies;

public sealed class DeviationGateTests
{
    [TestCase(Direction.Both, 120, GateVerdict.Open)]
    [TestCase(Direction.Both, 80, GateVerdict.Open)]
    [TestCase(Direction.Up, 120, GateVerdict.Open)]
    [TestCase(Direction.Up, 80, GateVerdict.WrongDirection)]
    [TestCase(Direction.Down, 120, GateVerdict.WrongDirection)]
    [TestCase(Direction.Down, 80, GateVerdict.Open)]
    [TestCase(Direction.Up, 100, GateVerdict.WrongDirection)]
    [TestCase(Direction.Both, 100, GateVerdict.BelowAbsolute)]
    public void Check_Direction_LetsOnlyItsDeviationsThrough(Direction direction, double value, GateVerdict verdict) =>
        Assert.That(DeviationGate.Check(value, 100, 100, 0, SeriesPolicy.Default with { Direction = direction }), Is.EqualTo(verdict));

    [TestCase(105, 0, GateVerdict.BelowAbsolute)]
    [TestCase(105.1, 0, GateVerdict.BelowRelative)]
    [TestCase(111, 0, GateVerdict.Open)]
    [TestCase(111, 20, GateVerdict.BelowAbsolute)]
    public void Check_SmallDeviation_IsHeldBack(double value, double minScale, GateVerdict verdict)
    {
        var policy = SeriesPolicy.Default with { MinimumAbsoluteDeviation = 5, MinimumRelativeDeviation = 0.1 };
        Assert.That(DeviationGate.Check(value, 100, 100, minScale, policy), Is.EqualTo(verdict));
    }

    // After a shift the forecast is there within a few samples; the level of the last hours is not.
    [TestCase(Direction.Up, GateVerdict.Open)]
    [TestCase(Direction.Down, GateVerdict.WrongDirection)]
    public void Check_ForecastThatFollowedAShift_StillComparesWithTheLevel(Direction direction, GateVerdict verdict) =>
        Assert.That(DeviationGate.Check(150, 150, 100, 0, SeriesPolicy.Default with { Direction = direction }), Is.EqualTo(verdict));

    [Test]
    public void Check_WithoutAForecast_IsUnknownAndWithoutALevelIsNot()
    {
        Assert.That(DeviationGate.Check(1, double.NaN, 5, 0, SeriesPolicy.Default), Is.EqualTo(GateVerdict.Unknown));
        Assert.That(DeviationGate.Check(1, 5, double.NaN, 0, SeriesPolicy.Default), Is.EqualTo(GateVerdict.Open));
    }

    [Test]
    public void Check_UpAndDownTogether_LetThroughWhatBothDoes() => Prop.ForAll(
        ArbMap.Default.ArbFor<(NormalFloat Value, NormalFloat Expected, NormalFloat Level)>(),
        input =>
        {
            bool IsOpen(Direction direction) => DeviationGate.Check(input.Value.Get, input.Expected.Get, input.Level.Get, 1,
                SeriesPolicy.Default with { Direction = direction }) == GateVerdict.Open;
            return IsOpen(Direction.Both) == (IsOpen(Direction.Up) || IsOpen(Direction.Down));
        }).QuickCheckThrowOnFailure();
}
