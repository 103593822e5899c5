using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.Testing;
using MathNet.Numerics.Distributions;
using NJsonSchema;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>Series that their producers end, and series that come back from a hole in their collection.</summary>
public sealed class EndedSeriesTests
{
    [TestCase(15, 90)]
    [TestCase(60, 240)]
    public void Process_AnAlertWhoseSeriesEnded_IsGoneAfterThreeIntervals(int interval, int most)
    {
        var driver = Alerting(interval);
        driver.Now += TimeSpan.FromSeconds(15);
        driver.Send($$"""{"model":"m","ts":"{{driver.Now}}","ended":["x","unknown"]}""");
        var ended = driver.Now;
        for (var i = 0; i < 60; i++) driver.Step("o", "y", 1, 10);

        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
        Assert.That(driver.Events[^1].DetectedAt - ended, Is.InRange(TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(most)));
    }

    [TestCase(15)]
    [TestCase(45)]
    [TestCase(60)]
    [TestCase(300)]
    public void Process_AnAlertWhoseSeriesVanished_IsGoneHoweverFarApartRecordsCome(int interval)
    {
        var driver = Alerting(interval);
        var vanished = driver.Now;
        var patience = TimeSpan.FromSeconds(Math.Max(600, 20 * interval));
        while (driver.Now - vanished < 2 * patience) driver.Step("o", "y", 1, interval);

        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
        Assert.That(driver.Events[^1].DetectedAt - vanished,
            Is.InRange(patience, patience + TimeSpan.FromSeconds(15 + (4 * interval))));
    }

    [TestCase(15)]
    [TestCase(60)]
    public void Process_AfterAHoleInTheLog_SeriesGetTimeToComeBack(int interval)
    {
        var driver = Alerting(interval);
        for (var i = 0; i < 5; i++) driver.Step("m", "x", 100, interval);
        driver.Now += TimeSpan.FromHours(2);
        for (var i = 0; i < 9; i++) driver.Step("o", "y", 1, interval);
        driver.Step("m", "x", 100, interval);
        Assert.That(driver.Events.Where(e => e.EndedReason is not null), Is.Empty);
    }

    // A small installation: after the last of its records, of which one comes a minute, there is none.
    [TestCase(true)]
    [TestCase(false)]
    public void Tick_WhereHardlyAnyRecordComes_EndsItAsSoon(bool anotherComes)
    {
        var driver = Alerting(60);
        Assert.That(driver.Pipeline.SilenceEvery, Is.EqualTo(TimeSpan.FromSeconds(10)));
        driver.Now += TimeSpan.FromMinutes(1);
        driver.Send($$"""{"model":"m","ts":"{{driver.Now}}","ended":["x"]}""");
        Assert.That(driver.Pipeline.SilenceEvery, Is.EqualTo(TimeSpan.FromSeconds(1)));
        for (var seconds = 1; seconds <= 240; seconds++)
        {
            driver.Pipeline.Tick(TimeSpan.FromSeconds(anotherComes ? (seconds - 1) % 60 : seconds), driver.Events);
            if (anotherComes && seconds % 60 == 0) driver.Step("m", "lepton.quality.score", 100, 60);
        }

        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
        Assert.That(driver.Pipeline.WatchesSilence, Is.False);
    }

    [Test]
    public void Tick_NoRecordComesAnyMore_EndsTheAlertAsWithOthersRecords([Values] bool isRestored)
    {
        var driver = Alerting(15);
        if (isRestored)
        {
            var restored = new PipelineTestDriver { Now = driver.Now };
            SnapshotBytes.Load(SnapshotBytes.Of(driver.Pipeline).Bytes, restored.Pipeline);
            driver = restored;
        }

        var (seconds, before) = (0, driver.Events.Count);
        for (; driver.Pipeline.SilenceEvery is { } every && seconds < 3600; seconds += (int)every.TotalSeconds)
            driver.Pipeline.Tick(TimeSpan.FromSeconds(seconds), driver.Events);

        Assert.That(driver.Events.Skip(before).Select(e => e.EndedReason), Is.EqualTo(new[] { EndedReason.Gone }));
        Assert.That(seconds, Is.InRange(600, 640), "as long as a series may be silent, and not for ever");
    }

