using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>What the policy of a series changes about its alerts.</summary>
public sealed class PoliciesInPipelineTests
{
    [TestCase(Direction.Up, 900, true)]
    [TestCase(Direction.Up, 20, false)]
    [TestCase(Direction.Down, 900, false)]
    [TestCase(Direction.Down, 20, true)]
    [TestCase(Direction.Both, 20, true)]
    public void Process_Direction_TellsTheWayItLooksOnly(Direction direction, double value, bool isTold)
    {
        var driver = After(300, new() { Direction = direction });
        for (var i = 0; i < 5; i++) driver.Step("llama", "noise", value + i);
        Assert.That(driver.Events.Any(e => e.Type == AlertEventType.Opened), Is.EqualTo(isTold));
    }

    [TestCase(800, 0.05, false)]
    [TestCase(100, 0.05, true)]
    [TestCase(0, 4, false)]
    public void Process_LeastDeviation_IsNotToldBelow(double absolute, double relative, bool isTold)
    {
        var driver = After(300, new() { MinimumAbsoluteDeviation = absolute, MinimumRelativeDeviation = relative });
        for (var i = 0; i < 5; i++) driver.Step("llama", "noise", 900 + i);
        Assert.That(driver.Events.Any(e => e.Type == AlertEventType.Opened), Is.EqualTo(isTold));
    }

    [Test]
    public void Process_Counter_JudgesItsRate()
    {
        var driver = With(new() { Type = MetricType.Counter });
        var count = 0.0;
        for (var i = 0; i < 300; i++) driver.Step("llama", "requests", count += 6000 + (60 * (i % 7)));
        driver.Step("llama", "requests", count = 60);
        for (var i = 0; i < 5; i++) driver.Step("llama", "requests", count += 60_000 + (60 * i));

        Assert.That((driver.Pipeline.RefusedSamples(SampleRefusal.CounterStart),
            driver.Pipeline.RefusedSamples(SampleRefusal.CounterReset)), Is.EqualTo((1L, 1L)));
        var opened = driver.Events.Single(e => e.Type == AlertEventType.Opened);
        Assert.That(opened.Value, Is.InRange(1000, 1004));
        Assert.That(opened.Expected, Is.EqualTo(103).Within(5));
        Assert.That(opened.Points[^1].Value, Is.EqualTo(opened.Value).Within(1e-3));
    }

    [Test]
    public void Process_EventCode_IsOpenAsLongAsItStands()
    {
        var driver = new PipelineTestDriver();
        int[] codes = [31, 31, 31, 79, 79, 79, 79, 79, 79, 79, 0, 0, 0, 0, 0, 0, 0];
        foreach (var code in codes) driver.Step("llama", "DCGM_FI_DEV_XID_ERRORS", code);

        Assert.That(driver.Events.Select(e => (e.Type, e.Value)),
            Is.EqualTo(new[] { (AlertEventType.Opened, 79.0), (AlertEventType.Resolved, 0.0) }));
        Assert.That(driver.Events[0].Detectors.Single().Name, Is.EqualTo("event-code"));
        Assert.That(driver.Events[0].English.Summary, Does.EndWith("reports XID 79: the GPU has fallen off the bus"));
        Assert.That(driver.Events[0].Chinese.Summary, Does.EndWith("上报 XID 79：GPU 掉卡（从总线上消失）"));
    }

    [Test]
    public void Process_NonFiniteRuleOff_TellsNothing()
    {
        var driver = After(300, new() { Detectors = DetectorChange.Remove(DetectorSet.Of([DetectorSet.NonFinite])) });
        for (var i = 0; i < 5; i++) driver.Step("llama", "noise", double.NaN);
        Assert.That(driver.Events, Is.Empty);
        Assert.That(driver.Judged, Has.Count.EqualTo(305));
    }

