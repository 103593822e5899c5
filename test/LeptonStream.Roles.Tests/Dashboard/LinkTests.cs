using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Dashboard.Links;
using LeptonStream.Links;
using LeptonStream.Testing;
using LeptonStream.Testing.Browsers;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>
/// Acting on a notification by the link that stood in it: without signing in, each action once, no longer than it is good for.
/// </summary>
[Parallelizable]
public sealed class LinkTests
{
    private const string Notification = "0192f3a4b5c67d8e9fa0b1c2d3e4f506";

    private RunningDashboard _dashboard;
    private AlertEvent _alert;

    [SetUp]
    public async Task Start()
    {
        // Nobody may do anything here without a link.
        _dashboard = await RunningDashboard.Start(("Dashboard:AnonymousRole", "None"));
        _alert = SampleAlerts.Opened(labels: [("instance", "gpu-7")]);
        await _dashboard.Journal.Record(_alert);
        await Notify(_alert.AlertId);
    }

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public async Task Acknowledge_IsDoneOnceUnderTheNameThatTheReaderGave()
    {
        var link = await Link();

        var first = await Post(link, new { action = "acknowledge", person = " Rosa ", note = "on it", @for = "4h" });
        var again = await Post(link, new { action = "acknowledge", person = "Mallory" });

        Assert.That(first, Is.EqualTo((HttpStatusCode.NoContent, "")));
        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(again.Text, Does.Contain("The link has done that before."));
        Assert.That(await Audited(), Is.EqualTo(new[] { "acknowledge|Rosa (link of pager)|responder|on it" }));
        var shown = await Show(link);
        Assert.That(shown.GetProperty("alerts")[0].GetProperty("acknowledgedBy").GetString(), Is.EqualTo("Rosa (link of pager)"));
        Assert.That(shown.GetProperty("used").EnumerateArray().Select(one => one.GetString()), Is.EqualTo(new[] { "acknowledge" }));
    }

