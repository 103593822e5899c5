using System.Globalization;
using LeptonStream.Dashboard;
using LeptonStream.Testing;
using LeptonStream.Testing.Browsers;
using Microsoft.Playwright;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>Promises of the page whatever it shows: no part that is left out is written, panes scroll alone, times differ.</summary>
[Parallelizable]
public sealed class PageShapeTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start();

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public void Scripts_HandChildrenToThePage_ByOneDoor()
    {
        var assembly = typeof(DashboardHost).Assembly;
        string[] scripts = [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith("wwwroot/js/", StringComparison.Ordinal))];
        var past = scripts.Where(name => name != "wwwroot/js/elements.js").Where(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var source = reader.ReadToEnd();
            return new[] { ".replaceChildren(", ".append(", ".prepend(", ".replaceWith(" }.Any(door =>
                source.Contains(door, StringComparison.Ordinal));
        });

        Assert.That(scripts, Has.Length.GreaterThan(15));
        Assert.That(past, Is.Empty, "put() of elements.js leaves out what is false; the browser's own methods write it");
    }

    [TestCase(1440, 900)]
    [TestCase(1000, 500)]
    public async Task WidePage_NeverScrollsBesideItsPanes(int width, int height)
    {
        await _dashboard.Journal.RecordAll([.. Enumerable.Range(0, 20).Select(i => SampleAlerts.Opened($"model-{i}"))]);

        await using var page = await Browser.Open(_dashboard.Address, new() { ViewportSize = new() { Width = width, Height = height } });
        await page.Page.Locator("#detail section.history").WaitForAsync();

        Assert.That(await page.Page.EvaluateAsync<int>("document.scrollingElement.scrollHeight - innerHeight"), Is.Zero);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(60)]
    public async Task TimesOfAChart_AreNeverTheSame(int points)
    {
        var alert = SampleAlerts.Opened();
        await _dashboard.Journal.Record(alert with { Points = [.. alert.Points.TakeLast(points)], Onset = alert.Points[^1].Time });

        await using var page = await Browser.Open(_dashboard.Address, watch: WriteDown);
        await page.Page.Locator("#detail .plot canvas").WaitForAsync();
        await page.Page.WaitForFunctionAsync("written.filter(text => text.includes(':')).length > 2");
        var times = await page.Page.EvaluateAsync<string[]>("written.filter(text => text.includes(':'))");

        Assert.That(times, Has.Length.GreaterThan(2).And.Unique);
        var onset = TimeOnly.FromDateTime(alert.Onset.ToDateTimeOffset().LocalDateTime);
        Assert.That(times.Select(text => FromTo(onset, At(text))), Has.All.LessThan(TimeSpan.FromMinutes(30)),
            "Only times around the alert stand below its chart, at midnight as well.");
    }

    private static TimeOnly At(string text) => TimeOnly.Parse(text, CultureInfo.InvariantCulture);

    private static TimeSpan FromTo(TimeOnly one, TimeOnly other) => one - other < other - one ? one - other : other - one;

    // Texts on the last canvas; each drawing begins anew.
    private static void WriteDown(IPage page) => page.AddInitScriptAsync(
        """
        window.written = [];
        const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...more) { written.push(text); fillText.call(this, text, ...more); };
        CanvasRenderingContext2D.prototype.clearRect = function (...area) { written.length = 0; clearRect.apply(this, area); };
        """);
}
