using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Detection;

public sealed class PartitionPipelineTests
{
    [Test]
    public void Process_ALatencyThatDoubles_OpensOneAlertAndResolvesItWhenItEnds()
    {
        var driver = Warm();
        for (var i = 0; i < 10; i++) driver.Step("llama", "ttft_p99_ms", 400 + i);
        for (var i = 0; i < 30; i++) driver.Step("llama", "ttft_p99_ms", 200 + Wave(i));
        Assert.That(driver.Events.Select(e => e.Type).Where(t => t != AlertEventType.Updated),
            Is.EqualTo((AlertEventType[])[AlertEventType.Opened, AlertEventType.Resolved]));
        Assert.That(driver.Events.Select(e => e.AlertId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(driver.Events.Select(e => e.Id).Distinct().Count(), Is.EqualTo(driver.Events.Count));
        var opened = driver.Events[0];
        Assert.That(opened.Score, Is.GreaterThanOrEqualTo(1));
        Assert.That(opened.Expected, Is.EqualTo(200).Within(20));
        Assert.That(opened.DetectedAt - opened.Onset, Is.LessThanOrEqualTo(TimeSpan.FromMinutes(1)));
        Assert.That(opened.Points, Has.Count.EqualTo(DetectionPolicy.Default.ChartPoints));
    }

    [Test]
    public void Process_ALossThatIsNotANumber_IsCriticalAtOnce()
    {
        var driver = Warm("loss");
        driver.Step("llama", "loss", double.NaN);
        var opened = driver.Events.Single();
        Assert.That((opened.Severity, opened.Value, opened.ValueText, opened.Detectors[0].Name),
            Is.EqualTo((AlertSeverity.Critical, (double?)null, "NaN", "non-finite")));
    }

    [Test]
    public void Process_AValueThatStandsStill_OpensAnAlertOfTheFrozenDetector()
    {
        var driver = Warm();
        var first = driver.Now + TimeSpan.FromMinutes(1);
        for (var i = 0; i < 40; i++) driver.Step("llama", "ttft_p99_ms", 203.25);
        var opened = driver.Events.First();
        Assert.That(opened.Detectors[0].Name, Is.EqualTo("frozen-value"));
        Assert.That(opened.Onset, Is.EqualTo(first), "the time of the first of the equal values");
        Assert.That(opened.English.Description, Does.StartWith("At 203 ms since "));
        // Up to seven of them may be coded together with values that moved.
        var flat = opened.Points.Where(point => point.Time >= first + TimeSpan.FromMinutes(7));
        Assert.That(flat.Select(point => point.Value), Is.All.EqualTo(203.25));
    }

    [Test]
    public void Process_ANewLevelThatStays_StaysOpenUntilThePolicyAcceptsIt()
    {
        var driver = Warm();
        for (var i = 0; i < 400; i++) driver.Step("llama", "ttft_p99_ms", 320 + Wave(i));
        Assert.That(driver.Events.Exists(e => e.EndedReason is not null), Is.False, "the trouble goes on");
        for (var i = 400; i < 1_600; i++) driver.Step("llama", "ttft_p99_ms", 320 + Wave(i));
        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(driver.Events[0].Severity == AlertSeverity.Critical
            ? null
            : EndedReason.Accepted));
        Assert.That(driver.Events, Has.Count.LessThan(6));
    }

    [Test]
    public void Process_OnlyNoise_StaysWithinTwiceTheBudget()
    {
        var driver = new PipelineTestDriver();
        var random = new Random(9);
        // 40 series, a week each, a sample every 5 minutes: one alarm a series-week is the budget.
        for (var i = 0; i < 2016 + 300; i++)
        {
            driver.Now += TimeSpan.FromMinutes(5);
            var metrics = string.Join(',', Enumerable.Range(0, 40).Select(s =>
                FormattableString.Invariant($"\"m{s}\":{100 + (Streams.Gauss(random) * (s + 1))}")));
            driver.Send($$$"""{"model":"m","ts":"{{{driver.Now}}}","metrics":{ {{{metrics}}} } }""");
        }

        Assert.That(driver.Events.Count(e => e.Type == AlertEventType.Opened), Is.LessThanOrEqualTo(80));
    }

    [Test]
    public void Process_BadRecordsBetween_LeavesTheScoresOfNeighboursBitEqual()
    {
        var clean = new PipelineTestDriver();
        var dirty = new PipelineTestDriver();
        var random = new Random(10);
        for (var i = 0; i < 600; i++)
        {
            var value = 200 + Wave(i) + (i is > 500 and < 510 ? 300 : random.NextDouble());
            clean.Step("llama", "ttft_p99_ms", value);
            dirty.Step("llama", "ttft_p99_ms", value);
            if (i % 10 > 0) continue;
            foreach (var record in HostileRecords.At(dirty.Now).Where((_, k) => k % 6 == i / 10 % 6))
                Assert.That(dirty.Send(record.Value).Reason, Is.EqualTo(record.Reason), record.Name);
        }

        Assert.That(clean.Events, Is.Not.Empty);
        Assert.That(dirty.Judged.Select(j => BitConverter.DoubleToInt64Bits(j.Score)),
            Is.EqualTo(clean.Judged.Select(j => BitConverter.DoubleToInt64Bits(j.Score))));
    }

    [Test]
    public void Process_TheSameRecordsTwice_MakesTheSameBytes()
    {
        static List<byte[]> Run()
        {
            var driver = Warm();
            for (var i = 0; i < 30; i++) driver.Step("llama", "ttft_p99_ms", i < 10 ? 900 : 200 + Wave(i));
            return [.. driver.Events.Select(AlertEventJson.Write)];
        }

        var first = Run();
        Assert.That(first, Is.Not.Empty);
        Assert.That(Run(), Is.EqualTo(first));
    }

    [Test]
    public void Process_AnotherTopicOrPartition_MakesOtherIds()
    {
        static string Id(Guid? topic, int partition)
        {
            var driver = new PipelineTestDriver(partition: partition, topicId: topic);
            for (var i = 0; i < 300; i++) driver.Step("llama", "loss", 2 + Math.Sin(i));
            driver.Step("llama", "loss", double.NaN);
            return driver.Events.Single().Id;
        }

        string[] ids =
        [
            Id(null, 0),
            Id(null, 1),
            Id(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 0),
            Id(new Guid(2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 0),
        ];
        Assert.That(ids, Is.Unique);
        Assert.That(Id(null, 0), Is.EqualTo(ids[0]), "a replay makes the same");
    }

    [Test]
    public void Process_SamplesThatCannotBeJudged_AreCountedByReason()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { SeriesPerPartition = 1 });
        driver.Step("m", "x", 1);
        driver.Now -= TimeSpan.FromSeconds(60);
        driver.Step("m", "x", 1);
        driver.Now -= TimeSpan.FromSeconds(90);
        driver.Step("m", "x", 1);
        driver.Now += TimeSpan.FromSeconds(600);
        driver.Step("m", "x", 9223372036854775794);
        driver.Step("m", "y", 1);
        Assert.That(Enum.GetValues<SampleRefusal>()[1..].Select(driver.Pipeline.RefusedSamples),
            Is.EqualTo((long[])[1, 1, 1, 1, 0, 0, 0, 0, 0, 0]));
    }

