using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Core.Tests.Statistics;

public sealed class RecurringRangeTests
{
    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_795_000_000);

    [Test]
    public void Add_WithinReach_WidensAtOnce()
    {
        var range = Usual();
        range.Add(18, reach: 10, After(1));
        Assert.That(range.Width, Is.EqualTo(18));
    }

    [Test]
    public void Add_OneExcursion_LeavesTheWidthAndIsKnownForThreeHours()
    {
        var range = Usual();
        for (var minute = 1; minute <= 60; minute++) range.Add(1e9, reach: 10, After(minute));
        Assert.Multiple(() =>
        {
            Assert.That(range.Width, Is.EqualTo(10));
            Assert.That(range.DistanceTo(1e9, After(200)), Is.Zero);
            Assert.That(range.DistanceTo(1010, After(200)), Is.Zero);
            Assert.That(range.DistanceTo(1010, After(300)), Is.EqualTo(1000));
        });
    }

    [Test]
    public void Add_TwoOccasions_WidensToTheLesserOfBoth([Values] bool isBelow)
    {
        var range = Usual();
        var sign = isBelow ? -1 : 1;
        range.Add(sign * 1e6, reach: 10, After(1));
        range.Add(sign * 500, reach: 10, After(100));
        Assert.That(range.Width, Is.EqualTo(isBelow ? 510 : 500));
    }

    [Test]
    public void Add_WhatLastsForSixHours_IsOrdinary()
    {
        var range = Usual();
        for (var minute = 1; minute < 360; minute += 5) range.Add(700, reach: 10, After(minute));
        Assert.That(range.Width, Is.EqualTo(10));
        range.Add(700, reach: 10, After(361));
        Assert.That(range.Width, Is.EqualTo(700));
    }

    [Test]
    public void Add_WithAGrant_WidensByThatOnceAnOccasion()
    {
        var range = Usual();
        for (var minute = 1; minute <= 15; minute++) range.Add(1e9, reach: 10, After(minute), grant: 50);
        Assert.That(range.Width, Is.EqualTo(60));
    }

    private static RecurringRange Usual()
    {
        var range = default(RecurringRange);
        range.Add(0, reach: double.PositiveInfinity, Start);
        range.Add(10, reach: double.PositiveInfinity, Start);
        return range;
    }

    private static Timestamp After(int minutes) => Start + TimeSpan.FromMinutes(minutes);
}
