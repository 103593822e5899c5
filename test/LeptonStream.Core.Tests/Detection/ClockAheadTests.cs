using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;
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

    // The clock goes on with whoever is ahead; nobody else is right in that time, or all others are.
    [TestCase(false, 1)]
    [TestCase(true, 1)]
    [TestCase(true, 2)]
    public void Process_AProducerIsAheadForAQuarterOfAnHour_AHundredRecordsSetTheClockBack(bool othersGoOn, int hosts)
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 600; i++) driver.Step("m", "x", i % 7, 15);
        for (var i = 0; i < 60; i++)
        {
            driver.Now += TimeSpan.FromSeconds(15);
            var now = driver.Now;
            for (var host = 1; host <= hosts; host++)
            {
                driver.Now = now + TimeSpan.FromDays(400 * host);
                driver.Step($"wrong{host}", "x", i % 5, 0);
            }

            driver.Now = now;
            if (othersGoOn) driver.Step("m", "x", i % 7, 0);
        }

        for (var i = 0; i < 100 * hosts; i++) driver.Step("m", "x", i % 7, 15);
        Assert.That(driver.Pipeline.LogTime, Is.EqualTo(driver.Now));
    }

    // Half a day after an outage a producer brings what it has kept since before it.
    [Test]
    public void Process_ABacklogFromBeforeAnOutage_SetsNothingBack()
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 600; i++) driver.Step("m", "x", i % 7, 15);
        var before = driver.Now;
        driver.Now += TimeSpan.FromHours(3);
        for (var i = 0; i < 2_880; i++) driver.Step("m", "x", i % 7, 15);
        var now = driver.Now;
        for (var i = 0; i < 500; i++)
        {
            driver.Now = before - TimeSpan.FromHours(3) + TimeSpan.FromSeconds(15 * i);
            driver.Step("late", "x", i % 5, 0);
        }

        Assert.That(driver.Pipeline.LogTime, Is.EqualTo(now));
    }

    // A metric that says little is not seen ahead for long, and the rows of its entity stood ahead all the while.
    [Test]
    public void Process_AnEntityOfWhichOneMetricIsSparseWasAhead_ItsNextJointFaultIsSeen()
    {
        var (driver, random) = (new PipelineTestDriver(), new Random(3));
        var rows = new List<JudgedRow>();
        driver.Pipeline.EntityObserver = (in JudgedRow row) => rows.Add(row);
        for (var i = 0; i < 600; i++) Row(i, TimeSpan.Zero);
        for (var i = 0; i < 60; i++) Row(i, TimeSpan.FromDays(1_000));
        for (var i = 0; i < 600; i++) Row(i, TimeSpan.Zero);
        rows.Clear();
        Row(1, TimeSpan.Zero);
        Assert.That(rows[^1].Time, Is.EqualTo(driver.Now));

        void Row(int i, TimeSpan ahead)
        {
            driver.Step("m", "x", Normal.Sample(random, 50, 1), 15);
            var now = driver.Now;
            driver.Now += ahead;
            var sparse = i % 40 == 20 ? ""","s":5""" : "";
            var (a, b) = (Normal.Sample(random, 100, 3), Normal.Sample(random, 50, 2));
            driver.Send(FormattableString.Invariant(
                $$$"""{"model":"host","ts":"{{{driver.Now}}}","metrics":{"a":{{{a}}},"b":{{{b}}}{{{sparse}}} } }"""));
            driver.Now = now;
        }
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
