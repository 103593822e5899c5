using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;

namespace LeptonStream.Core.Tests.Detection.Pages;

/// <summary>What is a warning on a model of few series is for the record on a model of many, unless it grows or others join in.</summary>
public sealed class WarningBudgetInPipelineTests
{
    private const int Quiet = 400;
    private const double Mild = 5.5;
    private static readonly TimeSpan Strict = TimeSpan.FromDays(7);

    [Test]
    public void Process_OneSeriesOfFortyDeviatesMildly_WarnsAsTheBudgetOfTheModelAllows()
    {
        var strict = Opened(Play(Strict, affected: 1, Mild));
        var loose = Opened(Play(TimeSpan.FromMinutes(10), affected: 1, Mild));
        using var scope = Assert.EnterMultipleScope();
        Assert.That(loose.Select(alert => alert.Severity), Is.EqualTo(new[] { AlertSeverity.Warning }));
        Assert.That(strict.Select(alert => alert.Severity), Is.EqualTo(new[] { AlertSeverity.Info }));
        Assert.That(strict[0].AlertId, Is.EqualTo(loose[0].AlertId), "the alert is the same");
        Assert.That(strict[0].English.Description, Does.Contain("For the record only: the model has 40 series")
            .And.Contain("one false warning in 7 d"));
        Assert.That(strict[0].Chinese.Description, Does.Contain("仅作记录").And.Contain("共有 40 个序列"));
        Assert.That(loose[0].English.Description, Does.Not.Contain("For the record"));
    }

    [Test]
    public void Process_MostOfTheSeriesDeviateAtOnce_WarnsUnderTheStrictBudgetToo() =>
        Assert.That(Opened(Play(Strict, affected: 36, shift: 7)).Select(alert => alert.Severity), Has.Member(AlertSeverity.Warning));

    [Test]
    public void Process_OneForTheRecordGrows_BecomesAWarningWithAnEventAndStaysOne()
    {
        var alerts = Play(Strict, affected: 1, Mild, thenShift: 12);
        var severities = alerts.Select(alert => alert.Severity).ToArray();
        Assert.That(alerts[0].Type, Is.EqualTo(AlertEventType.Opened));
        Assert.That(severities[0], Is.EqualTo(AlertSeverity.Info));
        Assert.That(severities, Is.Ordered, "never less again");
        var raised = alerts.First(alert => alert.Severity == AlertSeverity.Warning);
        Assert.That(raised.Type, Is.EqualTo(AlertEventType.Updated));
        Assert.That(raised.English.Description, Does.Not.Contain("For the record"));
    }

    [Test]
    public void Process_OneForTheRecordEnds_IsForTheRecordToItsEnd()
    {
        var alerts = Play(Strict, affected: 1, Mild, thenShift: 0, rows: 60);
        Assert.That(alerts[^1].Type, Is.EqualTo(AlertEventType.Resolved));
        Assert.That(alerts.Select(alert => alert.Severity), Is.All.EqualTo(AlertSeverity.Info));
    }

    [Test]
    public void Process_OthersJoinOneForTheRecordWithinMinutes_AllAreWarnings()
    {
        var alerts = Play(Strict, affected: 1, shift: 7, thenShift: 7, thenAffected: 38);
        var first = alerts[0];
        Assert.That(first.Severity, Is.EqualTo(AlertSeverity.Info));
        Assert.That(alerts.Where(alert => alert.AlertId == first.AlertId).Select(alert => alert.Severity),
            Has.Member(AlertSeverity.Warning));
    }

    [Test]
    public void Process_TheBudgetOfTheModelIsLongerThanThatOfTheSeries_OneAlertIsNotItsOwnWitness()
    {
        var alerts = Play(TimeSpan.FromDays(300), affected: 1, Mild, thenShift: Mild, rows: 60);
        Assert.That(alerts.Select(alert => alert.Severity), Is.All.EqualTo(AlertSeverity.Info));
    }

    [Test]
    public void Process_AModelOfOneSeries_AlwaysWarns()
    {
        var alerts = Opened(Play(TimeSpan.FromHours(8), affected: 1, Mild, of: 1));
        Assert.That(alerts.Select(alert => alert.Severity), Is.EqualTo(new[] { AlertSeverity.Warning }));
    }

    private static List<AlertEvent> Opened(IEnumerable<AlertEvent> alerts) =>
        [.. alerts.Where(alert => alert.Type == AlertEventType.Opened)];

    // The events from the first deviation on.
    private static List<AlertEvent> Play(TimeSpan budget, int affected, double shift, double? thenShift = null, int of = 40,
        int? thenAffected = null, int rows = 0)
    {
        var settings = new PolicySettings { ModelWarningBudget = budget, PageBudget = TimeSpan.FromDays(3_650) };
        var policies = new PolicySet([], settings, PresetCatalog.Default);
        var driver = new PipelineTestDriver(policies: policies);
        rows = Quiet + Math.Max(rows, thenShift is null ? 1 : 12);
        var noise = Enumerable.Range(0, of).Select(i => Streams.Noise(seed: i + 1, rows)).ToArray();
        for (var row = 0; row < rows; row++)
        {
            driver.Now += TimeSpan.FromMinutes(5);
            if (row == Quiet) driver.Events.Clear();
            for (var i = 0; i < noise.Length; i++)
            {
                var deviates = row >= Quiet && i < (row == Quiet ? affected : thenAffected ?? affected);
                var add = !deviates ? 0 : row == Quiet ? shift : thenShift ?? 0;
                driver.Step("m", "x", noise[i][row].Value + add, seconds: 0, labels: $$"""{"host":"{{i}}"}""");
            }
        }

        return [.. driver.Events];
    }
}
