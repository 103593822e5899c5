using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Feedback;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>What a person's verdict changes about the alerts of a series.</summary>
public sealed class VerdictsInPipelineTests
{
    private const int Calm = 1500;

    private static readonly SeriesKey Noise = new("llama", "noise", LabelSet.Empty);

    [Test]
    public void Adopt_AFalseAlarm_OpensNoSuchAlertAnyMoreAndStillOpensWorseOnes()
    {
        var (value, alert) = FirstAlert();
        var driver = After(Calm);
        Hear(driver, Verdict.False, alert);
        driver.Step("llama", "noise", value);
        Usual(driver, 200);
        Assert.That(Alerts(driver), Is.Empty);

        for (var i = 0; i < 10; i++) driver.Step("llama", "noise", 900 + i);
        Assert.That(Alerts(driver).Select(made => made.Type), Does.Contain(AlertEventType.Opened));
    }

    [Test]
    public void Adopt_AFalseAlarmThatIsWithdrawn_OpensItAgain()
    {
        var (value, alert) = FirstAlert();
        var driver = After(Calm);
        var book = Hear(driver, Verdict.False, alert);
        Hear(driver, Verdict.False, alert, book, withdrawn: true);
        driver.Step("llama", "noise", value);
        Assert.That(Alerts(driver).Select(made => made.Type), Does.Contain(AlertEventType.Opened));
    }

    [Test]
    public void Adopt_AFalseAlarmAfterAConfirmedOne_StillOpensWhatWasConfirmed()
    {
        var (value, alert) = FirstAlert();
        var driver = After(Calm);
        var book = Hear(driver, Verdict.True, alert);
        Hear(driver, Verdict.False, alert with { AlertId = "another", Score = 9 }, book);
        driver.Step("llama", "noise", value);
        Assert.That(Alerts(driver).Select(made => made.Type), Does.Contain(AlertEventType.Opened));
    }

    [Test]
    public void Adopt_TheUsualFromNowOn_EndsTheAlertAsAcceptedAndTheLevelIsNoAlert()
    {
        var driver = After(Calm);
        for (var i = 0; i < 60; i++) driver.Step("llama", "noise", 600 + (i * 7 % 13));
        var opened = Alerts(driver).Single(made => made.Type == AlertEventType.Opened);

        Hear(driver, Verdict.Normal, opened);
        for (var i = 0; i < 200; i++) driver.Step("llama", "noise", 600 + (i * 7 % 13));

        var last = Alerts(driver)[^1];
        Assert.That((last.AlertId, last.Type, last.EndedReason),
            Is.EqualTo((opened.AlertId, AlertEventType.Resolved, EndedReason.Accepted)));
        Assert.That(Alerts(driver).Count(made => made.Type == AlertEventType.Opened), Is.EqualTo(1));
    }

    // A code that stands is no level.
    [Test]
    public void Adopt_TheUsualFromNowOnOfACode_LeavesItsAlertOpen()
    {
        var driver = new PipelineTestDriver();
        foreach (var code in new[] { 0, 0, 0, 79, 79 }) driver.Step("llama", "DCGM_FI_DEV_XID_ERRORS", code);
        Hear(driver, Verdict.Normal, driver.Events.Single());
        driver.Step("llama", "DCGM_FI_DEV_XID_ERRORS", 79);
        Assert.That(Alerts(driver).Select(made => made.Type), Is.EqualTo(new[] { AlertEventType.Opened }));
    }

    [Test]
    public void Adopt_AnyVerdict_SaysInBothLanguagesByWhomAndTheLine([Values] Verdict verdict, [Values] bool withdrawn)
    {
        var (_, alert) = FirstAlert();
        var driver = After(Calm);
        Hear(driver, verdict, alert, withdrawn: withdrawn);

        var said = driver.Events.Where(made => made.RoutingLabels["alertname"] == VerdictNames.AlertName).ToList();
        Assert.That(said.Select(made => (made.Type, made.Severity, made.Metric)), Is.EqualTo(new[]
        {
            (AlertEventType.Opened, AlertSeverity.Info, "noise"), (AlertEventType.Resolved, AlertSeverity.Info, "noise"),
        }));
        foreach (var text in new[] { said[0].English, said[0].Chinese })
        {
            Assert.That(text.Summary, Does.Contain("林").And.Contain("noise"));
            Assert.That(text.Actions.Single(), Does.Contain($"lepton verdict {alert.AlertId} --undo"));
        }

        Assert.That(said.Select(made => made.Id), Is.Unique);
    }

    private static VerdictBook Hear(
        PipelineTestDriver driver, Verdict verdict, AlertEvent alert, VerdictBook? before = null, bool withdrawn = false)
    {
        var feedback = SampleFeedback.Of(alert, verdict, withdrawn) with { By = "林" };
        var known = before ?? VerdictBook.Empty;
        var book = known.With(feedback);
        driver.Pipeline.Adopt(
            new(feedback, known.LineOf(Noise), book.LineOf(Noise)), PolicySet.Default.Behind(book.Rules), isNews: true, driver.Events);
        return book;
    }

    // The least of some values that opens an alert by itself, and its alert.
    private static (double Value, AlertEvent Alert) FirstAlert()
    {
        for (var value = 216.0; value < 260; value++)
        {
            var driver = After(Calm);
            driver.Step("llama", "noise", value);
            if (driver.Events.Find(made => made.Type == AlertEventType.Opened) is { Score: < 2.5 } opened) return (value, opened);
        }

        throw new AssertionException("no value opens a small alert");
    }

    private static List<AlertEvent> Alerts(PipelineTestDriver driver) =>
        [.. driver.Events.Where(made => made.RoutingLabels["alertname"] != VerdictNames.AlertName)];

    private static PipelineTestDriver After(int samples)
    {
        var driver = new PipelineTestDriver();
        Usual(driver, samples);
        driver.Events.Clear();
        return driver;
    }

    private static void Usual(PipelineTestDriver driver, int samples)
    {
        for (var i = 0; i < samples; i++) driver.Step("llama", "noise", 200 + (i * 7 % 13));
    }
}
