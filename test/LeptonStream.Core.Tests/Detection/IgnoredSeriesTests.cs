using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection;

public sealed class IgnoredSeriesTests
{
    private static readonly PolicySet Ignoring = new([new([Matcher.Of("metric", MatchOperator.Equal, "noise")], new() { Ignore = true })],
        PolicySettings.None, PresetCatalog.Default);

    [Test]
    public void Process_IgnoredSeries_IsCountedAndTakesNoState()
    {
        var driver = new PipelineTestDriver();
        driver.Pipeline.Adopt(Ignoring);
        for (var i = 0; i < 10; i++) driver.Step("llama", "noise", i);
        driver.Step("llama", "loss", 1);
        Assert.That(driver.Pipeline.SeriesCount, Is.EqualTo(1));
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.Ignored), Is.EqualTo(10));
        Assert.That(driver.Judged.Select(judged => judged.Key.Metric), Is.EqualTo(new[] { "loss" }));
    }

    [Test]
    public void Process_IgnoredSeriesAboveTheSeriesLimit_AreStillIgnored()
    {
        var driver = new PipelineTestDriver(DetectionPolicy.Default with { SeriesPerPartition = 3 });
        driver.Pipeline.Adopt(Ignoring);
        for (var i = 0; i < 20; i++) driver.Step("llama", "noise", i, labels: $$"""{"n":"{{i % 10}}"}""");
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.Ignored), Is.EqualTo(20));
        Assert.That(driver.Pipeline.SeriesCount, Is.Zero);
    }

    [Test]
    public void Adopt_PoliciesThatIgnoreAKnownSeries_ForgetIt()
    {
        var driver = new PipelineTestDriver();
        driver.Step("llama", "noise", 1);
        driver.Pipeline.Adopt(Ignoring);
        Assert.That(driver.Pipeline.SeriesCount, Is.Zero);
        driver.Pipeline.Adopt(PolicySet.Default);
        driver.Step("llama", "noise", 1);
        Assert.That(driver.Pipeline.SeriesCount, Is.EqualTo(1));
    }

    [Test]
    public void Adopt_WhileAnAlertOfASeriesIsOpen_EndsItByPolicy()
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 300; i++) driver.Step("llama", "noise", 200 + (i * 7 % 13));
        for (var i = 0; i < 5; i++) driver.Step("llama", "noise", 900);
        Assert.That(driver.Events[^1].Type, Is.Not.EqualTo(AlertEventType.Resolved));

        driver.Pipeline.Adopt(Ignoring);
        for (var i = 0; i < 30; i++) driver.Step("llama", "noise", 900);

        Assert.That((driver.Events[^1].Type, driver.Events[^1].EndedReason), Is.EqualTo((AlertEventType.Resolved, EndedReason.Policy)));
        Assert.That(driver.Pipeline.SeriesCount, Is.Zero);
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.Ignored), Is.EqualTo(30));
    }
}
