using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;
using LeptonStream.Testing.Browsers;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>Names that are meant to break out of the page are shown as the text they are.</summary>
[Parallelizable]
public sealed class HostileNamesTests
{
    private static readonly string[] Names =
    [
        "<script>pwned(1)</script>",
        "<img src=x onerror=pwned(2)>",
        "<svg onload=pwned(3)>",
        "<svg><script>pwned(4)</script></svg>",
        "\"><script>pwned(5)</script>",
        "'><script>pwned(6)</script>",
        "</script><script>pwned(7)</script>",
        "</title><script>pwned(8)</script>",
        "</style><script>pwned(9)</script>",
        "</textarea><img src=x onerror=pwned(10)>",
        "<iframe src=javascript:pwned(11)></iframe>",
        "<iframe srcdoc=\"<script>parent.pwned(12)</script>\"></iframe>",
        "<a href=javascript:pwned(13)>click</a>",
        "javascript:pwned(14)",
        "JaVaScRiPt:pwned(15)",
        "\u0001javascript:pwned(16)",
        "java\nscript:pwned(17)",
        "data:text/html,<script>pwned(18)</script>",
        "vbscript:pwned(19)",
        "<body onload=pwned(20)>",
        "<input autofocus onfocus=pwned(21)>",
        "<details open ontoggle=pwned(22)>",
        "<video><source onerror=pwned(23)></video>",
        "<math><mtext><script>pwned(24)</script></mtext></math>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<base href=https://evil.example/>",
        "<meta http-equiv=refresh content=\"0;url=javascript:pwned(28)\">",
        "<object data=javascript:pwned(29)></object>",
        "<embed src=javascript:pwned(30)>",
        "<form action=javascript:pwned(31)><button>go</button></form>",
        "${pwned(32)}",
        "{{constructor.constructor('pwned(33)')()}}",
        "`${pwned(34)}`",
        "'+pwned(35)+'",
        "\");pwned(36);//",
        "\\u003cscript\\u003epwned(37)\\u003c/script\\u003e",
        "&lt;script&gt;pwned(38)&lt;/script&gt;",
        "&#60;img src=x onerror=pwned(39)&#62;",
        "<scr<script>ipt>pwned(40)</scr</script>ipt>",
        "<!--><script>pwned(41)</script>-->",
        "<![CDATA[<script>pwned(42)</script>]]>",
        "%3Cscript%3Epwned(43)%3C/script%3E",
        "\u202e<script>pwned(44)</script>\u202d",
        "\u2028pwned(45)\u2029",
        "<p style=\"background:url(javascript:pwned(46))\" onmouseover=pwned(47)>x</p>",
        "__proto__",
        "constructor",
        "\r\nSet-Cookie: a=b\r\n\r\n<script>pwned(48)</script>",
        "id: 1\ndata: {\"alertId\":\"x\"}\n\nevent: reset",
    ];

    // Some of each sort, and all of them with the slow tests.
    [TestCase(4), TestCase(1, Category = "Slow")]
    public async Task Names_OfFiftyKinds_AreShownAsTheyAreAndNothingRuns(int step)
    {
        string[] names = [.. Names.Where((_, number) => number % step == 0)];
        await using var dashboard = await RunningDashboard.Start();
        await using var page = await Browser.Open(dashboard.Address);
        await page.Connected();
        var alerts = names.Select(Hostile).ToList();
        await dashboard.Journal.RecordAll(alerts);
        await page.Page.WaitForFunctionAsync("count => document.querySelectorAll('#list a').length === count", names.Length);
        Assert.That(await page.Metrics(), Is.EquivalentTo(names));

        foreach (var alert in alerts) await ReadEverywhere(page, alert);

        await page.Page.SelectOptionAsync("#language", "zh-CN");
        await page.Page.WaitForFunctionAsync("() => document.documentElement.lang === 'zh-CN'");
        Assert.That(await page.Metrics(), Is.EquivalentTo(names));
        Assert.That(await page.Page.Locator(
            "#list script, #detail script, iframe, object, embed, base, form, #list img, #detail img, #detail style").CountAsync(),
            Is.Zero);
        Assert.That(await page.Page.EvaluateAsync<string[]>(
            "[...document.links].map(a => a.protocol).filter(p => !['http:', 'https:'].includes(p))"), Is.Empty);
        Assert.That(await page.Caught(), Is.Empty);
    }

    private static async Task ReadEverywhere(WatchedPage page, AlertEvent alert)
    {
        await page.Page.EvaluateAsync("id => { location.hash = `alert=${id}`; }", alert.AlertId);
        await page.Page.WaitForFunctionAsync("id => document.querySelector('.origin')?.textContent.includes(id)", alert.AlertId);
        await page.Page.Locator(".plot").HoverAsync();
        var shown = await page.Page.EvaluateAsync<string>("""
            () => {
              const text = selector => document.querySelector(`#detail ${selector}`)?.textContent;
              return JSON.stringify({ metric: text('h2 .metric'), model: text('h2 .model'), label: text('.labels bdi'),
                value: text('.labels bdi + bdi') ?? text('.labels bdi:last-child'),
                summary: text('.head .summary'), description: text('.description'),
                action: text('.actions li'), detector: text('.detectors th bdi'), topic: text('.origin bdi'),
                seen: text('.facts dd'), runbook: text('.runbook bdi') });
            }
            """);
        var name = alert.Metric;
        foreach (var (part, text) in JsonSerializer.Deserialize<Dictionary<string, string?>>(shown)!)
            Assert.That(text, Is.EqualTo(name), $"{part} of {name}");

        // The label as a filter finds the alert again.
        await page.Page.Locator("#detail .labels .label").First.ClickAsync();
        await page.Shows(name);
        Assert.That(await page.Page.Locator("#filter-error").IsVisibleAsync(), Is.False, name);
        await page.Page.EvaluateAsync("location.hash = ''");
        await page.Page.Keyboard.PressAsync("t");
        await page.Page.Keyboard.PressAsync("t");
    }

    private static AlertEvent Hostile(string name)
    {
        var explanation = new Explanation(name, name, [name, name]);
        var alert = SampleAlerts.Opened(name, name, AlertSeverity.Critical, (name, name));
        return alert with
        {
            ValueText = name,
            Unit = name,
            SourceTopic = name,
            Detectors = [new(name, 1.5, 2.5)],
            English = explanation,
            Chinese = explanation,
            RunbookUrl = name,
            RoutingLabels = alert.RoutingLabels.With((name, name)),
            Annotations = LabelSet.Of((name, name)),
        };
    }
}
