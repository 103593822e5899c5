using LeptonStream.Alerts;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

/// <summary>An open alert ends when values are what they were at this hour of other days, and not before.</summary>
public sealed class WayBackTests
{
    private const int Day = 86_400;
    private const int Hour = 3_600;

    private Random _random = null!;
    private PipelineTestDriver _driver = null!;
    private double _seconds;

    [Test]
    public void TroubleOnADailyCourse_EndsWithItAndNotBefore(
        [Values(0, 3, 7, 11, 15, 19, 22)] int hour, [Values(-30, 30)] double trouble)
    {
        Begin(1);
        double Usual() => 100 + (30 * Math.Sin(2 * Math.PI * _seconds / Day));
        Run((9 * Day) + (hour * Hour) + 1200, Usual, 60);
        var before = _driver.Events.Count;
        Run(5 * Hour, () => Usual() + trouble, 60);
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1), "while it goes on");
        Run(Hour, Usual, 60);
        Assert.That(_driver.OpenAlerts, Is.Empty, "an hour after its end");
        Run(12 * Hour, Usual, 60);
        Assert.That(_driver.Events.Skip(before).Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(1));
    }

    // The forecast follows it from sample to sample.
    [Test]
    public void ALeak_IsOneAlertUntilTheRestart([Values(1, 2, 4, 8)] double sigmasAnHour, [Values(1, 2, 3)] int seed)
    {
        Begin(seed);
        Run(3 * Day, () => 100, 15);
        var since = _seconds;
        Run(Day / 2, () => 100 + (3 * sigmasAnHour * (_seconds - since) / Hour), 15);
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1), "while it goes on");
        Run(Hour, () => 100, 15);
        Assert.That(_driver.OpenAlerts, Is.Empty, "an hour after the restart");
    }

    // A leak that was accepted, or that nobody saw: its end may be an alert, but not for good.
    [Test]
    public void AReturnToWhatTheHoursKnow_IsOverSoon([Values(1, 2, 3)] int seed)
    {
        Begin(seed);
        Run(3 * Day, () => 100, 15);
        var since = _seconds;
        Run(36 * Hour, () => 100 + (6 * (_seconds - since) / Hour), 15);
        Run(6 * Hour, () => 100, 15);
        Assert.That(_driver.OpenAlerts, Is.Empty);
    }

    [Test]
    public void ABurstOfNoise_LeavesNoAlert([Range(1, 24)] int seed)
    {
        Begin(seed);
        Run(3 * Day, () => 100, 15);
        Run(360, () => 100, 15, sigma: 18);
        Run(6 * Hour, () => 100, 15);
        Assert.That(_driver.OpenAlerts, Is.Empty);
    }

    private void Begin(int seed) => (_driver, _random, _seconds) = (new(), new(seed), 0);

    private void Run(int seconds, Func<double> mean, int step, double sigma = 3)
    {
        for (var at = step; at <= seconds; at += step)
        {
            _seconds += step;
            _driver.Step("m", "x", Normal.Sample(_random, mean(), sigma), step);
        }
    }
}
