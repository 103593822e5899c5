using LeptonStream.Alerts;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Habits;

/// <summary>After a hole in the data the values of the hour are expected, not the last level.</summary>
public sealed class HoleTests
{
    [Test]
    public void AHoleOfHours_OnADailyCourse_EndsQuietly([Values(60, 300, 900)] int interval, [Values(3, 9, 26)] int hours,
        [Values(0, 5, 11, 17)] int from)
    {
        var driver = Driver(interval, 8, from);
        driver.Now += TimeSpan.FromHours(hours);
        var returned = driver.Now;
        Further(driver, interval, 1);
        var opened = driver.Events.FindAll(e => e.Type == AlertEventType.Opened && e.DetectedAt > returned);
        Assert.That(opened.Where(e => e.Score >= 1.5).Select(e => $"{e.DetectedAt - returned} {e.English.Summary}"), Is.Empty);
    }

    [Test]
    public void AValueThatIsFarFromThoseOfItsHour_IsToldAfterAHole()
    {
        var driver = Driver(300, 8, 5);
        driver.Now += TimeSpan.FromHours(9);
        var returned = driver.Now;
        Further(driver, 300, 1, more: 400);
        var opened = driver.Events.FindAll(e => e.Type == AlertEventType.Opened && e.DetectedAt > returned);
        Assert.That(opened, Is.Not.Empty);
        Assert.That(opened[0].Expected, Is.EqualTo(Course(driver.Now)).Within(60), "that of the hour");
        Assert.That(opened[0].DetectedAt - returned, Is.LessThan(TimeSpan.FromMinutes(30)));
    }

    private readonly Random _random = new(24);

    private PipelineTestDriver Driver(int interval, int days, int hours)
    {
        var driver = new PipelineTestDriver();
        Further(driver, interval, days);
        for (var i = 0; i < hours * 3600 / interval; i++) Step(driver, interval, 0);
        return driver;
    }

    private void Further(PipelineTestDriver driver, int interval, double hoursOrDays, double more = 0)
    {
        for (var i = 0; i < hoursOrDays * 86_400 / interval; i++) Step(driver, interval, more);
    }

    private void Step(PipelineTestDriver driver, int interval, double more) =>
        driver.Step("m", "requests_per_s", Course(driver.Now + TimeSpan.FromSeconds(interval)) + more + Normal.Sample(_random, 0, 4),
            interval);

    private static double Course(LeptonStream.Samples.Timestamp time) =>
        130 - (100 * Math.Cos(2 * Math.PI * (time.UnixSeconds % 86_400) / 86_400));
}