    [Test]
    public void Process_InSteadyState_AllocatesNothing()
    {
        var driver = new PipelineTestDriver();
        driver.Pipeline.Observer = null;
        var events = new List<AlertEvent>();
        var messages = Enumerable.Range(0, 3000).Select(i => System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, 
            $$$"""{"model":"m","ts":{{{1795341600 + (i * 15)}}},"labels":{"instance":"gpu-1"},"""
                + $$$""" "metrics":{"a":{{{100 + Wave(i)}}},"b":{{{5 + Wave(i * 3)}}} } }"""))).ToArray();
        var logTime = Timestamp.FromUnixSeconds(1795341600 + 60_000);
        for (var i = 0; i < 2000; i++) driver.Pipeline.Process(messages[i], i, logTime, events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 2000; i < 3000; i++) driver.Pipeline.Process(messages[i], i, logTime, events);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static PipelineTestDriver Warm(string metric = "ttft_p99_ms")
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 1500; i++) driver.Step("llama", metric, 200 + Wave(i));
        Assert.That(driver.Events, Is.Empty);
        return driver;
    }

    // Looks like noise, is the same on every run and never repeats a value.
    private static double Wave(int i) => (Math.Sin(i * 12.9898) + Math.Sin(i * 78.233)) * 4;
}
