using System.Globalization;
using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Alerting.Muting;

/// <summary>The calendar of time intervals, by the clock on the wall of their zone.</summary>
public sealed class TimeIntervalTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [TestCase("2026-03-02T08:59:59Z", false)]
    [TestCase("2026-03-02T09:00:00Z", true)]
    [TestCase("2026-03-02T16:59:59Z", true)]
    [TestCase("2026-03-02T17:00:00Z", false, Description = "the last minute is outside")]
    [TestCase("2026-03-01T10:00:00Z", false, Description = "a Sunday")]
    public void Contains_BusinessHours_IsWithinTheTimesOfThoseDays(string time, bool isInside) =>
        Assert.That(Contains(new() { Minutes = [new(540, 1020)], Weekdays = [new(1, 5)] }, time), Is.EqualTo(isInside));

    [Test]
    public void Contains_UntilMidnight_HoldsInTheLastMinute() =>
        Assert.That(Contains(new() { Minutes = [new(1380, 1440)] }, "2026-03-02T23:59:59Z"), Is.True);

    [TestCase("2026-02-28T12:00:00Z", true)]
    [TestCase("2026-02-26T12:00:00Z", true)]
    [TestCase("2026-02-25T12:00:00Z", false)]
    [TestCase("2028-02-29T12:00:00Z", true, Description = "a leap year")]
    [TestCase("2026-03-31T12:00:00Z", true, Description = "a month that summer time makes an hour shorter")]
    public void Contains_DaysCountedFromTheEndOfTheMonth_AreThoseOfThatMonth(string time, bool isInside) =>
        Assert.That(Contains(new() { DaysOfMonth = [new(-3, -1)], Location = Berlin }, time), Is.EqualTo(isInside));

    [TestCase("2026-02-28T12:00:00Z", 30, 31, false, Description = "begins behind the month's end, does not reach into it")]
    [TestCase("2026-02-28T12:00:00Z", 28, 31, true)]
    [TestCase("2026-02-01T12:00:00Z", -31, -28, true, Description = "begins before the month")]
    [TestCase("2026-04-15T12:00:00Z", 15, -1, true)]
    public void Contains_DaysBeyondAShortMonth_AreCutOff(string time, int first, int last, bool isInside) =>
        Assert.That(Contains(new() { DaysOfMonth = [new(first, last)] }, time), Is.EqualTo(isInside));

    // The clock goes from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on 2026-10-25.
    [TestCase("2026-03-29T00:59:59Z", false)]
    [TestCase("2026-03-29T01:00:00Z", false, Description = "it is 03:00: the hour from 02:00 never comes")]
    [TestCase("2026-10-25T00:30:00Z", true, Description = "02:30 for the first time")]
    [TestCase("2026-10-25T01:30:00Z", true, Description = "02:30 for the second time")]
    [TestCase("2026-10-25T02:00:00Z", false, Description = "03:00")]
    [TestCase("2026-07-01T00:30:00Z", true)]
    [TestCase("2026-01-01T00:30:00Z", false, Description = "01:30 in winter")]
    public void Contains_TimeZoneWithSummerTime_FollowsItsClock(string time, bool isInside) =>
        Assert.That(Contains(new() { Minutes = [new(120, 180)], Location = Berlin }, time), Is.EqualTo(isInside));

    [Test]
    public void Contains_ZoneWhereItIsAnotherDay_TakesThatDay()
    {
        var period = new TimePeriod
        {
            Weekdays = [new(1, 1)],
            Months = [new(3, 3)],
            Years = [new(2026, 2026)],
            Location = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
        };

        Assert.That((Contains(period, "2026-03-01T15:59:59Z"), Contains(period, "2026-03-01T16:00:00Z")), Is.EqualTo((false, true)));
    }

    [Test]
    public void Contains_SeveralPeriods_HoldsInAny()
    {
        var interval = new TimeInterval("x", [new() { Months = [new(1, 1)] }, new() { Months = [new(12, 12)] }]);

        Assert.That(new[] { "2026-01-05T00:00:00Z", "2026-06-05T00:00:00Z", "2026-12-05T00:00:00Z" }.Select(time =>
            interval.Contains(At(time))), Is.EqualTo(new[] { true, false, true }));
    }

    [Test]
    public void Contains_PeriodWithoutFields_IsAlways() => Assert.That(Contains(new(), "2026-06-05T00:00:00Z"), Is.True);

    private static bool Contains(TimePeriod period, string time) => new TimeInterval("x", [period]).Contains(At(time));

    private static Timestamp At(string time) => Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));
}
