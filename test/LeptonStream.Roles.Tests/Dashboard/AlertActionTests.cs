using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Feedback;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>What people do with an alert, and what is written down of it.</summary>
public sealed class AlertActionTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start(("Dashboard:AnonymousRole", "Responder"));

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public async Task Acknowledge_IsShownWithItsPersonAndEndsWithTheWordOfThePerson()
    {
        var alert = await Recorded();

        await Done(HttpMethod.Post, alert, "acknowledge", new { note = "on it", askAgainAfter = "4h" });
        var shown = await Shown(alert);
        await Done(HttpMethod.Delete, alert, "acknowledge");

        Assert.That(shown.GetProperty("acknowledgedBy").GetString(), Is.EqualTo("anonymous"));
        Assert.That(shown.GetProperty("askAgainAt").GetDateTimeOffset(),
            Is.EqualTo(DateTimeOffset.UtcNow.AddHours(4)).Within(TimeSpan.FromMinutes(1)));
        Assert.That((await Shown(alert)).GetProperty("acknowledgedBy").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(await Actions(alert), Is.EqualTo(new[] { "unacknowledge ", "acknowledge on it" }));
    }

    [Test]
    public async Task Assign_ThenToNobody()
    {
        var alert = await Recorded();

        await Done(HttpMethod.Post, alert, "assign", new { to = " 林 " });
        var assigned = (await Shown(alert)).GetProperty("assignee").GetString();
        await Done(HttpMethod.Post, alert, "assign", new { to = "" });

        Assert.That(assigned, Is.EqualTo("林"));
        Assert.That((await Shown(alert)).GetProperty("assignee").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Note_OnAnAlertThatIsOver_IsTaken()
    {
        var alert = await Recorded();
        await _dashboard.Journal.Record(SampleAlerts.Resolved(alert));

        await Done(HttpMethod.Post, alert, "notes", new { text = "it was the switch" });

        Assert.That(await Actions(alert), Is.EqualTo(new[] { "note it was the switch" }));
    }

    [Test]
    public async Task Close_EndsItForReadersAtOnce()
    {
        var alert = await Recorded();

        await Done(HttpMethod.Post, alert, "close", new { reason = "accepted", note = "new model" });

        var shown = await Shown(alert);
        Assert.That(shown.GetProperty("status").GetString(), Is.EqualTo("resolved"));
        Assert.That(shown.GetProperty("endedReason").GetString(), Is.EqualTo("closed"));
        Assert.That((await Get("api/v1/alerts")).GetProperty("total").GetInt64(), Is.Zero);
    }

    [Test]
    public async Task Verdict_IsShownAuditedAndOnItsWayToTheDetector_UntilItIsWithdrawn()
    {
        var alert = await Recorded();

        await Done(HttpMethod.Post, alert, "verdict", new { verdict = "false", note = "load test" });
        var shown = await Shown(alert);
        await Done(HttpMethod.Delete, alert, "verdict?note=sorry");

        Assert.That(shown.GetProperty("verdict").GetString(), Is.EqualTo("false"));
        Assert.That(shown.GetProperty("verdictBy").GetString(), Is.EqualTo("anonymous"));
        Assert.That((await Shown(alert)).GetProperty("verdict").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(await Actions(alert), Is.EqualTo(new[] { "verdict_withdrawn sorry", "verdict load test" }));
        var sent = await Feedback();
        Assert.That(sent.Select(one => (one.AlertId, one.Model, one.Metric, one.Verdict, one.Withdrawn, one.By, one.Note)),
            Is.EqualTo(new[]
            {
                (alert.AlertId, alert.Model, alert.Metric, Verdict.False, false, "anonymous", "load test"),
                (alert.AlertId, alert.Model, alert.Metric, Verdict.False, true, "anonymous", "sorry"),
            }));
        Assert.That(sent.Select(one => one.Labels), Is.All.EqualTo(alert.Labels));
        Assert.That(sent.Select(one => one.Id), Is.Unique);
    }

    [Test]
    public async Task Verdict_OnAnAlertThatIsOver_IsTaken_AndWithoutOneNoneIsWithdrawn()
    {
        var alert = await Recorded();
        await _dashboard.Journal.Record(SampleAlerts.Resolved(alert));

        using var nothing = await _dashboard.Http.DeleteAsync($"api/v1/alerts/{alert.AlertId}/verdict");
        await Done(HttpMethod.Post, alert, "verdict", new { verdict = "true" });

        Assert.That(nothing.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await nothing.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString(), Is.EqualTo("no_verdict"));
        Assert.That((await Shown(alert)).GetProperty("verdict").GetString(), Is.EqualTo("true"));
    }

    [TestCase("accepted", 1)]
    [TestCase("fixed", 0)]
    public async Task Close_AsAccepted_IsTheVerdictThatTheNewLevelIsNormal(string reason, int verdicts)
    {
        var alert = await Recorded();

        await Done(HttpMethod.Post, alert, "close", new { reason });

        Assert.That((await Feedback()).Select(one => one.Verdict), Is.EqualTo(Enumerable.Repeat(Verdict.Normal, verdicts)));
    }

    [Test]
    public async Task Unacknowledge_WhereNobodyHadAcknowledged_SaysSoAndLeavesNoEntry()
    {
        var alert = await Recorded();

        using var answer = await _dashboard.Http.DeleteAsync($"api/v1/alerts/{alert.AlertId}/acknowledge");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("not_acknowledged"));
        Assert.That(await Actions(alert), Is.Empty);
    }

    [Test]
    public async Task Unacknowledge_KeepsItsNote()
    {
        var alert = await Recorded();

        await Done(HttpMethod.Post, alert, "acknowledge", new { });
        await Done(HttpMethod.Delete, alert, "acknowledge?note=not%20me");

        Assert.That(await Actions(alert), Is.EqualTo(new[] { "unacknowledge not me", "acknowledge " }));
    }

    [TestCase("verdict", "{\"verdict\":\"maybe\"}", 400, "'verdict' may be false, true, normal")]
    [TestCase("verdict", "{}", 400, "'verdict' may be")]
    [TestCase("acknowledge", "{\"askAgainAfter\":\"soon\"}", 400, "'askAgainAfter' is 'soon'")]
    [TestCase("acknowledge", "{\"askAgainAfter\":\"0s\"}", 400, "above 0s")]
    [TestCase("acknowledge", "{\"who\":\"me\"}", 400, "")]
    [TestCase("acknowledge", "no json", 400, "")]
    [TestCase("notes", "{\"text\":\" \"}", 400, "'text' is missing")]
    [TestCase("close", "{\"reason\":\"tired\"}", 400, "'reason' may be fixed, accepted, false_alarm, duplicate")]
    [TestCase("close", "{}", 400, "'reason' may be")]
    public async Task WrongBody_IsRefusedByName(string action, string body, int status, string detail)
    {
        var alert = await Recorded();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await _dashboard.Http.PostAsync($"api/v1/alerts/{alert.AlertId}/{action}", content);

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(detail));
        Assert.That(await Actions(alert), Is.Empty);
    }

    [Test]
    public async Task UnknownOrEndedAlert_IsSaidAndNothingIsWritten()
    {
        var over = await Recorded();
        await _dashboard.Journal.Record(SampleAlerts.Resolved(over));

        Assert.That(await Status("none", "acknowledge", new { }), Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await Status(over.AlertId, "acknowledge", new { }), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await Status(over.AlertId, "close", new { reason = "fixed" }), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await Actions(over), Is.Empty);
    }

    [Test]
    public async Task Action_ReachesOpenPages()
    {
        var alert = await Recorded();
        var before = (await Get("api/v1/alerts")).GetProperty("seq").GetInt64();
        await using var live = await LiveConnection.Open(_dashboard.Http, query: $"?after={before}");

        await Done(HttpMethod.Post, alert, "acknowledge", new { });

        Assert.That(await live.Next(), Is.EqualTo(("alert", $"{alert.Metric} firing")));
    }

    // Its last event may name another one: the silence of its series, as here.
    [Test]
    public async Task Verdict_NamesTheDetectorThatOpenedTheAlert()
    {
        var alert = await Recorded();
        await _dashboard.Journal.Record(alert with
        {
            Id = new string('e', 32), Type = AlertEventType.Resolved, EndedReason = EndedReason.Gone, Detectors = [new("silence", 1, 0)],
        });

        await Done(HttpMethod.Post, alert, "verdict", new { verdict = "false" });

        Assert.That((await Feedback()).Single().Detector, Is.EqualTo(alert.Detectors[0].Name));
    }

    private async Task<AlertEvent> Recorded()
    {
        var alert = SampleAlerts.Opened();
        await _dashboard.Journal.Record(alert);
        return alert;
    }

    private async Task<FeedbackEvent[]> Feedback() =>
        [.. (await _dashboard.Journal.Query<string>("select payload from feedback order by feedback_id"))
            .Select(payload => FeedbackEvent.Read(payload)!)];

    private async Task<JsonElement> Shown(AlertEvent alert) => (await Get($"api/v1/alerts/{alert.AlertId}")).GetProperty("alert");

    private async Task<string[]> Actions(AlertEvent alert) =>
        [.. (await Get($"api/v1/alerts/{alert.AlertId}/actions")).GetProperty("actions").EnumerateArray()
            .Select(entry => $"{entry.GetProperty("action").GetString()} {entry.GetProperty("note").GetString()}")];

    private async Task<JsonElement> Get(string address) => await _dashboard.Http.GetFromJsonAsync<JsonElement>(address);

    private async Task Done(HttpMethod method, AlertEvent alert, string action, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/alerts/{alert.AlertId}/{action}");
        if (body is not null) request.Content = JsonContent.Create(body);
        using var answer = await _dashboard.Http.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NoContent), await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpStatusCode> Status(string alertId, string action, object body)
    {
        using var answer = await _dashboard.Http.PostAsJsonAsync($"api/v1/alerts/{alertId}/{action}", body);
        return answer.StatusCode;
    }
}
