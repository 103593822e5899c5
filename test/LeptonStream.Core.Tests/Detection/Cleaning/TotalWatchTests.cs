using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Cleaning;

/// <summary>A total that nobody declared is found where it begins again.</summary>
public sealed class TotalWatchTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [TestCase(300, 0, true)]
    [TestCase(300, 5, true)]
    [TestCase(300, 100, false, Description = "it fell, and not near 0")]
    [TestCase(150, 0, false, Description = "it rose for too short")]
    [TestCase(300, -1, false, Description = "no total lies below 0")]
    public void HasBegunAgain_AFallAfterRises_IsAStartOfATotal(int rises, double value, bool isTotal)
    {
        var watch = new TotalWatch();
        for (var i = 1; i <= rises; i++) Assert.That(watch.HasBegunAgain(10 * i, Day), Is.False);
        Assert.That(watch.HasBegunAgain(value, Day), Is.EqualTo(isTotal));
    }

    [Test]
    public void HasBegunAgain_OfWhatFellBefore_IsNeverATotal()
    {
        var watch = new TotalWatch();
        watch.HasBegunAgain(100, Day);
        watch.HasBegunAgain(90, Day);
        for (var i = 1; i <= 400; i++) watch.HasBegunAgain(100 + i, Day);
        Assert.That(watch.HasBegunAgain(0, Day), Is.False);
    }

    [Test]
    public void HasBegunAgain_OfAShortLife_IsNone()
    {
        var watch = new TotalWatch();
        for (var i = 1; i <= 400; i++) watch.HasBegunAgain(i, TimeSpan.FromSeconds(i));
        Assert.That(watch.HasBegunAgain(0, TimeSpan.FromSeconds(401)), Is.False);
    }

    [Test]
    public void AnUndeclaredTotal_ThatRestartsAgainAndAgain_IsQuietAndItsRateIsJudged()
    {
        var driver = Restarting(PolicySet.Default, out var events);
        Assert.That(events.Select(e => $"{e.DetectedAt} {e.English.Summary}"), Is.Empty);
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.CounterFound), Is.EqualTo(1));
        Assert.That(driver.Judged[^1].Sample.Value, Is.EqualTo(2).Within(0.5), "per second");

        var total = 0.0;
        for (var i = 0; i < 30; i++) driver.Step("m", "handled", total += 60 * 40);
        Assert.That(events.FindAll(e => e.Type == AlertEventType.Opened).Select(e => e.English.Description),
            Has.Some.Contains("judged as a rate"));
    }

    // An age rises until the thing is done again, a share until all is done: neither counts anything.
    [TestCase("backup_age_seconds")]
    [TestCase("job_progress_percent")]
    [TestCase("done_ratio")]
    public void AnAgeOrAProgress_IsNeverTakenAsATotal(string metric)
    {
        var driver = new PipelineTestDriver();
        for (var round = 0; round < 4; round++)
            for (var i = 0; i < 720; i++) driver.Step("m", metric, i * 60 / 720.0);
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.CounterFound), Is.Zero);
    }

    [Test]
    public void ADeclaredGauge_IsNeverTakenAsATotal()
    {
        var driver = Restarting(new([new([], new() { Type = MetricType.Gauge })], PolicySettings.None, PresetCatalog.Default), out _);
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.CounterFound), Is.Zero);
    }

    [Test]
    public void PoliciesThatAreAdopted_LeaveAFoundTotalACounter()
    {
        var driver = Restarting(PolicySet.Default, out _);
        driver.Pipeline.Adopt(new([], new() { WarningBudget = TimeSpan.FromDays(1) }, PresetCatalog.Default));
        driver.Step("m", "handled", 1e6);
        driver.Step("m", "handled", 1e6 + 120);
        Assert.That(driver.Judged[^1].Sample.Value, Is.EqualTo(2).Within(1e-9));
    }

    // Twice a second, with a restart every ten hours.
    private static PipelineTestDriver Restarting(PolicySet policies, out List<AlertEvent> events)
    {
        var driver = new PipelineTestDriver(policies: policies);
        events = driver.Events;
        var (total, random) = (0.0, new Random(13));
        for (var minute = 1; minute < 40 * 60; minute++)
        {
            total = minute % 600 == 0 ? 0 : total + 110 + random.Next(21);
            driver.Step("m", "handled", total);
        }

        return driver;
    }
}
