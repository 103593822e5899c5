using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection.Gaps;
using LeptonStream.Samples;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>One record of a producer whose clock is years ahead, and the partition behind it.</summary>
public sealed class ClockAheadTests
{
    [TestCase(1, 400)]
    [TestCase(5, 400)]
    public void Process_RecordsAreAhead_AlertsEndAndRunsAreMissedAsWithoutThem(int wrong, int days)
    {
        var (right, driver) = (Story(0, 0), Story(wrong, days));
        Assert.That(driver.Pipeline.LogTime, Is.EqualTo(driver.Now));
        Assert.That(Ends(driver), Is.EqualTo(Ends(right)).And.Not.Empty);
        var gaps = driver.Events.FindAll(e => e.Metric == StateGapNames.Metric);
        Assert.That(gaps.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened, AlertEventType.Resolved }));
        Assert.That(gaps[0].English.Description, Does.Contain("had set the clock ahead by 399."));
    }

    [Test]
    public void Process_ABacklogAmongNewRecords_SetsNothingBack()
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 600; i++) driver.Step("m", "x", i % 7, 15);
        var now = driver.Now;
        for (var i = 0; i < 9_000; i++)
        {
            driver.Now = now - TimeSpan.FromDays(2) + TimeSpan.FromSeconds(15 * i);
            driver.Step("late", "x", i % 5, 0);
        }

        Assert.That(driver.Pipeline.LogTime, Is.EqualTo(now));
        Assert.That(driver.Events.Where(e => e.Metric == StateGapNames.Metric), Is.Empty);
    }

    // After three hours in which nothing came the first new record looks like one from ahead, and what waited like the others.
    [Test]
    public void Process_ABacklogBehindAnOutage_ForgetsNothing()
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 600; i++) driver.Step("m", "x", i % 7, 15);
        driver.Now += TimeSpan.FromHours(3);
        driver.Step("m", "x", 1, 15);
        var now = driver.Now;
        for (var i = 0; i < 150; i++)
        {
            driver.Now = now - TimeSpan.FromHours(2) + TimeSpan.FromSeconds(15 * i);
            driver.Step("late", "x", i % 5, 0);
        }

        driver.Now = now;
        for (var i = 0; i < 20; i++) driver.Step("m", "x", i % 7, 15);
        Assert.That(driver.Events.Select(e => e.Metric), Has.Member(StateGapNames.Metric));
        Assert.That(driver.Pipeline.SeriesForgotten, Is.Zero);
    }

    [Test]
    public void Process_AProducerThatWasAheadIsRight_ItsSeriesBeginsAgain()
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 600; i++) driver.Step("m", "x", i % 7, 15);
        SendAhead(driver, 3, 400);
        for (var i = 0; i < 200; i++) driver.Step("m", "x", i % 7, 15);
        for (var i = 0; i < 5; i++) driver.Step("wrong", "x", 1, 15);
        Assert.That((driver.Pipeline.SeriesForgotten, driver.Pipeline.SeriesCount), Is.EqualTo((1, 2)));
    }

    [Test]
    public void Process_RestoredWhileTheClockIsAhead_SetsItBackAtTheSameRecord()
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 600; i++) driver.Step("m", "x", i % 7, 15);
        SendAhead(driver, 1, 400);
        for (var i = 0; i < 50; i++) driver.Step("m", "x", i % 7, 15);
        var restored = new PipelineTestDriver { Now = driver.Now };
        SnapshotBytes.Load(SnapshotBytes.Of(driver.Pipeline).Bytes, restored.Pipeline);
        foreach (var one in (PipelineTestDriver[])[driver, restored])
            for (var i = 0; i < 49; i++) one.Step("m", "x", i % 7, 15);
        Assert.That((driver.Pipeline.LogTime, restored.Pipeline.LogTime > driver.Now), Is.EqualTo((restored.Pipeline.LogTime, true)));
        foreach (var one in (PipelineTestDriver[])[driver, restored]) one.Step("m", "x", 1, 15);
        Assert.That((driver.Pipeline.LogTime, restored.Pipeline.LogTime), Is.EqualTo((driver.Now, restored.Now)));
    }

    // An alert of a series that vanishes, and a run that dies, both long after the clock went wrong.
    private static PipelineTestDriver Story(int wrong, int days)
    {
        var driver = new PipelineTestDriver();
        var random = new Random(4);
        for (var i = 0; i < 600; i++) Row(driver, i, 50 + Normal.Sample(random, 0, 1));
        SendAhead(driver, wrong, days);
        for (var i = 600; i < 900; i++) Row(driver, i, 50 + Normal.Sample(random, 0, 1));
        for (var i = 900; i < 960; i++) Row(driver, i, 500);
        for (var i = 0; i < 400; i++) driver.Step("o", "y", 1, 10);
        return driver;
    }

    private static void SendAhead(PipelineTestDriver driver, int count, int days)
    {
        var now = driver.Now;
        driver.Now += TimeSpan.FromDays(days);
        for (var i = 0; i < count; i++) driver.Step("wrong", "x", 1, 1);
        driver.Now = now;
    }

    private static void Row(PipelineTestDriver driver, int step, double value)
    {
        driver.Step("m", "x", value, 10);
        var loss = FormattableString.Invariant($"{2 + (Math.Sin(step) / 10)}");
        driver.Send($$$"""{"model":"run","ts":"{{{driver.Now}}}","step":{{{step}}},"metrics":{"loss":{{{loss}}} } }""");
    }

    private static List<(string, AlertEventType, EndedReason?, Timestamp)> Ends(PipelineTestDriver driver) =>
        [.. driver.Events.Where(e => e.Metric != StateGapNames.Metric && e.Type != AlertEventType.Updated)
            .Select(e => (e.Metric, e.Type, e.EndedReason, e.DetectedAt))];
}
