using LeptonStream.Alerts;

namespace LeptonStream.Core.Tests.Detection.Cleaning;

/// <summary>A target that can't be scraped is an alert, however short the time that it is known.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TargetTests
{
    private readonly PipelineTestDriver _driver = new();

    [Test]
    public void ATargetThatWasUp_IsAnAlertAfterThreeScrapes_UntilItIsUpAgain([Values(1, 4, 100, 20_000)] int before)
    {
        Run(before, 1);
        Run(2, 0);
        Assert.That(_driver.OpenAlerts, Is.Empty, "two scrapes");
        Run(1, 0);
        var alert = _driver.Events.Single();
        Assert.That(alert.English.Summary, Is.EqualTo("up of m: the target can't be scraped"));
        Assert.That(alert.Chinese.Summary, Does.Contain("目标无法抓取"));
        Run(24 * 240, 0);
        Assert.That(_driver.OpenAlerts, Is.EqualTo([alert.AlertId]), "while it is down");
        Assert.That(_driver.Events, Has.Count.EqualTo(1), "said once");
        Run(40, 1);
        Assert.That(_driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
    }

    [Test]
    public void AScrapeThatFailsNowAndThen_IsNoAlert()
    {
        for (var i = 0; i < 200; i++)
        {
            Run(8, 1);
            Run(2, 0);
        }

        Assert.That(_driver.OpenAlerts, Is.Empty);
    }

    // A model server loads its weights first.
    [Test]
    public void ATargetThatWasNeverUp_IsAnAlertAfterAQuarterOfAnHour()
    {
        Run(59, 0);
        Assert.That(_driver.OpenAlerts, Is.Empty);
        Run(6, 0);
        Assert.That(_driver.Events, Has.Count.EqualTo(1));
    }

    [Test]
    public void ATargetThatStarts_IsNoAlert()
    {
        Run(40, 0);
        Run(400, 1);
        Assert.That(_driver.OpenAlerts, Is.Empty);
    }

    private void Run(int scrapes, double up)
    {
        for (var i = 0; i < scrapes; i++) _driver.Step("m", "up", up, 15);
    }
}
