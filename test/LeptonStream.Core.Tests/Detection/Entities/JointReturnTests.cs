using LeptonStream.Alerts;
using LeptonStream.Feedback;

namespace LeptonStream.Core.Tests.Detection.Entities;

/// <summary>A joint fault that paged, lasted and comes again within thirty hours pages again; noise does not.</summary>
public sealed class JointReturnTests
{
    private const int Quiet = 3000;
    private const int Seeds = 12;

    [Test]
    public void AJointFaultThatReturns_PagesWithinFourRows([Values(40, 180, 720, 1440)] int gapMinutes)
    {
        var (paged, missed) = (0, new List<string>());
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var driver = new EntityDriver(6, seed: seed);
            driver.Send(Quiet);
            if (Page(driver) is not { } first) continue;
            driver.Send(gapMinutes);
            paged++;
            var second = Page(driver);
            if (!(second <= 4)) missed.Add($"seed {seed}: after {first} rows, then {second}");
        }

        TestContext.Out.WriteLine($"{paged} paged, again after {gapMinutes} min: missed {string.Join(", ", missed)}");
        Assert.That(paged, Is.GreaterThan(Seeds / 2));
        Assert.That(missed, Has.Count.LessThanOrEqualTo(1), string.Join(", ", missed));
    }

    // A page that nobody needs: for thirty hours after a fault noise must not look like it, nor a load that moves all metrics.
    [TestCase(0.0)]
    [TestCase(1.0)]
    [TestCase(1.5)]
    public void NoiseAfterAFault_IsNoReturn(double common)
    {
        var (paged, again) = (0, 0);
        for (var seed = 1; seed <= 2 * Seeds; seed++)
        {
            var (driver, random, load) = (new EntityDriver(6, seed: seed), new Random(seed), 0.0);
            driver.Send(Quiet, Noise);
            if (Page(driver) is null) continue;
            paged++;
            driver.Send(30, Noise);
            var known = driver.Events.Select(e => e.AlertId).ToHashSet();
            driver.Send(1800, Noise);
            again += driver.Events.Where(e => e is { Metric: "entity", Severity: AlertSeverity.Critical }).Select(e => e.AlertId).Distinct()
                .Count(id => !known.Contains(id));

            double? Noise(int metric, double noise)
            {
                if (metric == 0) load = (0.9 * load) + (random.NextDouble() - 0.5);
                return noise + (common * load);
            }
        }

        TestContext.Out.WriteLine($"{paged} paged, {again} again on noise");
        Assert.That(paged, Is.GreaterThan(4));
        Assert.That(again, Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void AFaultOfOneOfItsMetrics_IsNoReturn()
    {
        var (paged, others) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var driver = new EntityDriver(6, seed: seed);
            driver.Send(Quiet);
            if (Page(driver) is null) continue;
            driver.Send(180);
            paged++;
            if (Page(driver, metrics: 1) is not null) others++;
        }

        Assert.That((paged > 4, others), Is.EqualTo((true, 0)));
    }

    [Test]
    public void AJointFaultThatComesAgainAndAgain_IsForTheDetectorsAfterFiveReturns()
    {
        var driver = new EntityDriver(6, seed: 1);
        driver.Send(Quiet);
        var pages = 0;
        for (var i = 0; i < 12; i++)
        {
            if (Page(driver) is not null) pages++;
            driver.Send(120);
        }

        Assert.That(pages, Is.InRange(4, 7));
    }

    [Test]
    public void AJointFaultThatReturnsAfterATakeover_IsKnownAndSaidInBothLanguages()
    {
        var driver = new EntityDriver(6, seed: 5);
        driver.Send(Quiet);
        Page(driver);
        driver.Send(720);
        driver.TakeOver();
        var from = driver.Events.Count;
        Assert.That(Page(driver), Is.InRange(1, 4));
        var again = driver.Events.Skip(from).First(e => e is { Metric: "entity", Severity: AlertSeverity.Critical });
        Assert.That((again.English.Description.Contains("The same fault was critical before and ended at", StringComparison.Ordinal),
            again.Chinese.Description.Contains("同样的故障", StringComparison.Ordinal)), Is.EqualTo((true, true)));
    }

    // Said while its alert is open.
    [Test]
    public void AJointFaultThatPeopleSayIsNone_IsNotKnownWhenItReturns()
    {
        var (paged, again) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var driver = new EntityDriver(6, seed: seed);
            driver.Send(Quiet);
            if (Page(driver) is null) continue;
            paged++;
            driver.Say(Verdict.False, driver.Events.Last(e => e.Metric == "entity"));
            driver.Send(180);
            if (Page(driver) <= 4) again++;
        }

        TestContext.Out.WriteLine($"{paged} paged, {again} again although people called it none");
        Assert.That(paged, Is.GreaterThan(Seeds / 2));
        Assert.That(again, Is.LessThanOrEqualTo(paged / 3));
    }

    // Said of its first return.
    [Test]
    public void AJointFaultThatPeopleCallNormal_IsNotKnownAnyMore()
    {
        var (returned, again) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var driver = new EntityDriver(6, seed: seed);
            driver.Send(Quiet);
            if (Page(driver) is null) continue;
            driver.Send(180);
            if (!(Page(driver) <= 4)) continue;
            returned++;
            driver.Say(Verdict.Normal, driver.Events.Last(e => e.Metric == "entity"));
            Assert.That(driver.Events.Last(e => e.Metric == "entity").EndedReason, Is.EqualTo(EndedReason.Accepted));
            driver.Send(180);
            if (Page(driver) <= 4) again++;
        }

        TestContext.Out.WriteLine($"{returned} returned, {again} again although people called it normal");
        Assert.That(returned, Is.GreaterThan(Seeds / 2));
        Assert.That(again, Is.LessThanOrEqualTo(returned / 3));
    }

    // What the metrics expect is what people called normal.
    [Test]
    public void BehindAJointLevelThatPeopleCallNormal_TheNextIsAnAlert()
    {
        var (open, found) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var driver = new EntityDriver(6, seed: seed);
            driver.Send(Quiet);
            driver.Send(15, (i, noise) => i < 4 ? noise + 4 : noise);
            if (driver.Events.LastOrDefault(e => e.Metric == "entity") is not { EndedReason: null } alert) continue;
            open++;
            driver.Say(Verdict.Normal, alert);
            driver.Send(60, (i, noise) => i < 4 ? noise + 4 : noise);
            var from = driver.Events.Count;
            driver.Send(10, (i, noise) => i < 4 ? noise + 8 : noise);
            found += driver.Events.Skip(from).Any(e => e.Type == AlertEventType.Opened) ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{open} open, {found} found behind it");
        Assert.That(open, Is.GreaterThan(Seeds / 2));
        Assert.That(found, Is.GreaterThanOrEqualTo(open * 3 / 4));
    }

    // Rows until the entity's alert is critical.
    private static int? Page(EntityDriver driver, int metrics = 4)
    {
        var (found, from) = ((int?)null, driver.Events.Count);
        for (var row = 1; row <= 15; row++)
        {
            driver.Send(1, (i, noise) => i < metrics ? noise + 4 : noise);
            if (driver.Events.Skip(from).Any(e => e is { Metric: "entity", Severity: AlertSeverity.Critical, EndedReason: null }))
                found ??= row;
        }

        return found;
    }
}