    [Test]
    public void Process_NoDetectorOn_StillTellsWhatIsNoNumber()
    {
        var driver = With(new() { Detectors = DetectorChange.Replace(DetectorSet.Of([DetectorSet.NonFinite])) });
        for (var i = 0; i < 300; i++) driver.Step("llama", "noise", 200 + (i * 7 % 13));
        driver.Step("llama", "noise", double.NaN);
        for (var i = 0; i < 10; i++) driver.Step("llama", "noise", 5000);
        Assert.That(driver.Events.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened, AlertEventType.Resolved }));
    }

    [Test]
    public void Process_CriticalBudgetOfTheWarning_MakesEveryAlertCritical()
    {
        var (usual, strict) = (After(1500, PolicySettings.None), After(1500, new() { CriticalBudget = TimeSpan.FromDays(7) }));
        foreach (var driver in new[] { usual, strict })
            driver.Step("llama", "noise", 224);
        Assert.That((usual.Events[0].Severity, strict.Events[0].Severity), Is.EqualTo((AlertSeverity.Warning, AlertSeverity.Critical)));
    }

    [Test]
    public void Adopt_AnotherBudgetLevelsOrMemory_KeepsWhatWasLearned()
    {
        var driver = After(300, PolicySettings.None);
        foreach (var settings in new PolicySettings[] { new() { Memory = MemoryPlan.Lean }, new()
            { WarningBudget = TimeSpan.FromDays(30) }, new() { Detectors = DetectorChange.Remove(DetectorSet.Of(["mean-sigma"])) } })
        {
            driver.Pipeline.Adopt(Set(settings));
            Usual(driver, 10);
        }

        for (var i = 0; driver.Events.Count == 0 && i < 15; i++) driver.Step("llama", "noise", 900 + i);
        var opened = driver.Events.Single(e => e.Type == AlertEventType.Opened);
        Assert.That(opened.Expected, Is.EqualTo(206).Within(5));
        Assert.That(opened.Points, Has.Count.InRange(61, 75), "forty of the lean chart, ten of each policy since, and those of the alert");
        Assert.That(opened.Points.Select(p => p.Time), Is.Ordered.And.Unique);
        Assert.That(opened.Detectors.Select(d => d.Name), Has.None.EqualTo("mean-sigma"));
    }

    [Test]
    public void Adopt_AnotherType_EndsTheAlertByPolicyAndBeginsTheSeriesAgain()
    {
        var driver = After(300, PolicySettings.None);
        for (var i = 0; i < 5; i++) driver.Step("llama", "noise", 900 + i);
        driver.Pipeline.Adopt(Set(new() { Type = MetricType.Counter }));
        Usual(driver, 20);
        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Policy));
        Assert.That(driver.Pipeline.RefusedSamples(SampleRefusal.CounterStart), Is.EqualTo(1));
    }

    [Test]
    public void Adopt_WithoutTheLimitThatIsWarnedOf_EndsTheWarningByPolicy()
    {
        var driver = With(new() { Limit = MetricLimit.Ceiling(1000) });
        for (var i = 0; i < 2000; i++) driver.Step("llama", "quota", 300 + (i % 3) + (3 * Math.Max(0, i - 1900)));
        Assert.That(driver.Events.Last(e => e.EarlyWarning is not null).Type, Is.EqualTo(AlertEventType.EarlyWarning));

        driver.Pipeline.Adopt(PolicySet.Default);
        driver.Step("llama", "quota", 603);
        var last = driver.Events.Last(e => e.EarlyWarning is not null);
        Assert.That((last.Type, last.EndedReason), Is.EqualTo((AlertEventType.Resolved, EndedReason.Policy)));
    }

    private static PipelineTestDriver After(int samples, PolicySettings settings)
    {
        var driver = With(settings);
        Usual(driver, samples);
        return driver;
    }

    private static void Usual(PipelineTestDriver driver, int samples)
    {
        for (var i = 0; i < samples; i++) driver.Step("llama", "noise", 200 + (i * 7 % 13));
    }

    private static PipelineTestDriver With(PolicySettings settings) => new(policies: Set(settings));

    private static PolicySet Set(PolicySettings settings) =>
        new([new(Array.Empty<Matcher>(), settings)], PolicySettings.None, PresetCatalog.Default);
}
