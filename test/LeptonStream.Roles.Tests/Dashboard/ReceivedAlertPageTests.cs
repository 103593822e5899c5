using System.Net.Http.Json;
using LeptonStream.Alerting.Received;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;
using LeptonStream.Testing.Browsers;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>Alerts without values of ours: the page shows what there is, and says why there is no chart.</summary>
[Parallelizable]
public sealed class ReceivedAlertPageTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start(("Dashboard:AnonymousRole", "Responder"));

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public async Task Open_AnAlertOfPrometheus_HasItsLabelsTextsAndLinkAndNoEmptyChart()
    {
        var starts = Timestamp.FromUnixMilliseconds(DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeMilliseconds());
        var alert = new ReceivedAlert
        {
            AlertId = "", Labels = LabelSet.Of(("alertname", "HostHighCpu"), ("instance", "node-7:9100"), ("severity", "warning")),
            Annotations = LabelSet.Of(("summary", "CPU is busy"), ("dashboard", "host overview")),
            GeneratorUrl = "http://prometheus:9090/graph?g0.expr=up", StartsAt = starts, RenewedAt = starts,
        };
        alert = alert with { AlertId = ReceivedAlert.IdOf(alert.Labels, starts) };
        using var posted = await _dashboard.Http.PostAsJsonAsync("api/v2/alerts", new[]
        {
            new
            {
                labels = alert.Labels.ToDictionary(), annotations = alert.Annotations.ToDictionary(),
                generatorURL = alert.GeneratorUrl, startsAt = starts.ToString(),
            },
        });
        await _dashboard.Journal.Record(ReceivedAlertEvents.Of(alert, AlertEventType.Opened, 0, starts));

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator("#detail section.written").WaitForAsync();
        var detail = await page.Page.Locator("#detail").InnerTextAsync();

        Assert.That(detail, Does.Contain("No chart: another program raised this alert").And.Contain("node-7:9100")
            .And.Contain("HostHighCpu").And.Contain("host overview").And.Contain("Where it was found:"));
        Assert.That(detail, Does.Not.Contain("Confidence").And.Not.Contain("times the alert line").And.Not.Contain("Raw score"));
        Assert.That(await page.Page.Locator(".generator a").GetAttributeAsync("href"), Is.EqualTo(alert.GeneratorUrl));
        Assert.That(await page.Page.Locator("#detail canvas").CountAsync(), Is.Zero);
        Assert.That(await page.Rows.First.InnerTextAsync(), Does.Contain("CPU is busy").And.Not.Contain("1×"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Open_AnAlertThatRecovered_SaysSinceWhenItWasNormalBesideItsClosing()
    {
        var alert = SampleAlerts.Opened();
        await _dashboard.Journal.RecordAll([alert, SampleAlerts.Resolved(alert) with
        {
            Annotations = alert.Annotations.With(("normal_since", (alert.DetectedAt + TimeSpan.FromMinutes(1)).ToString())),
        }]);

        await using var page = await Browser.Open(new Uri(_dashboard.Address, $"#alert={alert.AlertId}"));
        await page.Page.Locator("#detail .facts").WaitForAsync();

        Assert.That(await page.Page.Locator("#detail .facts").InnerTextAsync(),
            Does.Contain("Normal since").And.Contain("after it stayed normal"));
    }

    [Test]
    public async Task Chart_OfAValueThatStandsStill_ShowsItsBandAndNotOneGreyArea()
    {
        var alert = SampleAlerts.Opened();
        await _dashboard.Journal.Record(alert with
        {
            Points = [.. alert.Points.Select((point, i) => point with
            {
                Value = 5_343, Expected = 5_335 + (i % 2), Lower = 4_495, Upper = 6_178,
            })],
        });

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator("#detail .plot canvas").WaitForAsync();
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Show as table" }).WaitForAsync();
        var edges = await page.Page.EvaluateAsync<bool>("""
            (() => {
                const canvas = document.querySelector('#detail .plot canvas');
                const at = y => [...canvas.getContext('2d').getImageData(canvas.width / 2, y, 1, 1).data].join();
                // Inside the plot, near its upper end, there is no band any more.
                return at(Math.round(canvas.height * 0.08)) !== at(Math.round(canvas.height * 0.35));
            })()
            """);

        Assert.That(edges, Is.True);
    }

    [Test]
    public async Task Silences_OnAPhone_TheCloseButtonCoversNoOther()
    {
        await using var page = await Browser.Open(_dashboard.Address, new() { ViewportSize = new() { Width = 390, Height = 600 } });
        await page.Page.Locator("#silences-open").ClickAsync();
        await page.Page.GetByText("To make one, open an alert").WaitForAsync();
        var shape = await page.Page.EvaluateAsync<string[]>("""
            (() => {
                const foot = getComputedStyle(document.querySelector('#silences > footer'));
                return [foot.position, foot.backgroundColor];
            })()
            """);

        Assert.That(shape[0], Is.EqualTo("sticky"));
        Assert.That(shape[1], Does.Not.Contain("rgba(0, 0, 0, 0)"), "what scrolls below it is hidden, not overlaid");
    }
}