    [Test]
    public void Restore_BetweenTheEndOfASeriesAndThatOfItsAlert_EndsItAtTheSameTime()
    {
        var driver = Alerting(60);
        driver.Now += TimeSpan.FromMinutes(1);
        driver.Send($$"""{"model":"m","ts":"{{driver.Now}}","ended":["x"]}""");
        var restored = new PipelineTestDriver { Now = driver.Now };
        SnapshotBytes.Load(SnapshotBytes.Of(driver.Pipeline).Bytes, restored.Pipeline);
        Assert.That(restored.Pipeline.WatchesSilence, Is.True);
        foreach (var one in (PipelineTestDriver[])[driver, restored])
            for (var i = 0; i < 10; i++) one.Step("o", "y", 1, 60);

        Assert.That(restored.Events.Select(e => (e.EndedReason, e.DetectedAt)), Is.EqualTo(new[] { (driver.Events[^1].EndedReason,
            driver.Events[^1].DetectedAt) }));
        Assert.That(restored.Events[0].EndedReason, Is.EqualTo(EndedReason.Gone));
    }

    [Test]
    public void Process_ASeriesThatGoesOnAfterItsEnd_KeepsItsAlert()
    {
        var driver = Alerting(15);
        for (var i = 0; i < 200; i++)
        {
            driver.Step("m", "x", 500, 15);
            if (i % 10 == 0) driver.Send($$"""{"model":"m","ts":"{{driver.Now}}","ended":["x"]}""");
        }

        Assert.That(driver.Events.Where(e => e.EndedReason is not null), Is.Empty);
    }

    // A program that posts its last reading again and again, or a backlog of old ones.
    [TestCase(0)]
    [TestCase(30)]
    public void Process_OnlyOldSamplesOfTheSeriesCome_ItsAlertIsGone(int secondsBefore)
    {
        var driver = Alerting(15);
        var last = driver.Now - TimeSpan.FromSeconds(secondsBefore);
        for (var i = 0; i < 60; i++)
        {
            driver.Step("o", "y", 1, 15);
            driver.Send($$$"""{"model":"m","ts":"{{{last}}}","metrics":{"x":500} }""");
        }

        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
    }

    [Test]
    public void Process_AnAlertWhoseSeriesIsOnlySilent_WaitsLonger()
    {
        var driver = Alerting(15);
        for (var i = 0; i < 50; i++) driver.Step("o", "y", 1, 10);
        Assert.That(driver.Events.Where(e => e.EndedReason is not null), Is.Empty);
    }

    [TestCase("""{"model":"m","ts":1763640000,"ended":"x"}""", "'ended' is a JSON string")]
    [TestCase("""{"model":"m","ts":1763640000,"ended":[1]}""", "'ended (a name)'")]
    [TestCase("""{"model":"m","ts":1763640000,"ended":[""]}""", "is empty")]
    public void Process_AWrongEnd_IsRefusedAndNamed(string message, string words)
    {
        var outcome = new PipelineTestDriver().Send(message);
        Assert.That(outcome.IsAccepted, Is.False);
        Assert.That(outcome.Detail, Does.Contain(words));
    }

    [Test]
    public void Process_MoreEndsThanMetrics_AreRefused()
    {
        var names = string.Join(',', Enumerable.Range(0, 1025).Select(i => $"\"m{i}\""));
        Assert.That(new PipelineTestDriver().Send($$"""{"model":"m","ts":1763640000,"ended":[{{names}}]}""").Reason,
            Is.EqualTo(RejectReason.TooMany));
    }

