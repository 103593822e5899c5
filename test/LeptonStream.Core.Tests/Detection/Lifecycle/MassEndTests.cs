using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

/// <summary>Outages of more alerts than the events of one record have room for: each that opened is said, and so is its end.</summary>
public sealed class MassEndTests
{
    private const int Pods = 4;
    private const int MetricsOfPod = 500;

    private static readonly PolicySet Ignoring = new([new([Matcher.Of("model", MatchOperator.Equal, "a")], new() { Ignore = true })],
        PolicySettings.None, PresetCatalog.Default);

    [Test]
    public void Sweep_TwoThousandAlertsWhoseSeriesVanish_EndsThemAll()
    {
        var driver = Outage();
        for (var i = 0; i < 200; i++) driver.Step("other", "x", 1, seconds: 10);
        AssertAllEnded(driver, EndedReason.Gone);
    }

    [Test]
    public void Adopt_APolicyThatIgnoresTwoThousandOpenAlerts_EndsThemAll()
    {
        var driver = Outage();
        driver.Pipeline.Adopt(Ignoring);
        for (var i = 0; i < 20; i++) driver.Step("other", "x", 1, seconds: 1);
        AssertAllEnded(driver, EndedReason.Policy);
    }

    // Nobody else writes: ticks alone let them out, and the rest of the ends follows.
    [Test]
    public void Tick_AfterAPolicyThatIgnoresThem_EndsThemAll()
    {
        var driver = Outage();
        driver.Pipeline.Adopt(Ignoring);
        var ticks = 0;
        do driver.Pipeline.Tick(TimeSpan.FromSeconds(++ticks), driver.Events);
        while (driver.Pipeline.WatchesSilence && ticks < 100);
        AssertAllEnded(driver, EndedReason.Policy);
    }

    [Test]
    public void Tick_RunsThatDieTogether_PagesForEach()
    {
        const int runs = 1500;
        var driver = new PipelineTestDriver();
        for (var run = 0; run < runs; run++)
            driver.Send($$$"""{"model":"a","ts":"{{{driver.Now}}}","step":1,"labels":{"run":"{{{run}}}"},"metrics":{"loss":2} }""");
        var silence = TimeSpan.FromMinutes(16);
        for (var i = 0; i < 30; i++) driver.Pipeline.Tick(silence + TimeSpan.FromSeconds(i), driver.Events);
        var dead = driver.Events.FindAll(e => e is { Type: AlertEventType.Opened, Severity: AlertSeverity.Critical, Metric: "run" });
        Assert.That((dead.Select(e => e.AlertId).Distinct().Count(), driver.Pipeline.EventsDropped), Is.EqualTo((runs, 0L)));
    }

    private static PipelineTestDriver Outage()
    {
        var driver = new PipelineTestDriver();
        driver.Pipeline.Observer = null;
        for (var i = 0; i < SeriesPolicy.Default.WarmUp + 10; i++) Send(driver, $"{1 + (i % 3)}");
        Assert.That(driver.Events, Is.Empty);
        Send(driver, "\"NaN\"");
        for (var i = 0; i < 20; i++) driver.Step("other", "x", 1, seconds: 1);
        Assert.That(driver.Events.Select(e => (e.Type, e.AlertId)).Distinct().Count(), Is.EqualTo(Pods * MetricsOfPod));
        return driver;
    }

    private static void Send(PipelineTestDriver driver, string value)
    {
        driver.Now += TimeSpan.FromSeconds(15);
        var metrics = string.Join(',', Enumerable.Range(0, MetricsOfPod).Select(i => $"\"m{i}\":{value}"));
        for (var pod = 0; pod < Pods; pod++)
        {
            var message = $$$"""{"model":"a","ts":"{{{driver.Now}}}","labels":{"pod":"{{{pod}}}"},"metrics":{ {{{metrics}}} } }""";
            Assert.That(driver.Send(message).IsAccepted);
        }
    }

    private static void AssertAllEnded(PipelineTestDriver driver, EndedReason reason)
    {
        string[] Ids(AlertEventType type) => [.. driver.Events.Where(e => e.Type == type).Select(e => e.AlertId)];
        Assert.That(Ids(AlertEventType.Resolved), Is.EquivalentTo(Ids(AlertEventType.Opened)));
        Assert.That(driver.Events.Where(e => e.Type == AlertEventType.Resolved).Select(e => e.EndedReason), Is.All.EqualTo(reason));
        Assert.That(driver.Pipeline.EventsDropped, Is.Zero);
    }
}
