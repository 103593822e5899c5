using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Entities;

/// <summary>What the metrics of an entity say together.</summary>
public sealed class EntityTests
{
    private const int Quiet = 3000;

    [Test]
    public void Process_SeveralMetricsALittleOdd_TellsOfTheEntityAndNamesThem()
    {
        var driver = new EntityDriver(6);
        driver.Send(Quiet);
        driver.Send(3, Together);

        var opened = driver.Events.Single(e => e.Type == AlertEventType.Opened);
        Assert.That(opened.Metric, Is.EqualTo("entity"));
        Assert.That(opened.Contributors!.Select(c => c.Metric), Is.SubsetOf(new[] { "m0", "m1", "m2", "m3" }));
        Assert.That(opened.Contributors!.Sum(c => c.Share), Is.InRange(0.6, 1.001));
        Assert.That(opened.Contributors!.Select(c => c.Value), Is.All.InRange(105, 160));
        Assert.That(opened.Contributors!.Select(c => c.Expected), Is.All.InRange(80, 120));
        Assert.That(opened.English.Summary, Does.Match("^[234] metrics of llama .gpu=3. are unusual together: m[0-3] "));
        Assert.That(opened.Chinese.Summary, Does.Match("^llama（gpu=3）有 [234] 项指标同时异常：m[0-3] "));
        Assert.That(opened.RoutingLabels["alertname"], Is.EqualTo("LeptonStreamEntityAnomaly"));
        Assert.That(opened.Detectors[0].Name, Is.EqualTo("joint-surprise"));
        Assert.That(opened.Points, Is.Not.Empty);
    }

    // The alert of a metric says nothing of a fault that it has no part in.
    [TestCase(8, 20)]
    [TestCase(12, 120)]
    public void Process_AnAlertOfAnotherMetricIsOpen_TellsOfTheJointFault(double other, int minutes)
    {
        var (alone, beside) = (Found(0, 120), Found(other, minutes));
        TestContext.Out.WriteLine($"{alone} alone, {beside} beside the alert of another metric");
        Assert.That(alone, Is.GreaterThan(4));
        Assert.That(beside, Is.GreaterThanOrEqualTo(alone / 2));

        static int Found(double other, int minutes)
        {
            var found = 0;
            for (var seed = 1; seed <= 12; seed++)
            {
                var driver = new EntityDriver(6, seed: seed);
                driver.Send(Quiet);
                driver.Send(minutes, (i, noise) => i == 5 ? noise + other : noise);
                if (other != 0) Assert.That(driver.Events.FindLast(e => e.Metric == "m5")?.EndedReason, Is.Null);
                driver.Events.Clear();
                driver.Send(6, (i, noise) => i == 5 ? noise + other : i < 4 ? noise + 3 : noise);
                if (driver.Events.Exists(e => e is { Metric: "entity", Type: AlertEventType.Opened })) found++;
            }

            return found;
        }
    }

