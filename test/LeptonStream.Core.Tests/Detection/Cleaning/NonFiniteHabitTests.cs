using LeptonStream.Detection.Cleaning;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Cleaning;

/// <summary>Stretches without numbers: an incident hides no other, and what comes again and again is usual.</summary>
public sealed class NonFiniteHabitTests
{
    // A Monday.
    private static readonly Timestamp Start = Timestamp.FromDateTimeOffset(new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));

    [TestCase(9)]
    [TestCase(0)]
    public void OnNonFinite_IncidentsOfHoursInThreeWeeks_AreEachReportedWithinAnHour(int hour)
    {
        var reports = Reports([(0, hour, 12), (5, hour, 20), (11, hour, 20), (18, hour, 20)]);
        Assert.That(reports, Is.All.InRange(0, 60));
    }

    [Test]
    public void OnNonFinite_NightsAndWeekendsWithoutTraffic_AreUsualFromTheThirdOn([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        var nights = Enumerable.Range(0, 42).Where(day => day % 7 < 5)
            .Select(day => (day, 20 + (1.5 * random.NextDouble()), (day % 7 == 4 ? 60 : 12) - (3 * random.NextDouble()))).ToArray();
        var reports = Reports(nights);
        var told = nights.Zip(reports).Where(pair => pair.Second >= 0).Select(pair => pair.First.day);
        Assert.That(told, Is.EqualTo(new[] { 0, 1, 4, 11 }));
    }

    [Test]
    public void OnNonFinite_GapsOfAnyHour_AreUsualAfterFewReports([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        var gaps = Enumerable.Range(0, 60).Select(half => (half / 2, (12.0 * (half % 2)) + (8 * random.NextDouble()),
            0.1 + (2.9 * random.NextDouble()))).ToArray();
        var reports = Reports(gaps);
        Assert.That(reports[0], Is.Zero, "the first");
        Assert.That(reports.Count(minutes => minutes >= 0), Is.LessThanOrEqualTo(5));
    }

    [Test]
    public void OnNonFinite_ANightThatDoesNotEnd_IsReportedFourHoursLater()
    {
        var reports = Reports([.. Enumerable.Range(0, 10).Select(day => (day, 20.0, day == 9 ? 40.0 : 10.0))]);
        Assert.That(reports[^1], Is.InRange(14 * 60, (14 * 60) + 2));
    }

    [Test]
    public void OnNonFinite_AfterAWeekOfNumbers_IsUnusualAgain() =>
        Assert.That(Reports([(0, 0, 0.2), (1, 0, 0.2), (8.1, 0, 0.2)]), Is.EqualTo(new[] { 0, -1, 0 }));

    // For each stretch, after how many minutes it was unusual; −1 where it never was.
    private static int[] Reports((double Day, double Hour, double Hours)[] stretches) => Reports([.. stretches.Select(one =>
        ((int)Math.Round((one.Day * 1440) + (60 * one.Hour)), (int)Math.Round(60 * one.Hours)))]);

    private static int[] Reports((int Day, double Hour, double Hours)[] stretches) =>
        Reports([.. stretches.Select(one => ((double)one.Day, one.Hour, one.Hours))]);

    private static int[] Reports((int From, int Minutes)[] stretches)
    {
        var habit = default(NonFiniteHabit);
        var reports = new List<int>();
        foreach (var (from, minutes) in stretches)
        {
            var first = -1;
            for (var minute = 0; minute < minutes; minute++)
                if (habit.OnNonFinite(Start + TimeSpan.FromMinutes(from + minute), isKnown: true) && first < 0) first = minute;
            habit.OnNumber(Start + TimeSpan.FromMinutes(from + minutes));
            reports.Add(first);
        }

        return [.. reports];
    }
}
