using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Calendars;

/// <summary>A series that works from Monday to Friday, and a Wednesday that is a holiday.</summary>
public sealed class CalendarsInPipelineTests
{
    private const int Week = 7;
    private static readonly Timestamp Monday = Timestamp.FromDateTimeOffset(new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero));
    private static readonly int Holiday = (8 * Week) + 2;

    private static DayCalendar Holidays => new("holidays",
        [new(Monday + TimeSpan.FromDays(Holiday), Monday + TimeSpan.FromDays(Holiday + 1), (int)DayOfWeek.Wednesday)]);

    // A week whose days are all different.
    [Test]
    public void AHoliday_LikeASunday_IsExpectedAsOne()
    {
        var (plain, like) = (Errors(null), Errors(new(Holidays, DayOfWeek.Sunday)));
        Assert.That(like[Holiday], Is.LessThan(0.7 * plain[Holiday]));
    }

    // A report at six on every working day.
    [TestCase(false)]
    [TestCase(true)]
    public void ABurstThatDoesNotComeOnAHoliday_IsMissedUnlessTheDayIsKnown(bool isKnown)
    {
        var friday = Monday + TimeSpan.FromDays(Holiday + 2);
        var holidays = new DayCalendar("holidays", [new(friday, friday + TimeSpan.FromDays(1), (int)DayOfWeek.Friday)]);
        var driver = Driver(new() { Like = isKnown ? new(holidays, DayOfWeek.Sunday) : null });
        driver.Now = Monday + TimeSpan.FromDays(Holiday - (5 * Week) - 2);
        var random = new Random(2);
        for (var i = 0; i < 288 * ((5 * Week) + 5); i++)
        {
            var (day, hour) = (i / 288, i % 288 / 12.0);
            var comes = hour is >= 6 and < 6.5 && day % Week < 5 && day != (5 * Week) + 4;
            driver.Step("m", "requests", (comes ? 400 : 20) + Normal.Sample(random, 0, 1), seconds: 300);
        }

        Assert.That(OfDays(driver.Events, Holiday + 2, Holiday + 3).Select(e => e.Detectors[0].Name),
            isKnown ? Is.Empty : Is.EqualTo(new[] { "missed-burst" }));
    }

    [Test]
    public void AHolidayThatIsMuted_OpensNoAlertAndTheNextDayMay()
    {
        var told = Play(new() { Mute = Holidays }, incidentOn: Holiday + 1).Events;
        Assert.That(OfDays(told, Holiday, Holiday + 1), Is.Empty);
        Assert.That(OfDays(told, Holiday + 1, Holiday + 2), Is.Not.Empty);
    }

    // An alert from before goes on, and ends where its trouble does.
    [Test]
    public void AnAlertThatIsOpen_GoesOnWhereOthersAreMuted()
    {
        var driver = Driver(new() { Mute = Holidays });
        driver.Now = Monday + TimeSpan.FromDays(Holiday) - TimeSpan.FromHours(30);
        var random = new Random(4);
        for (var i = 0; i < 29 * 60; i++) driver.Step("m", "load", 50 + Normal.Sample(random, 0, 1));
        for (var i = 0; i < 120; i++) driver.Step("m", "load", 90 + Normal.Sample(random, 0, 1));
        for (var i = 0; i < 60; i++) driver.Step("m", "load", 50 + Normal.Sample(random, 0, 1));
        Assert.That(driver.Events[0].DetectedAt, Is.LessThan(Holidays.Spans[0].From));
        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
        Assert.That(driver.Events[^1].DetectedAt, Is.GreaterThan(Holidays.Spans[0].From));
    }

    [TestCase("\"NaN\"")]
    [TestCase("1e6")]
    public void InMutedHours_NeitherRulesNorDeviationsOpenAnAlert(string value)
    {
        var driver = Driver(new() { Mute = Holidays });
        driver.Now = Monday + TimeSpan.FromDays(Holiday) - TimeSpan.FromHours(20);
        var random = new Random(4);
        for (var i = 0; i < 21 * 60; i++) driver.Step("m", "load", 50 + Normal.Sample(random, 0, 1));
        for (var i = 0; i < 60; i++)
        {
            driver.Now += TimeSpan.FromMinutes(1);
            driver.Send($$"""{"model":"m","ts":"{{driver.Now}}","metrics":{"load":{{value}} } }""");
        }

        Assert.That(driver.Events, Is.Empty);
    }

    // It began while nothing was to open, and is as bad as if it had begun at any other time.
    [TestCase("200", AlertSeverity.Critical, EndedReason.Recovered, 15)]
    [TestCase("200", AlertSeverity.Critical, EndedReason.Recovered, 300)]
    [TestCase("\"NaN\"", AlertSeverity.Critical, EndedReason.Recovered, 15)]
    [TestCase("79", AlertSeverity.Critical, EndedReason.Quiet, 15, "DCGM_FI_DEV_XID_ERRORS", "0")]
    public void ATroubleThatOutlastsItsMute_OpensAtItsEnd(string value, AlertSeverity severity, EndedReason ended, int seconds,
        string metric = "load", string? usual = null)
    {
        var (driver, random, begin) = (Driver(new() { Mute = Holidays }), new Random(4), Holidays.Spans[0].From);
        driver.Now = begin - TimeSpan.FromHours(30);
        Run(31 * 3600, null);
        Run(22 * 3600, value);
        Assert.That(driver.Events, Is.Empty, "in the mute");
        Run(7 * 3600, value);
        Run(3600, null);
        Assert.That(driver.Events.Select(e => (e.Type, e.Severity, e.EndedReason)), Is.EqualTo(new (AlertEventType, AlertSeverity,
            EndedReason?)[]
        {
            (AlertEventType.Opened, severity, null), (AlertEventType.Resolved, severity, ended),
        }));
        Assert.That(driver.Events[0].DetectedAt - Holidays.Spans[0].Until, Is.LessThan(TimeSpan.FromMinutes(10)));
        Assert.That(driver.Events[0].Onset, Is.EqualTo(begin + TimeSpan.FromHours(1) + TimeSpan.FromSeconds(seconds)));

        void Run(int length, string? trouble)
        {
            for (var at = 0; at < length; at += seconds)
            {
                driver.Now += TimeSpan.FromSeconds(seconds);
                var told = trouble ?? usual ?? FormattableString.Invariant($"{100 + Normal.Sample(random, 0, 3)}");
                driver.Send($$"""{"model":"m","ts":"{{driver.Now}}","metrics":{"{{metric}}":{{told}} } }""");
            }
        }
    }

    // The reading publishes what opened in the mute. Its end is the return to what was usual before.
    [Test]
    public void ATroubleThatABrokenReadingPublishes_LastsUntilItIsOver()
    {
        var (driver, random) = (Driver(new() { Mute = Holidays }), new Random(4));
        driver.Now = Holidays.Spans[0].From - TimeSpan.FromHours(30);
        Run(31 * 240, 100);
        Run(23 * 240, 200);
        Run(8, double.NaN);
        Assert.That(driver.OpenAlerts, Has.Count.EqualTo(1));
        Run(6 * 240, 200);
        Assert.That(driver.OpenAlerts, Has.Count.EqualTo(1), "while it lasts");
        Run(2 * 240, 100);
        Assert.That(driver.OpenAlerts, Is.Empty, "once it is over");

        void Run(int samples, double mean)
        {
            for (var i = 0; i < samples; i++) driver.Step("m", "load", mean + Normal.Sample(random, 0, 3), 15);
        }
    }

    // A job of the night that is over with its mute, and a little later on one of them.
    [TestCase(0)]
    [TestCase(15)]
    public void ATroubleThatEndsWithItsMute_IsNoAlert(int late)
    {
        var (driver, random) = (Driver(new() { Mute = Holidays }), new Random(4));
        driver.Now = Holidays.Spans[0].From - TimeSpan.FromHours(30);
        for (var i = 0; i < 31 * 240; i++) driver.Step("m", "load", 100 + Normal.Sample(random, 0, 3), 15);
        for (var i = 0; i < (23 * 240) + (late / 15) - 1; i++) driver.Step("m", "load", 110 + Normal.Sample(random, 0, 3), 15);
        for (var i = 0; i < 240; i++) driver.Step("m", "load", 100 + Normal.Sample(random, 0, 3), 15);
        Assert.That(driver.Events.Select(e => $"{e.DetectedAt} {e.English.Summary}"), Is.Empty);
    }

    // What is open in silence is so in a copy, too.
    [Test]
    public void ATroubleInAMute_IsKnownAfterATakeover()
    {
        var policies = new PolicySet([new([], new() { Mute = Holidays })], PolicySettings.None, PresetCatalog.Default);
        var (driver, random) = (new PipelineTestDriver(policies: policies), new Random(4));
        driver.Now = Holidays.Spans[0].From - TimeSpan.FromHours(30);
        for (var i = 0; i < 31 * 240; i++) driver.Step("m", "load", 100 + Normal.Sample(random, 0, 3), 15);
        for (var i = 0; i < 22 * 240; i++) driver.Step("m", "load", 200 + Normal.Sample(random, 0, 3), 15);
        var copy = new PipelineTestDriver(policies: policies) { Now = driver.Now };
        SnapshotBytes.Load(SnapshotBytes.Of(driver.Pipeline).Bytes, copy.Pipeline);
        for (var i = 0; i < 2 * 240; i++) copy.Step("m", "load", 200 + Normal.Sample(random, 0, 3), 15);
        Assert.That(copy.Events.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened }));
    }

    private static List<AlertEvent> OfDays(List<AlertEvent> told, int from, int until) => told.FindAll(e => e.Type == AlertEventType.Opened
        && e.DetectedAt >= Monday + TimeSpan.FromDays(from) && e.DetectedAt < Monday + TimeSpan.FromDays(until));

    private static PipelineTestDriver Driver(PolicySettings settings) =>
        new(policies: new([new([], settings)], PolicySettings.None, PresetCatalog.Default));

    // Of the forecasts of each day, added up.
    private static double[] Errors(DayLike? like)
    {
        var forecaster = default(HoltWintersForecaster);
        var random = new Random(2);
        double[] week = [.. Enumerable.Range(0, 56).Select(_ => 100 * random.NextDouble())];
        var errors = new double[10 * Week];
        for (var i = 0; i < 24 * errors.Length; i++)
        {
            var (day, time) = (i / 24, Monday + TimeSpan.FromHours(i));
            var hour = ((day == Holiday ? 6 : day % Week) * 24) + (i % 24);
            var (slot, share) = (hour / 3, hour % 3 / 3.0);
            var value = ((1 - share) * week[slot]) + (share * week[(slot + 1) % week.Length]);
            var sample = new Sample(like?.At(time) ?? time, value);
            if (i > 0) errors[day] += Math.Abs(forecaster.Predict(sample.Time).Expected - value);
            forecaster.Learn(sample, 3600);
        }

        return errors;
    }

    // Ten weeks by the hour: days of work, quiet weekends, and the holiday, as quiet as a Sunday.
    private static PipelineTestDriver Play(PolicySettings settings, int incidentOn)
    {
        var driver = Driver(settings);
        driver.Now = Monday;
        var random = new Random(2);
        for (var i = 0; i < 24 * 10 * Week; i++)
        {
            var (day, hour) = (i / 24, i % 24);
            var works = day % Week < 5 && day != Holiday;
            var course = works ? 20 + (80 * Math.Exp(-Math.Pow((hour - 13) / 4.0, 2))) : 20;
            var more = day == incidentOn && hour is > 9 and < 15 ? 300 : 0;
            driver.Step("m", "requests", course + more + Normal.Sample(random, 0, 2), seconds: 3600);
        }

        return driver;
    }
}
