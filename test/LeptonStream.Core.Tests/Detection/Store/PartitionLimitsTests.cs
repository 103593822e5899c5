using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection;
using LeptonStream.Detection;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Store;

/// <summary>Whatever producers can make grow has a limit, and the silent make room for the living.</summary>
public sealed class PartitionLimitsTests
{
    [Test]
    public void Process_AThousandDeadPods_MakeRoomForNewOnesTheLongestSilentFirst()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { SeriesPerPartition = 1000 });
        Pods(driver, "old", 500);
        driver.Now += TimeSpan.FromMinutes(5);
        Pods(driver, "young", 500);
        driver.Now += TimeSpan.FromMinutes(6);
        Pods(driver, "new", 300);
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.SeriesLimit), Is.Zero);
        Assert.That((driver.Pipeline.SeriesCount, driver.Pipeline.SeriesForgotten), Is.EqualTo((1000, 300L)));
        // Those that are left of the old, and all of the young, are known still.
        Pods(driver, "young", 500);
        Assert.That((driver.Pipeline.SeriesCount, driver.Pipeline.SeriesForgotten), Is.EqualTo((1000, 300L)));
    }

    [Test]
    public void Process_AtTheLimitWhileAllSpeak_RefusesTheNewOnes()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { SeriesPerPartition = 20 });
        for (var i = 0; i < 30; i++)
        {
            Pods(driver, "living", 20);
            driver.Now += TimeSpan.FromMinutes(1);
        }

        Pods(driver, "new", 5);
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.SeriesLimit), Is.EqualTo(5));
        Assert.That((driver.Pipeline.SeriesCount, driver.Pipeline.SeriesForgotten), Is.EqualTo((20, 0L)));
    }

    [Test]
    public void Process_ASeriesThatSpeaksOnceAnHour_IsNotTheFirstToGo()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { SeriesPerPartition = 2 });
        for (var hour = 0; hour < 30; hour++) driver.Step("m", "hourly", hour, seconds: 3600);
        driver.Step("m", "dead", 1);
        driver.Step("m", "dead", 2);
        driver.Now += TimeSpan.FromMinutes(40);
        driver.Step("m", "new", 1);
        Assert.That(driver.Pipeline.SeriesForgotten, Is.EqualTo(1));
        driver.Step("m", "hourly", 1);
        Assert.That((driver.Pipeline.SeriesForgotten, driver.Pipeline.RefusedSamples(SampleRefusal.SeriesLimit)), Is.EqualTo((1L, 0L)));
    }

    [Test]
    public void Process_SilentForDays_IsForgottenByTheTimeOfTheLog()
    {
        var driver = new PipelineTestDriver();
        Pods(driver, "dead", 50);
        var bytes = driver.Pipeline.Bytes;
        for (var hour = 0; hour < 95; hour++) driver.Step("m", "living", hour, seconds: 3600);
        Assert.That(driver.Pipeline.SeriesCount, Is.EqualTo(51));
        for (var hour = 0; hour < 2; hour++) driver.Step("m", "living", hour, seconds: 3600);
        Assert.That((driver.Pipeline.SeriesCount, driver.Pipeline.SeriesForgotten), Is.EqualTo((1, 50L)));
        Assert.That(driver.Pipeline.Bytes, Is.LessThan(bytes / 10));
    }

    [Test]
    public void Process_AHoleOfDaysInTheLog_LeavesTheSourcesTimeToComeBack()
    {
        var driver = new PipelineTestDriver();
        Pods(driver, "living", 50);
        driver.Now += TimeSpan.FromDays(5);
        driver.Step("m", "first", 1);
        Pods(driver, "living", 50);
        for (var i = 0; i < 30; i++) driver.Step("m", "first", i);
        Assert.That(driver.Pipeline.SeriesForgotten, Is.Zero);
    }

    [Test]
    public void Process_ASeriesOfWhichAnAlertIsOpen_IsNotForgotten()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { SeriesPerPartition = 2 });
        for (var i = 0; i < 300; i++) driver.Step("told", "loss", 2 + Math.Sin(i));
        driver.Step("told", "loss", double.NaN);
        Assert.That(driver.Events.Single().Type, Is.EqualTo(AlertEventType.Opened));
        driver.Step("dead", "x", 1);
        driver.Now += TimeSpan.FromMinutes(15);
        driver.Step("new", "x", 1);
        Assert.That((driver.Pipeline.SeriesCount, driver.Pipeline.SeriesForgotten), Is.EqualTo((2, 1L)));
        driver.Step("newer", "x", 1, seconds: 1);
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.SeriesLimit), Is.EqualTo(1));
        for (var i = 0; i < 200; i++) driver.Step("new", "x", Math.Sin(i), seconds: 10);
        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
        driver.Step("newer", "x", 1);
        Assert.That((driver.Pipeline.SeriesCount, driver.Pipeline.SeriesForgotten), Is.EqualTo((2, 2L)));
    }

    [Test]
    public void Process_RecordsTwice_ForgetsTheSameSeriesAndMakesTheSameEvents()
    {
        static (int, long, List<byte[]>) Run()
        {
            var driver = new PipelineTestDriver(DetectionPolicy.Default with { SeriesPerPartition = 40 });
            var random = new Random(7);
            for (var i = 0; i < 4000; i++)
                driver.Step("m", $"m{random.Next(10 + (i / 50))}", random.Next(100) == 0 ? double.NaN : random.NextDouble(), seconds: 30);
            return (driver.Pipeline.SeriesCount, driver.Pipeline.SeriesForgotten, [.. driver.Events.Select(AlertEventJson.Write)]);
        }

        var first = Run();
        Assert.That(first.Item2, Is.GreaterThan(10));
        Assert.That(Run(), Is.EqualTo(first));
    }

    [Test]
    public void Process_MoreBytesThanAllowed_RefusesFurtherSeries()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { BytesPerPartition = 1 << 20 });
        var labels = string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"l{i}\":\"{new string('x', 1000)}\""));
        for (var i = 0; i < 40; i++) driver.Step($"m{i}", "a", 1, seconds: 1, labels: $"{{{labels}}}");
        Assert.That(driver.Pipeline.Bytes, Is.InRange(1 << 20, (1 << 20) + 100_000));
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.SeriesLimit), Is.GreaterThan(10));
        Assert.That((driver.Pipeline.SeriesLimit, driver.Pipeline.BytesLimit), Is.EqualTo((50_000, 1L << 20)));
    }

    [Test]
    public void Process_AThousandMetricsWithLongLabels_SharesTheLabels()
    {
        var driver = new PipelineTestDriver();
        driver.Pipeline.Observer = null;
        var labels = string.Join(',', Enumerable.Range(0, 32).Select(i => $"\"l{i}\":\"{new string('x', 1000)}\""));
        var metrics = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"m{i}\":1"));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        driver.Send($$$"""{"model":"m","ts":"{{{driver.Now}}}","labels":{ {{{labels}}} },"metrics":{ {{{metrics}}} } }""");
        // A copy for each would take 64 MB.
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(25_000_000));
        Assert.That(driver.Pipeline.SeriesCount, Is.EqualTo(1000));
    }

    [Test]
    public void Process_ATrainingRunThatDied_FreesItsPlaceAfterADay()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { RunsPerPartition = 1 });
        for (var step = 0; step < 200; step++) Row(driver, "dead", step);
        for (var i = 0; i < 25 * 240; i++) driver.Step("m", "other", Math.Sin(i), seconds: 15);
        Assert.That(driver.Events.Count(e => e.Metric == "run" && e.Type == AlertEventType.Opened), Is.EqualTo(1));
        Assert.That((driver.Events[^1].Type, driver.Events[^1].EndedReason), Is.EqualTo((AlertEventType.Resolved, EndedReason.Gone)));
        Assert.That(driver.Pipeline.WatchesSilence, Is.False);
        Row(driver, "next", 1);
        Assert.That(driver.Pipeline.WatchesSilence, Is.True);
    }

    private static void Row(PipelineTestDriver driver, string model, int step)
    {
        driver.Now += TimeSpan.FromSeconds(10);
        var loss = FormattableString.Invariant($"{2 + (Math.Sin(step) / 10)}");
        driver.Send($$$"""{"model":"{{{model}}}","ts":"{{{driver.Now}}}","step":{{{step}}},"metrics":{"loss":{{{loss}}} } }""");
    }

    private static void Pods(PipelineTestDriver driver, string name, int count)
    {
        for (var pod = 0; pod < count; pod++) driver.Step("m", "x", pod, seconds: 0, labels: $$"""{"pod":"{{name}}-{{pod}}"}""");
    }
}
