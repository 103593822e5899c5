using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Testing;
using LeptonStream.Testing.Browsers;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>How the page shows ends, limits, times and units, in a real browser.</summary>
[Parallelizable]
public sealed class DashboardEndsTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start();

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [TestCase(EndedReason.Accepted, "ended", "Accepted, not recovered")]
    [TestCase(EndedReason.Gone, "ended", "Data gone, not recovered")]
    [TestCase(EndedReason.Recovered, "resolved", "Resolved")]
    public async Task Ended_SaysHowAndKeepsWhyItOpened(EndedReason reason, string badge, string words)
    {
        var opened = SampleAlerts.Opened() with { Value = 365, Expected = 180 };
        var progress = opened with { Id = new string('5', 32), Type = AlertEventType.Updated, IsProgress = true, Value = 420 };
        var ended = SampleAlerts.Resolved(opened) with
        {
            EndedReason = reason,
            Value = 189,
            Detectors = [new("silence", 0, 0)],
            English = new("the text of its end", "why it ended", ["Nothing to do now."]),
        };
        await _dashboard.Journal.RecordAll([opened, progress, ended]);
        await using var page = await Browser.Open(new Uri(_dashboard.Address, $"#status=resolved&alert={opened.AlertId}"));
        await page.Page.Locator($"#detail .badge.{badge}").WaitForAsync();

        var detail = await page.Page.Locator("#detail").InnerTextAsync();
        Assert.That(detail, Does.Contain(words).And.Contain("the text of its end").And.Contain(opened.English.Summary).And.Contain(
            opened.English.Description));
        Assert.That(await page.Page.Locator(".facts").InnerTextAsync(), Does.Match(@"(?is)last value\s+189.*farthest from expected\s+420"));
        Assert.That(await page.Page.Locator("table.detectors").InnerTextAsync(), Does.Contain("median-mad"));
        Assert.That(await page.Rows.First.InnerTextAsync(), Does.Contain(words));
        Assert.That(await page.Rows.First.GetAttributeAsync("class"), Does.Contain(badge));

        var rows = page.Page.Locator(".history li");
        Assert.That(await rows.Nth(1).InnerTextAsync(), Does.Contain("Still open"));
        Assert.That(await rows.Nth(2).Locator("p").First.IsVisibleAsync(), Is.False);
        await rows.Nth(2).Locator("summary").ClickAsync();
        Assert.That(await rows.Nth(2).Locator("p").First.InnerTextAsync(), Is.EqualTo(opened.English.Summary));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task ChosenByThePage_MovesOnWhenItEnds()
    {
        var first = SampleAlerts.Opened(metric: "first");
        await _dashboard.Journal.RecordAll([first, SampleAlerts.Opened(metric: "second", severity: AlertSeverity.Warning)]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Connected();
        await page.Page.Locator("#detail h2").GetByText("first").WaitForAsync();

        await _dashboard.Journal.Record(SampleAlerts.Resolved(first));

        await page.Page.Locator("#detail h2").GetByText("second").WaitForAsync();
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Filter_ThatTheShownAlertDoesNotPass_ShowsOneThatDoes()
    {
        await _dashboard.Journal.RecordAll(
            [SampleAlerts.Opened(metric: "first"), SampleAlerts.Opened(metric: "second", severity: AlertSeverity.Warning)]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("first", "second");
        await page.Rows.First.ClickAsync();

        await page.Page.FillAsync("#filter", "metric=second");

        await page.Page.Locator("#detail h2").GetByText("second").WaitForAsync();
    }

    [Test]
    public async Task EarlyWarning_ShowsLimitForecastAndTheTimeLeft()
    {
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        await _dashboard.Journal.Record(SampleAlerts.Opened(metric: "cache", severity: AlertSeverity.Warning) with
        {
            Type = AlertEventType.EarlyWarning,
            Expected = null,
            Lower = null,
            Upper = null,
            Unit = "1",
            Value = 0.712,
            EarlyWarning = new(1, now + TimeSpan.FromMinutes(29.5), now + TimeSpan.FromMinutes(25), now + TimeSpan.FromMinutes(35)),
        });
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator(".plot canvas").WaitForAsync();

        Assert.That(await page.Rows.First.InnerTextAsync(),
            Does.Contain("71.2%").And.Contain("limit 100%").And.Contain("in 29 min").And.Not.Contain("×"));
        var legend = await page.Page.Locator(".legend").InnerTextAsync();
        Assert.That(legend, Does.Contain("limit").And.Contain("forecast").And.Not.Contain("band"));
        Assert.That(await page.Page.Locator(".facts").InnerTextAsync(),
            Does.Match("(?i)urgency").And.Contain("width of the likely interval").And.Not.Contain("young").And.Not.Contain("alert line"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Times_OfTextAndPage_AreInOneZone()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened() with
        {
            Unit = "1/s",
            Value = -0.0,
            English = new("no data since 2026-11-26 22:30:30 UTC", "Began 2026-11-26 22:30:30 UTC.", []),
        });
        await using var page = await Browser.Open(_dashboard.Address, new() { Locale = "en-US", TimezoneId = "Asia/Shanghai" });
        await page.Page.Locator("#detail .summary").WaitForAsync();

        Assert.That(await page.Page.Locator("#detail .summary").InnerTextAsync(),
            Does.Contain("Nov 27").And.Contain("06:30:30 GMT+8").And.Not.Contain("UTC"));
        Assert.That(await page.Page.Locator("#detail .description").InnerTextAsync(), Does.Not.Contain("UTC"));
        Assert.That(await page.Page.Locator("#zone").InnerTextAsync(), Is.EqualTo("GMT+8"));
        Assert.That(await page.Page.Locator(".facts dd").First.InnerTextAsync(), Is.EqualTo("0/s"));
        Assert.That(await page.Caught(), Is.Empty);
    }
}
