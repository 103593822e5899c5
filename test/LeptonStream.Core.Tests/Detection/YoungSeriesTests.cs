using LeptonStream.Alerts;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>Series in their first day, where training runs and new deployments live: a change of many deviations is told at once.</summary>
public sealed class YoungSeriesTests
{
    private static IEnumerable<TestCaseData> Ages()
    {
        foreach (var (seconds, histories) in new (int, int[])[] { (1, [3600, 20000, 86400]), (15, [120, 720, 2880,
            5760]), (60, [60, 360, 1440]), (300, [60, 288]) })
            foreach (var history in histories)
                foreach (var (kind, level, noise) in new (string, double, double)[] { ("fourfold", 400, 8), ("to zero", 0, 0),
                    ("up by nine deviations", 118, 2) })
                    yield return new TestCaseData(seconds, history, level,
                        noise).SetArgDisplayNames($"every {seconds} s", $"after {history}", kind);
    }

    [TestCaseSource(nameof(Ages))]
    public void ALastingChange_IsToldWithinThreeSamplesOrHalfAMinute(int seconds, int history, double level, double noise)
    {
        var driver = new PipelineTestDriver();
        var random = new Random(3);
        for (var i = 0; i < history; i++) driver.Step("m", "latency", 100 + Normal.Sample(random, 0, 2), seconds);
        Assert.That(driver.Events, Is.Empty, "noise is quiet");

        var from = driver.Now;
        var patience = Math.Max(3, 30 / seconds);
        for (var i = 0; i < patience && driver.Events.Count == 0; i++)
            driver.Step("m", "latency", level + (noise * Normal.Sample(random, 0, 1)), seconds);

        Assert.That(driver.Events.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened }));
        Assert.That(driver.Events[0].Onset, Is.InRange(from, from + TimeSpan.FromSeconds(2 * seconds)));
        if (driver.Events[0].English.Description.Contains("confidence is limited", StringComparison.Ordinal))
            Assert.That(driver.Events[0].Confidence, Is.InRange(0.5, 0.89), "number and words agree");
    }

    [TestCase(1)]
    [TestCase(15)]
    [TestCase(60)]
    [TestCase(300)]
    public void AnIncidentOfAnHour_HasOneLifeWhateverTheSampling(int seconds)
    {
        var driver = new PipelineTestDriver();
        var random = new Random(48);
        var (before, after) = (TimeSpan.FromHours(12), TimeSpan.FromHours(1));
        var (start, slowest) = (driver.Now, TimeSpan.FromMinutes(5));
        var (incident, end) = (start + before, start + before + after);
        while (driver.Now < end + TimeSpan.FromHours(2))
        {
            var isBad = driver.Now >= incident && driver.Now < end;
            driver.Step("m", "ttft_p99_ms", 180 * (1 + Normal.Sample(random, 0, 0.06)) * (isBad ? 10 : 1), seconds);
        }

        var (opened, ended) = (driver.Events[0], driver.Events[^1]);
        Assert.That(driver.Events.Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(1));
        Assert.That(opened.DetectedAt - incident, Is.LessThanOrEqualTo(slowest));
        Assert.That((ended.Type, ended.EndedReason), Is.EqualTo((AlertEventType.Resolved, EndedReason.Recovered)));
        Assert.That(ended.DetectedAt - end, Is.InRange(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5) + slowest + slowest));
    }

    [TestCase(1)]
    [TestCase(15)]
    [TestCase(300)]
    public void AnIncidentThatGoesOn_StaysOpenWhateverTheSampling(int seconds)
    {
        var driver = new PipelineTestDriver();
        var random = new Random(48);
        var incident = driver.Now + TimeSpan.FromSeconds(2000 * seconds);
        while (driver.Now < incident + TimeSpan.FromHours(4))
            driver.Step("m", "ttft_p99_ms", 180 * (1 + Normal.Sample(random, 0, 0.06)) * (driver.Now >= incident ? 10 : 1), seconds);

        Assert.That(driver.Events.Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(1));
        Assert.That(driver.Events.Any(e => e.Type == AlertEventType.Resolved), Is.False, "it never came back");
        Assert.That(driver.Progress, Is.Not.Empty, "and people see that it is still so");
    }
}
