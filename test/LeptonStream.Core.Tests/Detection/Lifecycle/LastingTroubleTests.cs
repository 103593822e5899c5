using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots.Layouts;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

/// <summary>Trouble that goes on for hours: while it lasts an alert is open, however it began.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class LastingTroubleTests
{
    private const int Minute = 60;
    private const int Hour = 3_600;
    private const int Day = 86_400;

    private readonly Random _random = new(1);
    private readonly PipelineTestDriver _driver = new();

    // A target is down for a moment now and then. It stands at its value as it did before.
    [TestCase("up", 1, 0, 3 * Day, 20 * Minute, Hour)]
    [TestCase("up", 1, 0, 3 * Day, 20 * Minute, 12 * Hour)]
    [TestCase("up", 1, 0, 3 * Day, 20 * Minute, 2 * Day)]
    [TestCase("ready", 3, 2, 5 * Day, 2 * Minute, 2 * Day)]
    [TestCase("ready", 2, 0, 5 * Day, 2 * Minute, 2 * Day)]
    public void AConstantThatWasAwayForAMoment_IsWatchedAsBefore(string metric, double usual, double down, int before, int blip,
        int between)
    {
        Run(before, () => usual, metric);
        Run(blip, () => down, metric);
        Run(between, () => usual, metric);
        Assert.That(_driver.OpenAlerts, Is.Empty);
        var from = _driver.Now;
        Run(6 * Hour, () => down, metric);
        var alert = _driver.Events.Last(e => e.Type == AlertEventType.Opened);
        Assert.That((alert.DetectedAt - from).TotalMinutes, Is.InRange(0, 5));
        Assert.That(_driver.OpenAlerts, Is.EqualTo([alert.AlertId]));
    }

    // Its first sample is no number, or lies within the band.
    [Test]
    public void ValuesBehindABrokenReading_AreTroubleWhileTheyLast(
        [Values(15, 60, 600)] int seconds, [Values(double.NaN, 100.7)] double reading)
    {
        Run(3 * Day, () => Around(100));
        Run(seconds, () => reading);
        Run(6 * Hour, () => Around(200));
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1), "while the values are trouble");
        Run(2 * Hour, () => Around(100));
        Assert.That(_driver.OpenAlerts, Is.Empty, "once they are not");
    }

    [Test]
    public void ValuesBehindABrokenReading_ThatAreUsual_EndItsAlert()
    {
        Run(3 * Day, () => Around(100));
        Run(600, () => double.NaN);
        Run(Hour, () => Around(100));
        Assert.That(_driver.OpenAlerts, Is.Empty);
    }

    // A deploy: the readings are over, and the level that they left is accepted as that of a warning is.
    [Test]
    public void ALevelBehindABrokenReading_IsAcceptedOnceItIsLearned(
        [Values(double.NaN, double.PositiveInfinity)] double reading, [Values(15, 600)] int seconds)
    {
        Run(3 * Day, () => Around(100));
        Run(seconds, () => reading);
        Run(23 * Hour, () => Around(140));
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1));
        Run(2 * Hour, () => Around(140));
        Assert.That(_driver.OpenAlerts, Is.Empty);
        Assert.That(_driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Accepted));
        var events = _driver.Events.Count;
        Run(Day, () => Around(140));
        Assert.That(_driver.Events.Skip(events), Is.Empty);
    }

    // However long the readings were broken: the level behind them must have been there for as long as one that is accepted.
    [Test]
    public void ALevelBehindADayOfBrokenReadings_IsTroubleAtFirst([Values(double.NaN, 100)] double reading)
    {
        Run(3 * Day, () => Around(100));
        Run(30 * Hour, () => reading);
        Run(20 * Hour, () => Around(160));
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1), "while it is trouble");
        Assert.That(_driver.Events.Select(e => e.EndedReason), Has.None.EqualTo(EndedReason.Accepted));
    }

    // The values were back, and the alert was about to close.
    [Test]
    public void ALevelThatAPersonTookForUsual_BehindItsEnd_IsNotExpected()
    {
        Run(3 * Day, () => Around(100));
        Run(20 * Minute, () => Around(140));
        Run(2 * Minute, () => Around(100));
        _driver.TakeForUsual(_driver.Events[^1]);
        var events = _driver.Events.Count;
        Run(3 * Hour, () => Around(100));
        Assert.That(_driver.Events.Skip(events).Select(e => e.English.Summary), Is.Empty);
    }

    [Test]
    public void TroubleBehindALevelThatAPersonTookForUsual_EndsWithIt([Values(5, 20, 60)] int minutes,
        [Values(double.NaN, 100, 200)] double trouble)
    {
        Run(3 * Day, () => Around(100));
        Run(20 * Minute, () => Around(140));
        _driver.TakeForUsual(_driver.Events[^1]);
        Assert.That(_driver.OpenAlerts, Is.Empty);
        Run(minutes * Minute, () => Around(140));
        Run(20 * Minute, () => trouble);
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1));
        Run(Hour, () => Around(140));
        Assert.That(_driver.OpenAlerts, Is.Empty);
    }

    // Work by day, and none at night.
    [TestCase("DCGM_FI_DEV_GPU_UTIL")]
    [TestCase("x")]
    public void NightsWithoutWork_AreKnown_AndAMorningWithoutWorkIsNot(string metric)
    {
        Run(14 * Day, Work, metric, step: Minute);
        var nights = _driver.Events.Count(e => e.Type == AlertEventType.Opened);
        Assert.That(nights, Is.LessThanOrEqualTo(3), "the first nights are news at most");
        while (HourOfDay != 7) Step(metric, Work(), Minute);
        Run(5 * Hour, () => 0, metric, step: Minute);
        Assert.That(_driver.OpenAlerts, Is.Not.Empty);
    }

    // Without requests no share of them says that the trouble is over.
    [Test]
    public void AShareOfErrorsBeforeAndBehindAQuietNight_IsAnAlertInTheMorning()
    {
        Errors(4 * Day + (17 * Hour), .01);
        Errors(14 * Hour, .3);
        var morning = _driver.Now;
        Errors(5 * Hour, .3);
        Assert.That(_driver.Events.Any(e => e.Type == AlertEventType.Opened && e.DetectedAt >= morning), Is.True);
        Assert.That(_driver.OpenAlerts, Is.Not.Empty);
    }

    // Scores are in units of the line, which a verdict or a policy moves.
    [Test]
    public void AnOpenAlertBehindAHigherLine_StillGetsWorse([Values] bool byVerdict)
    {
        Run(3 * Day, () => Around(100));
        Run(20 * Minute, () => Around(130));
        var alert = _driver.Events.Last(e => e.Type == AlertEventType.Opened);
        if (byVerdict) _driver.Deny(alert, 1, 2);
        else _driver.Pipeline.Adopt(new([new([Matcher.Of("metric", MatchOperator.Equal, "x")], new() { Line = 3 })], PolicySettings.None,
            PresetCatalog.Default));
        var events = _driver.Events.Count;
        Run(Hour, () => Around(1_000));
        Assert.That(_driver.Events.Skip(events).Any(e => e.AlertId == alert.AlertId
            && e is { Type: AlertEventType.Updated, IsProgress: false }), Is.True);
    }

    // The line of news is the same whatever the budget, and so are the scores of a rule and of a metric among others.
    [TestCase(8, 118)]
    [TestCase(8, double.NaN)]
    [TestCase(1, double.NaN)]
    public void AnOpenAlertBehindAnotherBudget_IsAsBadAsBefore(int metrics, double trouble)
    {
        for (var at = 0; at < 3 * 24 * 60; at++) Row(metrics, Around(100));
        for (var at = 0; at < 30; at++) Row(metrics, double.IsNaN(trouble) ? trouble : Around(trouble));
        var before = Metric();
        Assert.That(before, Does.Contain("Open"));
        _driver.Pipeline.Adopt(new([], new() { WarningBudget = TimeSpan.FromDays(1) }, PresetCatalog.Default));
        Assert.That(Metric(), Is.EqualTo(before));

        string Metric() => AliveStory.Describe(_driver.Pipeline).Split('\n').First(line => line.Contains("m0", StringComparison.Ordinal));
    }

    private double HourOfDay => _driver.Now.ToDateTimeOffset().TimeOfDay.TotalHours;

    private double Around(double mean) => Normal.Sample(_random, mean, 3);

    private double Work()
    {
        var hour = HourOfDay;
        var share = hour is < 7 or >= 22 ? 0 : hour < 9 ? (hour - 7) / 2 : hour >= 20 ? (22 - hour) / 2 : 1;
        return share == 0 ? 0 : Math.Max(0, Normal.Sample(_random, 60 * share, 6 * share));
    }

    private void Run(int seconds, Func<double> value, string metric = "x", int step = 15)
    {
        for (var at = step; at <= seconds; at += step) Step(metric, value(), step);
    }

    private void Step(string metric, double value, int step) => _driver.Step("m", metric, value, step);

    // The first metric of an entity, a minute later, beside others.
    private void Row(int metrics, double first)
    {
        _driver.Now += TimeSpan.FromSeconds(Minute);
        var values = Enumerable.Range(0, metrics).Select(i => i > 0 ? Text(Around(100)) : double.IsNaN(first) ? "\"NaN\"" : Text(first));
        var members = string.Join(',', values.Select((value, i) => $"\"m{i}\":{value}"));
        Assert.That(_driver.Send($$"""{"model":"m","ts":"{{_driver.Now}}","labels":{},"metrics":{ {{members}} } }""").IsAccepted, Is.True);

        static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
    }

    private void Errors(int seconds, double share)
    {
        for (var at = Minute; at <= seconds; at += Minute)
        {
            _driver.Now += TimeSpan.FromSeconds(Minute);
            var requests = HourOfDay is < 7 or >= 22 ? 0 : Poisson.Sample(_random, 300);
            var rate = requests == 0 ? 0 : Binomial.Sample(_random, share, requests) / (double)requests;
            var text = FormattableString.Invariant($"\"requests_per_s\":{requests / 60.0:R},\"error_rate\":{rate:R}");
            Assert.That(_driver.Send($$"""{"model":"m","ts":"{{_driver.Now}}","labels":{},"metrics":{ {{text}} } }""").IsAccepted, Is.True);
        }
    }
}
