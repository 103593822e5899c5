using LeptonStream.Alerts;
using LeptonStream.Detection.Cleaning;

namespace LeptonStream.Core.Tests.Detection.Cleaning;

/// <summary>An exporter that has no reading for long.</summary>
public sealed class LostReadingsTests
{
    private const double Blank = 2147483634;

    // No reading is no level that somebody could take for the usual one.
    [Test]
    public void Process_ReadingsThatComeBackAfterDays_EndTheAlertAsRecovered()
    {
        var (driver, random) = (new PipelineTestDriver(), new Random(1));
        for (var i = 0; i < 500; i++) driver.Step("m", "watts", 100 + random.NextDouble());
        for (var i = 0; i < 2 * 1440; i++) driver.Step("m", "watts", Blank);
        for (var i = 0; i < 30; i++) driver.Step("m", "watts", 100 + random.NextDouble());
        Assert.That(driver.Events[0].Detectors[0].Name, Is.EqualTo(LostReadings.RuleName));
        Assert.That(driver.Events.Where(e => e.EndedReason is not null).Select(e => e.EndedReason),
            Is.EqualTo(new EndedReason?[] { EndedReason.Recovered }));
    }
}
