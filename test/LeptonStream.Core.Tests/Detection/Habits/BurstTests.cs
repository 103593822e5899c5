using LeptonStream.Alerts;
using LeptonStream.Detection.Habits;
using LeptonStream.Samples;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Habits;

/// <summary>A burst that comes at its hour is known from the fourth day on, or from the third week; its absence is an alert.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class BurstTests
{
    [Test]
    public void ADailyBurst_IsQuietFromTheFourthDayOnAndMissedWhenItFailsToCome([Range(1, 24)] int seed) =>
        Check(new(seed, isWeekly: false));

    [Test]
    public void AWeeklyBurst_IsQuietFromTheThirdWeekOnAndMissedWhenItFailsToCome([Range(1, 8)] int seed) =>
        Check(new(seed, isWeekly: true));

    [Test]
    public void ABurstOfWorkingDays_IsNotMissedAtTheWeekend()
    {
        var driver = new PipelineTestDriver();
        var random = new Random(3);
        for (var minute = 0; minute < 23 * 1440; minute++)
        {
            var (day, at) = (minute / 1440, minute % 1440);
            // The first day is a Friday.
            var comes = (day + 4) % 7 < 5 && at is >= 780 and < 800;
            driver.Step("m", "jobs", (comes ? 90 : 5) + random.NextDouble());
        }

        Assert.That(driver.Events.Where(e => e.Detectors[0].Name == BurstBook.RuleName).Select(e => $"{e.DetectedAt}"), Is.Empty);
        var known = driver.Events.FindAll(e => e.Type == AlertEventType.Opened && e.DetectedAt - driver.Now > TimeSpan.FromDays(-9));
        Assert.That(known.Select(e => $"{e.DetectedAt} {e.English.Summary}"), Is.Empty);
    }

    [Test]
    public void ABurstThatGrowsFarBeyondItself_IsToldThoughItIsKnown()
    {
        var (driver, random) = (new PipelineTestDriver(), new Random(4));
        Days(driver, random, 6, _ => 90);
        var known = driver.Events.Count;
        Days(driver, random, 1, _ => 400);
        Assert.That(driver.Events.Skip(known).Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened));
    }

    [Test]
    public void AHoleAtItsHour_IsNoMissedBurst()
    {
        var (driver, random) = (new PipelineTestDriver(), new Random(5));
        Days(driver, random, 8, _ => 90);
        var known = driver.Events.Count;
        Days(driver, random, 1, minute => minute is > 700 and < 860 ? double.NaN : 90);
        Days(driver, random, 1, _ => 90);
        Assert.That(driver.Events.Skip(known).Select(e => $"{e.DetectedAt} {e.English.Summary}"), Is.Empty);
    }

    [Test]
    public void AMissedBurst_EndsWhenItComesAgainAndIsSaidInBothLanguages()
    {
        var (driver, random) = (new PipelineTestDriver(), new Random(6));
        Days(driver, random, 8, _ => 90);
        Days(driver, random, 1, _ => 5);
        Days(driver, random, 1, _ => 90);

        var missed = driver.Events.FindAll(e => e.AlertId == driver.Events.First(o => o.Detectors[0].Name == BurstBook.RuleName).AlertId);
        Assert.That(missed.Select(e => (e.Type, e.EndedReason)), Is.EqualTo(new (AlertEventType, EndedReason?)[]
            { (AlertEventType.Opened, null), (AlertEventType.Resolved, EndedReason.Accepted) }).Or.EqualTo(
            new (AlertEventType, EndedReason?)[] { (AlertEventType.Opened, null), (AlertEventType.Resolved, EndedReason.Recovered) }));
        Assert.That(missed[0].Severity, Is.EqualTo(AlertSeverity.Warning));
        Assert.That(missed[0].English.Summary, Does.Contain("lacks its daily burst: about 9"));
        Assert.That(missed[0].Chinese.Summary, Does.Contain("每日"));
    }

    // It stood still before the hour of the burst: that hour neither ends nor hides it, and no day makes it the usual level.
    [Test]
    public void AFrozenSensor_StaysOpenThroughTheHourOfAKnownBurst()
    {
        var (driver, random) = (new PipelineTestDriver(), new Random(7));
        Days(driver, random, 10, _ => 90);
        for (var minute = 0; minute < 3 * 1440; minute++) driver.Step("m", "cpu", 5.5);
        var alert = driver.Events.FindLast(e => e.Type == AlertEventType.Opened)!;
        Assert.That(alert.Detectors[0].Name, Is.EqualTo("frozen-value"));
        Assert.That(driver.Events.Where(e => e.AlertId == alert.AlertId && e.Type == AlertEventType.Resolved), Is.Empty);
    }

    // A backup that hangs: news from half as long again as it ever lasted, and the next one is no news.
    [Test]
    public void AKnownBurstThatDoesNotEnd_IsAnAlert(
        [Values(3, 15, 60)] int minutes, [Values(15, 60, 300)] int seconds, [Values(-80, 90)] int height)
    {
        var (driver, random) = (new PipelineTestDriver(), new Random(8));
        for (var day = 0; day < 8; day++) Day(minutes);
        var known = driver.Events.Count;
        Day(480);
        var due = TimeSpan.FromMinutes(Math.Max(1.5 * minutes, minutes + 5) + 15) + TimeSpan.FromSeconds(4 * seconds);
        var told = driver.Events.Skip(known).ToList();
        var opened = told.Find(e => e.Type == AlertEventType.Opened);
        Assert.That(opened, Is.Not.Null);
        Assert.That(opened!.DetectedAt - driver.Now, Is.LessThan(due - TimeSpan.FromHours(11)));
        known = driver.Events.Count;
        Day(minutes);
        Assert.That(driver.Events.Skip(known).Where(e => e.Type == AlertEventType.Opened).Select(e => e.English.Summary), Is.Empty);

        void Day(int lasting)
        {
            for (var at = 0; at < 86_400; at += seconds)
            {
                var comes = at >= 46_800 && at < 46_800 + (60 * lasting);
                driver.Step("m", "cpu", 100 + (comes ? height : 0) + Normal.Sample(random, 0, 3), seconds);
            }
        }
    }

    private static void Days(PipelineTestDriver driver, Random random, int days, Func<int, double> burst)
    {
        for (var minute = 0; minute < days * 1440; minute++)
        {
            var at = minute % 1440;
            var value = burst(at);
            if (double.IsNaN(value)) driver.Now += TimeSpan.FromMinutes(1);
            else driver.Step("m", "cpu", (at is >= 780 and < 800 ? value : 5) + random.NextDouble());
        }
    }

    private static void Check(BurstStream stream)
    {
        var driver = new PipelineTestDriver();
        var begin = driver.Now + TimeSpan.FromSeconds(stream.Interval);
        for (var i = 0; i < stream.Samples; i++) driver.Step("m", "x", stream.At(i), stream.Interval);

        var opened = driver.Events.FindAll(e => e.Type == AlertEventType.Opened);
        var missed = opened.FindAll(e => e.Detectors[0].Name == BurstBook.RuleName);
        Assert.That(missed.Select(e => DayOf(e.DetectedAt)), Is.EqualTo(new[] { stream.Missed }), $"{stream}");
        var late = missed[0].DetectedAt - (begin + TimeSpan.FromHours((24 * stream.Missed) + stream.Hour));
        Assert.That(late, Is.LessThan(TimeSpan.FromMinutes(30)), $"{stream}");
        // Beside a burst noise may cross the line as at any other time: no event of the burst is below twice the line.
        var known = opened.Except(missed).Where(e => DayOf(e.DetectedAt) >= stream.KnownFrom && stream.IsNear(Seconds(e.DetectedAt))
            && e.Score >= 1.5);
        Assert.That(known.Select(e => $"{Seconds(e.DetectedAt) / 86_400:F3} {e.English.Summary}"), Is.Empty, $"{stream}");

        double Seconds(Timestamp time) => (time - begin).TotalSeconds;
        int DayOf(Timestamp time) => (int)(Seconds(time) / 86_400);
    }
}
