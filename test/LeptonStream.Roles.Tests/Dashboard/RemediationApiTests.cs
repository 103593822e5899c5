using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>The actions that alerts started, for people: their list, and approving or rejecting those that wait.</summary>
public sealed class RemediationApiTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start()
    {
        _dashboard = await RunningDashboard.Start(("Dashboard:AnonymousRole", "Responder"));
        foreach (var (number, state) in new[] { "waiting_approval", "done", "failed", "waiting_approval" }.Index())
            await _dashboard.Journal.Execute(
                $$"""
                insert into remediation (action_id, policy, alert_id, model, kind, action, target, dry_run, state, since, changed_at,
                  due_at)
                values ('a{{number}}', 'again', 'alert{{number}}', 'm', 'kafka', 'retrain', '{"model":"m"}', 0, '{{state}}', 0, 0,
                  {{(number == 3 ? 1 : 99999999999999)}})
                """);
    }

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [TestCase("", "a3 a2 a1 a0")]
    [TestCase("?state=waiting", "a3 a0")]
    [TestCase("?state=open&limit=2", "a3 a1")]
    [TestCase("?alertId=alert2", "a2")]
    public async Task List_ByStateAndAlert_TheNewestFirst(string query, string ids)
    {
        var list = await _dashboard.Http.GetFromJsonAsync<JsonElement>($"api/v1/actions{query}");

        Assert.That(string.Join(' ', list.GetProperty("actions").EnumerateArray().Select(one => one.GetProperty("actionId").GetString())),
            Is.EqualTo(ids));
        Assert.That(list.GetProperty("actions")[0].GetProperty("target").GetProperty("model").GetString(), Is.EqualTo("m"));
    }

    [TestCase("?state=lost", "'state' is 'lost'")]
    [TestCase("?limit=0", "'limit' is 0")]
    public async Task List_WrongQuestion_NamesTheField(string query, string error)
    {
        using var answer = await _dashboard.Http.GetAsync(new Uri($"api/v1/actions{query}", UriKind.Relative));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(error));
    }

    [TestCase("approve", "approved")]
    [TestCase("reject", "rejected")]
    public async Task Decide_OneThatWaits_IsDecidedOnceAndInTheAuditOfItsAlert(string decision, string state)
    {
        Assert.That(await Do("a0", decision, "checked"), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await Do("a0", decision, "checked"), Is.EqualTo(HttpStatusCode.Conflict));

        var action = (await _dashboard.Http.GetFromJsonAsync<JsonElement>("api/v1/actions?alertId=alert0")).GetProperty("actions")[0];
        Assert.That(action.GetProperty("state").GetString(), Is.EqualTo(state));
        var entry = (await _dashboard.Http.GetFromJsonAsync<JsonElement>("api/v1/alerts/alert0/actions")).GetProperty("actions")[0];
        Assert.That((entry.GetProperty("action").GetString(), entry.GetProperty("note").GetString(),
            entry.GetProperty("detail").GetProperty("policy").GetString()), Is.EqualTo(($"action_{state}", "checked", "again")));
    }

    [TestCase("a1", HttpStatusCode.Conflict)]
    [TestCase("a3", HttpStatusCode.Conflict, TestName = "One whose time to be approved is over")]
    [TestCase("none", HttpStatusCode.NotFound)]
    public async Task Approve_OneThatDoesNotWait_IsRefused(string id, HttpStatusCode expected) =>
        Assert.That(await Do(id, "approve", null), Is.EqualTo(expected));

    [Test]
    public async Task Reject_WithoutAReason_IsRefused() =>
        Assert.That(await Do("a0", "reject", " "), Is.EqualTo(HttpStatusCode.BadRequest));

    private async Task<HttpStatusCode> Do(string id, string decision, string? note)
    {
        using var answer = await _dashboard.Http.PostAsJsonAsync($"api/v1/actions/{id}/{decision}", new { note });
        return answer.StatusCode;
    }
}