    [Test]
    public void Process_BackToNormal_ResolvesTheSameAlert()
    {
        var driver = new EntityDriver(6);
        driver.Send(Quiet);
        driver.Send(3, Together);
        driver.Send(20);
        Assert.That(driver.Events.Select(e => e.Type).Where(t => t != AlertEventType.Updated).ToArray(),
            Is.EqualTo(new[] { AlertEventType.Opened, AlertEventType.Resolved }));
        Assert.That(driver.Events.Select(e => e.AlertId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(driver.Events[^1].English.Summary, Does.Contain("is back to normal"));
    }

    // Its last word was of the trouble: a metric that says nothing, or that it has no reading, holds no alert open for good.
    [TestCase(null)]
    [TestCase((2147483634.0 - 100) / 10)]
    public void Process_AContributorThatFallsSilent_LetsTheAlertEnd(double? last)
    {
        var (held, open) = (0, new List<string>());
        for (var seed = 1; seed <= 12; seed++)
        {
            for (var silent = 0; silent < 4; silent++)
            {
                var driver = new EntityDriver(6, seed: seed);
                driver.Send(Quiet);
                driver.Send(3, (i, noise) => i < 4 ? noise + 4 : noise);
                var fault = driver.Events.FindLast(e => e.Metric == "entity")?.AlertId;
                driver.Send(18, (i, noise) => i == silent ? last : noise);
                if (IsOpen()) held++;
                driver.Send(90, (i, noise) => i == silent ? last : noise);
                if (IsOpen()) open.Add($"seed {seed}, m{silent}");

                bool IsOpen() => driver.Events.FindLast(e => e.AlertId == fault) is { Type: not AlertEventType.Resolved };
            }
        }

        Assert.That(held, Is.GreaterThan(0), "entities whose alert waits for the metric to come back");
        Assert.That(open, Is.Empty);
    }

    // Somebody was paged for the entity: that its metrics agree is no second page for one of them.
    [Test]
    public void Process_MetricsOfAnEntityThatWasPaged_AreNotRaisedByIt()
    {
        var (shapes, raised) = (0, new List<string>());
        for (var seed = 1; seed <= 12; seed++)
        {
            var driver = new EntityDriver(6, seed: seed);
            driver.Send(Quiet);
            driver.Send(6, (i, noise) => i < 4 ? noise + 4 : noise);
            var page = driver.Events.Find(e => e is { Metric: "entity", Severity: AlertSeverity.Critical });
            if (page is null) continue;
            var later = driver.Events.FindAll(e => e.Metric != "entity" && e.DetectedAt > page.DetectedAt);
            if (later.Exists(e => e.Type == AlertEventType.Opened)) shapes++;
            raised.AddRange(later.Where(e => e.Severity == AlertSeverity.Critical && e.Detectors.Any(d => d.Name == "joint-surprise"))
                .Select(e => $"seed {seed}: {e.Metric} at {e.DetectedAt}"));
        }

        Assert.That(shapes, Is.GreaterThan(0), "entities with a page, and alerts of their metrics after it");
        Assert.That(raised, Is.Empty);
    }

    [Test]
    public void Process_OneMetricAlone_IsItsOwnAffair()
    {
        var driver = new EntityDriver(6);
        driver.Send(Quiet);
        driver.Send(5, (i, noise) => i == 2 ? noise + 12 : noise);
        Assert.That(driver.Events, Is.Not.Empty);
        Assert.That(driver.Events.Select(e => e.Metric).Distinct(), Is.EqualTo(new[] { "m2" }));
    }

    [Test]
    public void Process_OthersAgreeWithAnOpenAlert_MakesItCriticalWithoutItsBudget()
    {
        var alone = AfterItsBudget((i, noise) => i == 0 ? noise + 150 : noise);
        var agreed = AfterItsBudget((i, noise) => i == 0 ? noise + 150 : i < 4 ? noise + 5 : noise);
        Assert.That(alone.Where(e => e.Metric == "m0").Select(e => e.Severity), Is.All.EqualTo(AlertSeverity.Warning));
        Assert.That(agreed.Last(e => e.Metric == "m0" && e.Type != AlertEventType.Resolved).Severity, Is.EqualTo(AlertSeverity.Critical));
    }

    [Test]
    public void Process_ContributorBreaksWhileTheAlertIsOpen_IsToldWithoutAValue()
    {
        var driver = new EntityDriver(6);
        driver.Send(Quiet);
        driver.Send(2, Together);
        driver.Send(20, (metric, noise) => metric < 4 ? double.NaN : noise);
        var told = driver.Events.Where(e => e.Metric == "entity").ToArray();
        Assert.That(told.Select(e => e.Type).First(), Is.EqualTo(AlertEventType.Opened));
        Assert.That(told[^1].Contributors!.Select(c => c.Value), Has.Some.Null);
        Assert.That(() => driver.Events.Select(AlertEventJson.Write).ToArray(), Throws.Nothing);
    }

    [Test]
    public void Adopt_EntityIsIgnoredWhileItsAlertIsOpen_EndsItByPolicy()
    {
        var driver = new EntityDriver(6);
        driver.Send(Quiet);
        driver.Send(2, Together);
        driver.Adopt(Entities("ignore"));
        driver.Send(1, Together);
        Assert.That(driver.Events.Last(e => e.Metric == "entity").EndedReason, Is.EqualTo(EndedReason.Policy));
        driver.Events.Clear();
        driver.Send(3, Together);
        Assert.That(driver.Events.Count(e => e.Metric == "entity"), Is.Zero);
    }

    [Test]
    public void Process_OthersAgree_NamesTheLevelThatSaysSo()
    {
        var raised = AfterItsBudget((i, noise) => i == 0 ? noise + 150 : i < 4 ? noise + 5 : noise)
            .First(e => e is { Type: AlertEventType.Updated, Severity: AlertSeverity.Critical, Metric: "m0" });
        Assert.That(raised.Detectors.Select(d => d.Name).ToList(), Does.Contain("joint-surprise").And.Count.EqualTo(2),
            "who opened it, and who agrees");
    }

    [Test]
    public void Process_BesideOthers_ScoresOfASeriesAreThoseItHasAlone()
    {
        var together = new EntityDriver(4);
        var apart = new EntityDriver(4, Entities("ignore"));
        foreach (var driver in new[] { together, apart })
        {
            driver.Send(500);
            driver.Send(10, (i, noise) => i < 2 ? noise + 6 : noise);
            driver.Send(100);
        }

        Assert.That(together.Judged.Select(j => j.Score), Is.EqualTo(apart.Judged.Select(j => j.Score)));
        Assert.That(apart.Rows, Is.Empty);
        Assert.That(apart.Events.Select(e => e.Metric), Has.None.EqualTo("entity"));
    }

    [Test]
    public void Process_RowInParts_ComesToTheSameScores()
    {
        var whole = new EntityDriver(6);
        var inParts = new EntityDriver(6);
        whole.Send(Quiet);
        inParts.Send(Quiet, parts: 3);
        whole.Send(2, Together);
        inParts.Send(2, Together, parts: 3);
        var last = inParts.Rows.GroupBy(r => r.Time).Select(row => row.Last().Score).ToArray();
        // The first row of an entity is judged before all of its metrics are known.
        Assert.That(whole.Rows[^1].Score, Is.GreaterThan(1));
        Assert.That(last[^1], Is.EqualTo(whole.Rows[^1].Score).Within(40).Percent);
        Assert.That(inParts.Events.Count(e => e.Type == AlertEventType.Opened),
            Is.EqualTo(whole.Events.Count(e => e.Type == AlertEventType.Opened)));
    }

    [Test]
    public void Process_MetricsMissing_StaysFiniteAndQuiet()
    {
        var driver = new EntityDriver(5);
        var row = 0;
        driver.Send(Quiet, (i, noise) => row++ / 5 % (i + 2) == 0 && i > 0 ? null : noise);
        Assert.That(driver.Rows.Select(r => r.Score), Is.All.InRange(0, 100));
        Assert.That(driver.Events.Count(e => e.Metric == "entity"), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Process_MoreMetricsThanARowHolds_JudgesTheRestAlone()
    {
        var driver = new EntityDriver(80);
        driver.Send(300);
        driver.Judged.Clear();
        driver.Send(1, (i, noise) => i == 79 ? noise + 50 : noise);
        Assert.That(driver.Judged.Single(j => j.Key.Metric == "m79").Score, Is.GreaterThan(1));
    }

    [Test]
    public void Process_NamesThatWereSeenOnce_MakeRoomForMetrics()
    {
        var driver = new EntityDriver(80);
        driver.Send(1, (i, noise) => i < 74 ? noise : null);
        driver.Wait(TimeSpan.FromHours(2));
        driver.Send(Quiet, (i, noise) => i >= 74 ? noise : null);
        driver.Send(3, (i, noise) => i >= 78 ? noise : i >= 74 ? noise + 2.5 : null);
        Assert.That(driver.Events.Single(e => e.Type == AlertEventType.Opened).Contributors!.Select(c => c.Metric),
            Is.SubsetOf(new[] { "m74", "m75", "m76", "m77" }));
    }

    // A counter says nothing with its first sample: it must not lose its place to the next newcomer of the same record.
    [Test]
    public void TakeOver_NewcomersWithoutAWordYet_KeepTheirPlaces()
    {
        var (row, start) = (new EntityRow(), Timestamp.FromUnixMilliseconds(1_800_000_000_000));
        var pipeline = new SeriesPipeline(DetectionPolicy.Default, SeriesPolicy.Default);
        for (var i = 0; i < EntityRow.MaxMetrics; i++) row.Join(Make(i), start);
        var now = start + TimeSpan.FromHours(2);
        var counters = Enumerable.Range(100, 5).Select(Make).ToArray();

        var places = counters.Select(counter => row.TakeOver(counter, now)).ToArray();

        Assert.That(places, Is.Unique.And.None.EqualTo(-1));
        Assert.That(places.Select(place => row[place]), Is.EqualTo(counters));

        SeriesState Make(int i) => pipeline.NewSeries(default, new("llama", $"m{i}", LabelSet.Empty));
    }

    [TestCase("joint-surprise", 0)]
    [TestCase("isolation-forest", 1)]
    public void Process_LevelOff_HasNoSay(string level, int alerts)
    {
        var driver = new EntityDriver(6, Entities("off", level));
        driver.Send(Quiet);
        driver.Send(3, Together);
        Assert.That(driver.Events.Count(e => e is { Type: AlertEventType.Opened, Metric: "entity" }), Is.EqualTo(alerts));
        Assert.That(driver.Events.SelectMany(e => e.Detectors).Select(d => d.Name), Has.None.EqualTo(level));
    }

    // The budget of m0 for critical alerts of its own is spent.
    private static List<AlertEvent> AfterItsBudget(Func<int, double, double?> on)
    {
        var driver = new EntityDriver(6);
        driver.Send(Quiet);
        for (var i = 0; i < 3; i++)
        {
            // On the other side than what follows, which is to be no return of it.
            driver.Send(3, (metric, noise) => metric == 0 ? noise - 20 - (i * 20) : noise);
            driver.Send(60);
        }

        driver.Events.Clear();
        driver.Send(4, on);
        return driver.Events;
    }

    private static double? Together(int metric, double noise) => metric < 4 ? noise + 2.5 : noise;

    private static PolicySet Entities(string what, string level = "")
    {
        var settings = what == "ignore" ? new PolicySettings { Ignore = true } : new PolicySettings
            { Detectors = DetectorChange.Remove(DetectorSet.Of([level])) };
        Assert.That(Matcher.TryParse("metric=\"entity\"", out var matcher, out var error), error);
        return new([new([matcher!], settings)], PolicySettings.None, PresetCatalog.Default);
    }
}
