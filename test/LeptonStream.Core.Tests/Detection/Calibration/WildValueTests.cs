using LeptonStream.Alerts;

namespace LeptonStream.Core.Tests.Detection.Calibration;

/// <summary>One wild value, or one real incident, must not hide those that come later; nor must the first values of a series.</summary>
public sealed class WildValueTests
{
    private const int Seconds = 60;
    private const int Day = 1440;
    private const int Incidents = 8;

    [TestCase(1e3)]
    [TestCase(1e4)]
    [TestCase(1e5)]
    [TestCase(1e9)]
    [TestCase(-1e9)]
    [TestCase(1e36)]
    [TestCase(1e300)]
    public void Process_IncidentsAfterOneWildSample_AreAllTold(double wild) =>
        AssertAllTold(() => Gauge(1), (3 * Day) + 17, (2 * Day, 1, wild), 120);

    [Test]
    public void Process_IncidentsAfterALargerOne_AreAllTold([Values(5, 20, 50, 59)] int length, [Values(1e3, 1e4, 1e6)] double height) =>
        AssertAllTold(() => Gauge(2), 3 * Day, (2 * Day, length, height), 120);

    [Test]
    public void Process_IncidentsOfAQueueAfterALargeOne_AreAllTold()
    {
        static Func<double> Queue()
        {
            var random = new Random(3);
            return () => random.Next(3, 10);
        }

        AssertAllTold(Queue, 3 * Day, (2 * Day, 30, 10_000), 60);
    }

    [TestCase(0)]
    [TestCase(1e9)]
    [TestCase(-1e300)]
    public void Process_IncidentsAfterAWildFirstValue_AreAllTold(double first) =>
        AssertAllTold(() => Gauge(4), Day + 60, (0, 1, first), 120);

    [TestCase(1)]
    [TestCase(3600)]
    public void Process_AfterAWildFirstInterval_TellsAsIfItHadBeenOrdinary(int seconds)
    {
        var usual = Onset(first: 15);
        Assert.That(Onset(first: seconds), Is.EqualTo(usual));

        int Onset(int first)
        {
            var gauge = Gauge(5);
            var driver = new PipelineTestDriver();
            for (var i = 0; i < 7000; i++) driver.Step("m", "x", gauge(), i == 1 ? first : 15);
            driver.Events.Clear();
            for (var i = 0; i < 100; i++)
            {
                driver.Step("m", "x", 130, 15);
                if (driver.Events.Exists(e => e.Type == AlertEventType.Opened)) return i;
            }

            return -1;
        }
    }

    // Eight incidents of twenty minutes, eight hours apart, are each told by themselves, as they are where nothing came before.
    private static void AssertAllTold(Func<Func<double>> usual, int begin, (int At, int Length, double Value) wild, double rise)
    {
        var without = Told(usual(), begin, default, rise);
        var with = Told(usual(), begin, wild, rise);
        Assert.That(with, Is.GreaterThanOrEqualTo(without).And.GreaterThanOrEqualTo(Incidents - 2), $"{without} without it");
    }

    private static int Told(Func<double> usual, int begin, (int At, int Length, double Value) wild, double rise)
    {
        var driver = new PipelineTestDriver();
        var told = 0;
        for (var i = 0; i < begin; i++)
            driver.Step("m", "x", i >= wild.At && i < wild.At + wild.Length ? wild.Value : usual(), Seconds);

        for (var incident = 0; incident < Incidents; incident++)
        {
            driver.Events.Clear();
            for (var i = 0; i < 20; i++) driver.Step("m", "x", usual() + rise, Seconds);
            told += driver.Events.Exists(e => e.Type == AlertEventType.Opened) ? 1 : 0;
            for (var i = 0; i < 460; i++) driver.Step("m", "x", usual(), Seconds);
        }

        return told;
    }

    private static Func<double> Gauge(int seed)
    {
        var random = new Random(seed);
        return () => 100 + Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