    [Test]
    public async Task Acknowledge_ByTwoAtOnce_IsDoneOnce()
    {
        var link = await Link();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Post(link, new { action = "acknowledge", person = $"p{i}" })));

        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.NoContent), Is.EqualTo(1));
        Assert.That(await Audited(), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Silence_NamesTheLabelsThatTheAlertsShare()
    {
        var other = SampleAlerts.Opened(labels: [("instance", "gpu-8")]) with { AlertId = "other", Id = new string('7', 32) };
        await _dashboard.Journal.Record(other);
        await Notify(other.AlertId, onlyAlert: true);

        Assert.That(await Post(await Link(), new { action = "silence", @for = "2h" }), Is.EqualTo((HttpStatusCode.NoContent, "")));

        var silence = (await Rows<(string Matchers, string CreatedBy)>("select matchers, created_by from silence")).Single();
        Assert.That(silence.CreatedBy, Is.EqualTo("link of pager"));
        Assert.That(silence.Matchers, Does.Contain("\"model\"").And.Not.Contain("instance").And.Not.Contain("severity"));
    }

    [Test]
    public async Task Verdict_IsGivenOnAnAlertThatIsOver_WhereNothingElseIsLeftToDo()
    {
        await _dashboard.Journal.Record(SampleAlerts.Resolved(_alert));
        var link = await Link();

        var judged = await Post(link, new { action = "verdict", verdict = "false" });
        var late = await Post(link, new { action = "acknowledge" });

        Assert.That(judged, Is.EqualTo((HttpStatusCode.NoContent, "")));
        Assert.That(late.Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(late.Text, Does.Contain("alert_over"));
        Assert.That(await Rows<string>("select action from action_link_use"), Is.EqualTo(new[] { "verdict" }));
        Assert.That(await Audited(), Is.EqualTo(new[] { "verdict|link of pager|responder|" }));
    }

    [TestCase("{}", "'action' may be acknowledge, silence, verdict")]
    [TestCase("{\"action\":\"delete\"}", "'action' may be")]
    [TestCase("{\"action\":\"silence\"}", "'for' is ''")]
    [TestCase("{\"action\":\"silence\",\"for\":\"8d\"}", "at most 7d")]
    [TestCase("{\"action\":\"silence\",\"for\":\"-1h\"}", "'for' is '-1h'")]
    [TestCase("{\"action\":\"acknowledge\",\"for\":\"soon\"}", "'for' is 'soon'")]
    [TestCase("{\"action\":\"verdict\",\"verdict\":\"tired\"}", "'verdict' may be false, true, normal")]
    [TestCase("{\"action\":\"acknowledge\",\"alertId\":\"x\"}", "")]
    [TestCase("no json", "")]
    public async Task WrongBody_IsRefusedAndUsesNothingUp(string body, string detail)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var request = Request(HttpMethod.Post, await Link(), content);
        using var answer = await _dashboard.Http.SendAsync(request);

        Assert.That((int)answer.StatusCode, Is.EqualTo(400));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(detail));
        Assert.That(await Rows<string>("select action from action_link_use"), Is.Empty);
        Assert.That(await Audited(), Is.Empty);
    }

    [Test]
    public async Task ALinkThatIsNoneOfOurs_OpensNothing()
    {
        var good = await Link();
        var foreign = new ActionLink(Guid.Parse(Notification), DateTimeOffset.UtcNow.AddHours(1)).Write(new(new byte[32]));
        string[] wrong = ["", "x", foreign, good + "A", good[..^1], .. good.Select((letter, at) =>
            good[..at] + (letter == 'A' ? 'B' : 'A') + good[(at + 1)..])];

        foreach (var link in wrong.Where(link => link != good))
        {
            var answer = await Post(link, new { action = "verdict", verdict = "true" });
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.NotFound), link);
        }

        Assert.That(await Audited(), Is.Empty);
    }

    [Test]
    public async Task AnExpiredLink_SaysSo()
    {
        var answer = await Post(await Link(TimeSpan.FromSeconds(-1)), new { action = "acknowledge" });

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That(await Audited(), Is.Empty);
    }

    [Test]
    public async Task AnotherKey_MakesTheLinksBeforeVoid()
    {
        var link = await Link();
        _ = await Show(link);
        await _dashboard.Journal.Execute("delete from action_link_key");
        Assert.That((await Post(link, new { action = "verdict", verdict = "true" })).Status, Is.EqualTo(HttpStatusCode.NotFound));
        var anew = await Link();

        Assert.That(await Post(anew, new { action = "acknowledge" }), Is.EqualTo((HttpStatusCode.NoContent, "")));
        Assert.That((await Post(link, new { action = "verdict", verdict = "true" })).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Page_TakesTheLinkFromTheAddress_AndActsWithoutSigningIn()
    {
        await using var page = await Browser.Open(new Uri(_dashboard.Address, $"#act={await Link()}"));
        await page.Page.Locator("#act").GetByText("Sent to pager").WaitForAsync();

        Assert.That(page.Page.Url, Does.Not.Contain("act="));
        await page.Page.Locator("#act [data-key='act person']").FillAsync("<b>Rosa</b>");
        await page.Page.Locator("#act [data-key='act acknowledge']").ClickAsync();
        await page.Page.Locator("#act").GetByText("Acknowledged. Repeats stop.").WaitForAsync();

        // The form stays, with that row done: the next action needs no other link.
        Assert.That(await page.Page.Locator("#act [data-key='act acknowledge']").IsDisabledAsync());
        Assert.That(await page.Page.Locator("#act").InnerTextAsync(), Does.Not.Contain("false").And.Not.Contain("undefined"));
        await page.Page.Locator("#act [data-key='act verdict']").ClickAsync();
        await page.Page.Locator("#act").GetByText("Choose a verdict.").WaitForAsync();
        await page.Page.Locator("#act [data-key='act silence']").ClickAsync();
        await page.Page.Locator("#act").GetByText("Silenced until").WaitForAsync();
        Assert.That(await Rows<string>("select comment from silence"), Is.EqualTo(new[] { "<b>Rosa</b> (link of pager)" }));
        Assert.That(await Audited(), Is.EquivalentTo(new[]
        {
            "acknowledge|<b>Rosa</b> (link of pager)|responder|", "silence|<b>Rosa</b> (link of pager)|responder|",
        }));
    }

    [Test]
    public async Task Page_BehindTheLink_ShowsItsAlertAndNotTheFirstOfTheList()
    {
        await using var open = await RunningDashboard.Start();
        await open.Journal.RecordAll([_alert, SampleAlerts.Opened("newer")]);
        await Notify(_alert.AlertId, on: open);
        var link = await Link(on: open);

        await using var page = await Browser.Open(new Uri(open.Address, $"#act={link}"));
        await page.Page.Locator("#act a").WaitForAsync();
        await page.Page.Locator("#list a[aria-current]").WaitForAsync();

        Assert.That(page.Page.Url, Does.Contain(_alert.AlertId));
        await page.Page.Locator("#act a").ClickAsync();
        Assert.That(await page.Page.Locator("#act").IsVisibleAsync(), Is.False);
        Assert.That(await page.Page.Locator("#detail h2").InnerTextAsync(), Does.Contain("llama-70b"));
    }

    private async Task<string> Link(TimeSpan? life = null, RunningDashboard? on = null)
    {
        var key = await ActionLinkKey.Of((on ?? _dashboard).Database, TimeProvider.System, CancellationToken.None);
        return new ActionLink(Guid.Parse(Notification), DateTimeOffset.UtcNow + (life ?? TimeSpan.FromHours(1))).Write(key);
    }

    private Task Notify(string alertId, bool onlyAlert = false, RunningDashboard? on = null) => (on ?? _dashboard).Journal.Execute(
        (onlyAlert ? "" : $"""
        insert into notification (notification_id, seq, group_id, group_key, receiver, channel, reason, status, firing, resolved,
          created_at, attempts, next_attempt_at, leased_until, sent_at, last_error, payload)
        values ('{Notification}', 1, 'g', 'k', 'pager', 'slack/0', 'first notification', 'sent', 1, 0, 0, 1, 0, 0, 0, null, '');
        """) + $"insert into notification_alert (alert_id, notification_id, resolved) values ('{alertId}', '{Notification}', 0);");

    private static HttpRequestMessage Request(HttpMethod method, string link, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, "api/v1/link") { Content = content };
        request.Headers.Add(LinkEndpoints.Header, link);
        return request;
    }

    private async Task<(HttpStatusCode Status, string Text)> Post(string link, object body)
    {
        using var request = Request(HttpMethod.Post, link, JsonContent.Create(body));
        using var answer = await _dashboard.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> Show(string link)
    {
        using var request = Request(HttpMethod.Get, link);
        using var answer = await _dashboard.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string[]> Audited() =>
        [.. (await Rows<(string Action, string Actor, string Role, string Note)>("select action, actor, role, note from audit"))
            .Select(row => $"{row.Action}|{row.Actor}|{row.Role}|{row.Note}")];

    private async Task<IReadOnlyList<T>> Rows<T>(string sql)
    {
        await using var connection = await _dashboard.Database.Open();
        return [.. await Dapper.SqlMapper.QueryAsync<T>(connection, sql)];
    }
}
