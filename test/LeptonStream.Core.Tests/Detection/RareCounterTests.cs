using LeptonStream.Alerts;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>A counter that hardly ever moves: one count more or less is no news, however rare, and a rate that has risen is.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RareCounterTests
{
    private const double ADay = 2.5;
    private const int Day = 5760;

    private readonly PipelineTestDriver _driver = new();
    private double _count;

    [Test]
    public void Process_SomeCountsADay_TellsNothing([Values(7, 8, 9)] int seed)
    {
        Run(ADay, 30, new(seed));
        Assert.That(Opened(), Is.Empty);
    }

    [Test]
    public void Process_RateThatRises_IsToldWithinTheHour([Values(30, 60)] double anHour)
    {
        var random = new Xoshiro256StarStar(1);
        Run(ADay, 10, random);
        var (before, rise) = (Opened().Length, _driver.Now);
        Run(anHour * 24, 1, random);
        var told = Opened()[before..];
        Assert.That(told, Is.Not.Empty);
        Assert.That((told[0].DetectedAt - rise).TotalHours, Is.LessThanOrEqualTo(1));
    }

    private void Run(double countsADay, int days, Xoshiro256StarStar random)
    {
        for (var i = 0; i < days * Day; i++)
            _driver.Step("m", "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL", _count += Poisson.Sample(random, countsADay / Day), seconds: 86_400 / Day);
    }

    private AlertEvent[] Opened() => [.. _driver.Events.Where(e => e.Type == AlertEventType.Opened)];
}
