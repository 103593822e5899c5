using LeptonStream.Detection.Calendars;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Calendars;

public sealed class DayCalendarTests
{
    [Test]
    public void Covers_SpansThatOverlapTouchAndAreEmpty_IsWhatAnyOfThemCovers([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        CalendarSpan[] spans = [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(200)).Select(from =>
            new CalendarSpan(Timestamp.FromUnixSeconds(from), Timestamp.FromUnixSeconds(from + random.Next(-3, 20)), from / 50))];
        var calendar = new DayCalendar("c", spans);

        for (var second = -5; second < 240; second++)
        {
            var time = Timestamp.FromUnixSeconds(second);
            Assert.That(calendar.Covers(time), Is.EqualTo(spans.Any(span => span.From <= time && time < span.Until)), $"{second}");
        }

        Assert.That(new DayCalendar("c", spans.Reverse()).Covers(Timestamp.FromUnixSeconds(7)), Is.EqualTo(
            calendar.Covers(Timestamp.FromUnixSeconds(7))));
    }

    [Test]
    public void Load_WhatSaveWrote_IsEqual()
    {
        var calendar = new DayCalendar("holidays", [Day(5, 3), Day(1, 6), Day(5, 2)]);
        var state = new StateWriter();
        calendar.Save(state);
        var reader = new StateReader(state.Written);
        var copy = DayCalendar.Load(ref reader);
        reader.End();
        Assert.That(copy, Is.EqualTo(calendar));
        Assert.That(copy, Is.Not.EqualTo(new DayCalendar("holidays", [Day(5, 3)])).And.Not.EqualTo(new DayCalendar("h", calendar.Spans)));
    }

    // 2026-11-18 is a Wednesday: three days after a Sunday, four after a Saturday.
    [TestCase(DayOfWeek.Sunday, 3)]
    [TestCase(DayOfWeek.Saturday, 4)]
    [TestCase(DayOfWeek.Thursday, 6)]
    [TestCase(DayOfWeek.Wednesday, 0)]
    public void At_ADayOfTheCalendar_IsTheSameHourOfTheLastSuchDay(DayOfWeek like, int daysBefore)
    {
        var day = Timestamp.FromDateTimeOffset(new(2026, 11, 18, 0, 0, 0, TimeSpan.Zero));
        var holiday = new DayLike(new("h", [new(day, day + TimeSpan.FromDays(1), (int)DayOfWeek.Wednesday)]), like);
        var noon = day + TimeSpan.FromHours(12);
        Assert.That(holiday.At(noon), Is.EqualTo(noon - TimeSpan.FromDays(daysBefore)));
        Assert.That(holiday.At(noon + TimeSpan.FromDays(1)), Is.EqualTo(noon + TimeSpan.FromDays(1)));
    }

    private static CalendarSpan Day(int number, int weekday) => new(Timestamp.FromUnixSeconds(86_400L * number),
        Timestamp.FromUnixSeconds(86_400L * (number + 1)), weekday);
}