    [Test]
    public async Task Schema_TakesEnds()
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(SharedFolder.RepositoryRoot, "docs", "metric-message.schema.json"));
        Assert.That(schema.Validate("""{"model":"m","ts":1795341600,"ended":["x"]}"""), Is.Empty);
        Assert.That(schema.Validate("""{"model":"m","ts":1795341600,"ended":[1]}"""), Is.Not.Empty);
    }

    // Seen every minute for days; then nobody collects it for so long, and it is where it is at that hour every day.
    [TestCase(180)]
    [TestCase(600)]
    public void Process_ASeriesThatComesBackFromAHole_IsNoAlertWhereItWasBefore(int minutes)
    {
        var opened = Enumerable.Range(0, 12).Sum(seed => OpenedAtReturn(seed, minutes, time => Daily(time)));
        Assert.That(opened, Is.LessThanOrEqualTo(1), "of 12 series in the hour after");
    }

    [Test]
    public void Process_ASeriesThatComesBackFromAHoleWhereItNeverWas_IsAnAlert()
    {
        var opened = Enumerable.Range(0, 6).Sum(seed => OpenedAtReturn(seed, 180, time => 4 * Daily(time)));
        Assert.That(opened, Is.GreaterThanOrEqualTo(6));
    }

    private static int OpenedAtReturn(int seed, int minutes, Func<Timestamp, double> after)
    {
        var driver = new PipelineTestDriver();
        var random = new Random(seed);
        var back = driver.Now + TimeSpan.FromDays(4) + TimeSpan.FromMinutes(random.Next(1440) + minutes);
        var hole = back - TimeSpan.FromMinutes(minutes);
        while (driver.Now < back + TimeSpan.FromHours(1))
        {
            if (driver.Now >= hole && driver.Now < back)
            {
                driver.Step("o", "y", 1);
                continue;
            }

            var next = driver.Now + TimeSpan.FromMinutes(1);
            driver.Step("m", "x", (driver.Now < hole ? Daily(next) : after(next)) + Normal.Sample(random, 0, 3));
        }

        return driver.Events.Count(e => e.Type == AlertEventType.Opened && e.DetectedAt >= back);
    }

    private static double Daily(Timestamp time) => 100 + (60 * Math.Sin(time.UnixSeconds / 86_400 * 2 * Math.PI));

    // Training mode without its policy: whatever carries a step fails inside the program.
    [Test]
    public void Process_TheRecordThatLetsTheClockEndAnAlertFails_TheEndIsSaidAllTheSame()
    {
        var driver = Alerting(15, DetectionPolicy.Default with { Training = null! });
        for (var i = 0; i < 39; i++) driver.Step("o", "y", 1, 15);
        driver.Now += TimeSpan.FromSeconds(15);
        var run = $$$"""{"model":"run","ts":"{{{driver.Now}}}","step":1,"metrics":{"loss":2} }""";
        Assert.That(() => driver.Send(run), Throws.Exception);
        driver.Pipeline.ForgetLastEntities();
        Assert.That(driver.Pipeline.WatchesSilence, Is.True);
        driver.Step("o", "y", 1, 1);
        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
    }

    [Test]
    public void ForgetLastEntities_OfARunWithAnOpenAlert_EndsIt()
    {
        var driver = new PipelineTestDriver();
        for (var step = 0; step < 290; step++) Row(step, FormattableString.Invariant($"{2 + (Math.Sin(step) / 10)}"));
        for (var step = 290; step < 300; step++) Row(step, "\"NaN\"");
        var opened = driver.Events.Single(e => e.Type == AlertEventType.Opened).AlertId;
        driver.Pipeline.ForgetLastEntities();
        driver.Step("o", "y", 1, 10);
        var end = driver.Events.FindLast(e => e.AlertId == opened)!;
        Assert.That((end.Type, end.EndedReason), Is.EqualTo((AlertEventType.Resolved, EndedReason.Superseded)));

        void Row(int step, string loss)
        {
            driver.Now += TimeSpan.FromSeconds(10);
            driver.Send($$$"""{"model":"run","ts":"{{{driver.Now}}}","step":{{{step}}},"metrics":{"loss":{{{loss}}} } }""");
        }
    }

    private static PipelineTestDriver Alerting(int interval, DetectionPolicy? policy = null)
    {
        var driver = new PipelineTestDriver(policy);
        var random = new Random(4);
        for (var i = 0; i < 660; i++)
        {
            // A partition in which nothing comes for half a minute is a hole in the log.
            for (var other = 15; other < interval; other += 15) driver.Step("o", "y", 1, 15);
            driver.Step("m", "x", i < 600 ? 50 + Normal.Sample(random, 0, 1) : 500, 15);
        }

        Assert.That(driver.Events.Select(e => e.EndedReason), Is.All.Null);
        Assert.That(driver.Events, Is.Not.Empty);
        return driver;
    }
}
