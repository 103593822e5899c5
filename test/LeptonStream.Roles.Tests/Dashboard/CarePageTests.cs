using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Access;
using LeptonStream.Alerts;
using LeptonStream.Dashboard.Access;
using LeptonStream.Testing;
using LeptonStream.Testing.Browsers;
using Microsoft.Playwright;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>People's work with an alert on the page, in a real browser: sign in, acknowledge, silence, assign, note, close.</summary>
[Parallelizable]
public sealed class CarePageTests
{
    private string _tokens = "";
    private RunningDashboard _dashboard;
    private AlertEvent _alert;

    [SetUp]
    public async Task Start()
    {
        _tokens = Path.GetTempFileName();
        await File.WriteAllTextAsync(_tokens,
            $"tokens:\n  - name: rosa\n    role: responder\n    sha256: {AccessToken.DigestOf("rosa-token")}\n");
        _dashboard = await RunningDashboard.Start(("Dashboard:TokensFile", _tokens));
        _alert = SampleAlerts.Opened(labels: [("instance", "gpu-7")]);
        await _dashboard.Journal.Record(_alert);
    }

    [TearDown]
    public async Task Stop()
    {
        await _dashboard.DisposeAsync();
        File.Delete(_tokens);
    }

    [Test]
    public async Task WithoutSigningIn_NothingCanBeChanged()
    {
        await using var page = await Opened();

        Assert.That(await Buttons(page), Is.EqualTo(new[] { "Sign in to work on it…" }));
        await page.Page.GetByText("Sign in to work on it…").ClickAsync();
        await page.Page.Locator(".care-form input").FillAsync("wrong");
        await page.Page.Locator(".care-form .confirm").ClickAsync();
        await page.Page.GetByText("Unknown token.").WaitForAsync();
        Assert.That(await Buttons(page), Is.EqualTo(new[] { "Sign in to work on it…" }));
    }

    [Test]
    public async Task WithoutTokens_ThePageSaysHowPeopleGetThem()
    {
        await using var open = await RunningDashboard.Start();
        await open.Journal.Record(_alert);

        await using var page = await Browser.Open(open.Address);
        await page.Page.Locator(".care").GetByText("Dashboard:TokensFile").WaitForAsync();

        Assert.That(await Buttons(page), Is.Empty);
    }

    [TestCase("a", "acknowledge")]
    [TestCase("s", "silence")]
    [TestCase("n", "note")]
    public async Task Keys_OpenTheForms_ButNotWhileOneWrites(string key, string action)
    {
        await using var page = await SignedIn();

        await page.Page.Keyboard.PressAsync(key);
        await page.Page.Locator(".care-form").WaitForAsync();
        var form = await page.Page.Locator(".care-form").GetAttributeAsync("aria-label");
        await page.Page.Locator(".care-form input[type='text']").FocusAsync();
        await page.Page.Keyboard.PressAsync("a");

        Assert.That(form, Does.StartWith(action).IgnoreCase);
        Assert.That(await page.Page.Locator(".care-form").GetAttributeAsync("aria-label"), Is.EqualTo(form));
    }

    [Test]
    public async Task Acknowledge_ShowsWhoAndWhen_AndIsWithdrawn()
    {
        await using var page = await SignedIn();

        await Do(page, "Acknowledge…", ("select", "4h"), ("input", "restarting <b>it</b>"));
        await page.Page.GetByText("Acknowledged by rosa · until").WaitForAsync();
        await page.Page.Locator(".deeds").GetByText("restarting <b>it</b>").WaitForAsync();
        await page.Page.Locator("#list .acknowledged").WaitForAsync();
        await page.Page.GetByText("Withdraw the acknowledgement").ClickAsync();

        await page.Page.GetByText("Nobody has acknowledged it").WaitForAsync();
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Silence_MutesWhatTheChosenLabelsSay()
    {
        await using var page = await SignedIn();

        await Do(page, "Silence…", ("select", "8h"), ("input[type='text']", "driver upgrade"));
        await page.Page.Locator(".care-form").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        var silence = (await _dashboard.Http.GetFromJsonAsync<JsonElement>("api/v2/silences"))[0];
        Assert.That(silence.GetProperty("comment").GetString(), Is.EqualTo("driver upgrade"));
        Assert.That(silence.GetProperty("createdBy").GetString(), Is.EqualTo("rosa"));
        Assert.That(silence.GetProperty("matchers").EnumerateArray().Select(matcher => matcher.GetProperty("name").GetString()),
            Does.Contain("instance").And.Contain("model").And.Not.Contain("severity"));
        Assert.That(silence.GetProperty("endsAt").GetDateTimeOffset(),
            Is.EqualTo(DateTimeOffset.UtcNow.AddHours(8)).Within(TimeSpan.FromMinutes(2)));
    }

    [Test]
    public async Task Silence_SaysBeforeAndAfterwardsWhatItMutes_AndWantsAComment()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened(labels: [("instance", "gpu-8")]));
        await using var page = await SignedIn();
        var preview = page.Page.Locator(".care-preview");

        await page.Page.GetByText("Silence…").ClickAsync();
        await preview.GetByText("will mute 1 open alert").WaitForAsync();
        await page.Page.Locator(".care-matcher", new() { HasText = "instance=" }).Locator("input").UncheckAsync();
        await preview.GetByText("will mute 2 open alerts").WaitForAsync();
        await page.Page.Locator(".care-form .confirm").ClickAsync();
        await page.Page.Locator(".care-error").GetByText("Write a comment").WaitForAsync();
        await page.Page.Locator(".care-form input[type='text']").FillAsync("driver upgrade");
        await page.Page.Locator(".care-form .confirm").ClickAsync();

        await page.Page.Locator(".care-said").GetByText("mutes 2 open alerts").WaitForAsync();
        Assert.That(await page.Page.Locator(".care-said").InnerTextAsync(), Does.StartWith("Silenced until "));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [TestCase("en-US", "Silenced until", "In maintenance")]
    [TestCase("zh-CN", "静默至", "维护中")]
    public async Task MutedAlert_SaysSoInListAndHead(string locale, string silenced, string maintained)
    {
        var other = SampleAlerts.Opened("other");
        await _dashboard.Journal.Record(other);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await _dashboard.Journal.Execute($$"""
            insert into silence (id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at)
            values ('s-1', '[{"name":"instance","value":"gpu-7","isRegex":false,"isEqual":true}]', {{now}}, {{now + 3_600_000}}, 'ann', 'x',
              {{now}}, {{now}});
            insert into suppression (group_id, fingerprint, since, alert_id, receiver, cause, detail, until)
            values ('g2', 'f', 0, '{{other.AlertId}}', 'mail', 'maintenance', '["drivers"]', null),
              ('g2', 'f', 1, '{{_alert.AlertId}}', 'mail', 'silence', '["s-1"]', null);
            """);

        await using var page = await Browser.Open(new Uri(_dashboard.Address, $"#alert={_alert.AlertId}"), new()
            { Locale = locale, ViewportSize = new() { Width = 1440, Height = 900 } });
        await page.Page.Locator("#list .muted").First.WaitForAsync();
        await page.Page.Locator("#detail .badge.muted").WaitForAsync();

        Assert.That(await page.Page.Locator("#list .muted").AllInnerTextsAsync(), Has.One.EqualTo(maintained).And.One.StartsWith(silenced));
        Assert.That(await page.Page.Locator("#detail .badge.muted").InnerTextAsync(), Does.StartWith(silenced));
        Assert.That(await page.Page.Locator(".deliveries li").Last.InnerTextAsync(), Does.Contain("instance=\"gpu-7\"").And.Contain("ann"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [TestCase("Verdict…", "Choose a verdict.")]
    [TestCase("Close…", "Choose a reason.")]
    public async Task ChoiceThatMatters_IsNeverMadeBefore(string button, string refusal)
    {
        await using var page = await SignedIn();

        await Do(page, button);

        await page.Page.Locator(".care-error").GetByText(refusal).WaitForAsync();
        Assert.That(await page.Page.Locator(".deeds").CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Silences_AreListedWithWhatTheyMute_AndEnded()
    {
        await using var page = await SignedIn();
        await Do(page, "Silence…", ("select", "resolved"), ("input[type='text']", "repair"));
        await page.Page.Locator(".care-form").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        await page.Page.GetByText("Silences", new() { Exact = true }).First.ClickAsync();
        var row = page.Page.Locator("#silences li");
        await row.WaitForAsync();
        var text = await row.InnerTextAsync();
        await page.Page.GetByText("End it now").ClickAsync();
        await page.Page.GetByText("Nothing is silenced.").WaitForAsync();

        Assert.That(text, Does.Contain("instance=\"gpu-7\"").And.Contain("mutes 1 open alert").And.Contain("over for 15m")
            .And.Contain("rosa: repair"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Verdict_IsShownOnTheAlert_AndWithdrawn()
    {
        await using var page = await SignedIn();

        await Do(page, "Verdict…", ("select", "false"), ("input", "load test"));
        await page.Page.GetByText("Verdict of rosa: False alarm").WaitForAsync();
        await page.Page.Locator(".deeds").GetByText("load test").WaitForAsync();
        await page.Page.GetByText("Withdraw the verdict").ClickAsync();

        await page.Page.GetByText("Nobody has acknowledged it").WaitForAsync();
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Error_OnTheChinesePage_IsChinese()
    {
        await using var page = await Opened();
        await page.Page.Locator("#language").SelectOptionAsync("zh-CN");

        await page.Page.Locator("[data-key='care signin']").ClickAsync();
        await page.Page.Locator(".care-form input").FillAsync("wrong");
        await page.Page.Locator(".care-form .confirm").ClickAsync();

        await page.Page.GetByText("令牌无效。").WaitForAsync();
    }

    [Test]
    public async Task Close_TakesItFromTheOpenOnes_AndSaysWhoClosedIt()
    {
        await using var page = await SignedIn();

        await Do(page, "Close…", ("select", "false_alarm"), ("input", "load test"));

        await page.Page.Locator("#detail").GetByText("Closed by a person").First.WaitForAsync();
        await page.Page.Locator(".deeds").GetByText("(False alarm)").WaitForAsync();
        Assert.That((await _dashboard.Http.GetFromJsonAsync<JsonElement>("api/v1/alerts")).GetProperty("total").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task WhatIsBeingWritten_SurvivesAChangeOfTheAlert()
    {
        await using var page = await SignedIn();
        await page.Page.GetByText("Note…").ClickAsync();
        await page.Page.Locator(".care-form input").FillAsync("half a sent");

        await _dashboard.Journal.Record(_alert with { Id = new string('8', 32), Type = AlertEventType.Updated, Value = 4321 });
        await page.Page.Locator("#detail").GetByText("4,321").First.WaitForAsync();

        Assert.That(await page.Page.Locator(".care-form input").InputValueAsync(), Is.EqualTo("half a sent"));
    }

    [Test]
    public async Task Notifications_AreShownWithTheirOutcome()
    {
        await _dashboard.Journal.Execute($"""
            insert into notification (notification_id, seq, group_id, group_key, receiver, channel, reason, status, firing, resolved,
              created_at, attempts, next_attempt_at, leased_until, sent_at, last_error, payload)
            values ('n1', 1, 'g', 'k', 'pager', 'webhook/0', 'first notification', 'sent', 1, 0, 0, 1, 0, 0, 1700000000000, null, ''),
              ('n2', 2, 'g', 'k', 'chat', 'webhook/0', 'first notification', 'dead', 1, 0, 0, 9, 0, 0, null, 'HTTP 410 Gone', '');
            insert into notification_alert (alert_id, notification_id, resolved)
            values ('{_alert.AlertId}', 'n1', 0), ('{_alert.AlertId}', 'n2', 0);
            insert into suppression (group_id, fingerprint, since, alert_id, receiver, cause, detail, until)
            values ('g2', 'f', 0, '{_alert.AlertId}', 'mail', 'silence', '["s-1"]', null);
            """);
        await using var page = await Opened();

        var rows = page.Page.Locator(".deliveries li");
        await rows.First.WaitForAsync();
        Assert.That(await rows.AllInnerTextsAsync(), Is.EqualTo(new[] { "chat", "pager", "mail" }).Using<string>((shown, receiver) =>
            shown.StartsWith(receiver, StringComparison.Ordinal)));
        Assert.That(await rows.First.InnerTextAsync(), Does.Contain("given up").And.Contain("HTTP 410 Gone"));
        Assert.That(await rows.Nth(1).InnerTextAsync(), Does.Contain("delivered"));
        Assert.That(await rows.Last.InnerTextAsync(), Does.Contain("silenced by s-1").And.Contain("until now"));
    }

    private async Task<WatchedPage> Opened()
    {
        var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator(".care").WaitForAsync();
        return page;
    }

    private async Task<WatchedPage> SignedIn()
    {
        var page = await Opened();
        await page.Page.GetByText("Sign in to work on it…").ClickAsync();
        await page.Page.Locator(".care-form input").FillAsync("rosa-token");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByText("Sign out").WaitForAsync();
        return page;
    }

    private static async Task<IReadOnlyList<string>> Buttons(WatchedPage page) =>
        await page.Page.Locator(".care-buttons button").AllInnerTextsAsync();

    private static async Task Do(WatchedPage page, string button, params (string Field, string Value)[] fields)
    {
        await page.Page.GetByText(button).ClickAsync();
        foreach (var (field, value) in fields)
        {
            var control = page.Page.Locator($".care-form {field}");
            if (field == "select") await control.SelectOptionAsync(value);
            else await control.FillAsync(value);
        }

        await page.Page.Locator(".care-form .confirm").ClickAsync();
    }
}
