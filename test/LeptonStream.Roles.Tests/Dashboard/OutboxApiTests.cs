using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>The outbox for people: what was not delivered, and what they do with it.</summary>
public sealed class OutboxApiTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start()
    {
        _dashboard = await RunningDashboard.Start(("Dashboard:AnonymousRole", "Admin"));
        foreach (var (seq, status) in new[] { "pending", "sent", "dead", "dead" }.Index())
            await _dashboard.Journal.Execute(
                $"""
                insert into notification (notification_id, seq, group_id, group_key, receiver, channel, reason, status, firing, resolved,
                  created_at, attempts, next_attempt_at, leased_until, sent_at, last_error, payload)
                values ('n{seq}', {seq}, 'g', 'g', '{(seq == 3 ? "pager" : "ops")}', 'webhook/0', 'first notification', '{status}', 1, 0,
                  1800000000000, 3, 1800000001000, 0, null, 'HTTP 404', '')
                """);
    }

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [TestCase("", "n3 n2 n0")]
    [TestCase("?status=dead", "n3 n2")]
    [TestCase("?status=dead&receiver=pager", "n3")]
    [TestCase("?status=all&limit=2", "n3 n2")]
    [TestCase("?status=sent", "n1")]
    public async Task List_ByState_TheNewestFirst(string query, string ids)
    {
        var list = await _dashboard.Http.GetFromJsonAsync<JsonElement>($"api/v1/outbox{query}");

        Assert.That(string.Join(' ', list.GetProperty("notifications").EnumerateArray()
            .Select(one => one.GetProperty("notificationId").GetString())), Is.EqualTo(ids));
    }

    [TestCase("?status=lost", "'status' is 'lost'")]
    [TestCase("?limit=0", "'limit' is 0")]
    public async Task List_WrongQuestion_NamesTheField(string query, string error)
    {
        using var answer = await _dashboard.Http.GetAsync(new Uri($"api/v1/outbox{query}", UriKind.Relative));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(error));
    }

    [Test]
    public async Task Retry_DeadLetter_IsPendingAgainUnderItsIdAndInTheAudit()
    {
        Assert.That(await Do("n2", "retry", "the token is renewed"), Is.EqualTo(HttpStatusCode.NoContent));

        Assert.That(await StatusOf("n2"), Is.EqualTo("pending"));
        var entry = (await _dashboard.Http.GetFromJsonAsync<JsonElement>("api/v1/audit")).GetProperty("actions")[0];
        Assert.That(entry.GetProperty("action").GetString(), Is.EqualTo("outbox_retry"));
        Assert.That(entry.GetProperty("note").GetString(), Is.EqualTo("the token is renewed"));
        Assert.That(entry.GetProperty("detail").GetProperty("notification_id").GetString(), Is.EqualTo("n2"));
    }

    [Test]
    public async Task Retry_ANewerOneOfTheGroupWasDelivered_IsRefused()
    {
        await _dashboard.Journal.Execute(
            "update notification set status = 'sent' where notification_id = 'n3'; "
                + "update notification set group_id = 'another' where notification_id = 'n0'");

        Assert.That(await Do("n2", "retry", "the token is renewed"), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await StatusOf("n2"), Is.EqualTo("dead"));
        Assert.That(await Do("n0", "retry", "the token is renewed"), Is.EqualTo(HttpStatusCode.NoContent), "that is another group");
        Assert.That(await Do("n2", "drop", "out of date"), Is.EqualTo(HttpStatusCode.NoContent));
    }

    [TestCase("n0")]
    [TestCase("n2")]
    public async Task Drop_NotDelivered_IsSeenAsDropped(string id)
    {
        Assert.That(await Do(id, "drop", "rosa knows"), Is.EqualTo(HttpStatusCode.NoContent));

        Assert.That(await StatusOf(id), Is.EqualTo("dropped"));
        Assert.That(await Do(id, "retry", "after all"), Is.EqualTo(HttpStatusCode.Conflict));
    }

    [Test]
    public async Task Drop_IsBeingSent_IsRefusedUntilItsOutcomeIsKnown()
    {
        await _dashboard.Journal.Execute("update notification set leased_until = 99999999999999 where notification_id = 'n0'");

        Assert.That(await Do("n0", "drop", "rosa knows"), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await StatusOf("n0"), Is.EqualTo("pending"));
    }

    [TestCase("n1", "retry", "again", HttpStatusCode.Conflict)]
    [TestCase("n9", "retry", "again", HttpStatusCode.NotFound)]
    [TestCase("n2", "retry", "", HttpStatusCode.BadRequest)]
    [TestCase("n2", "drop", " ", HttpStatusCode.BadRequest)]
    public async Task Action_ThatCantBe_ChangesNothing(string id, string action, string note, HttpStatusCode expected)
    {
        Assert.That(await Do(id, action, note), Is.EqualTo(expected));

        Assert.That(await StatusOf("n2"), Is.EqualTo("dead"));
        Assert.That((await _dashboard.Http.GetFromJsonAsync<JsonElement>("api/v1/audit")).GetProperty("actions").GetArrayLength(), Is.Zero);
    }

    private async Task<HttpStatusCode> Do(string id, string action, string note)
    {
        using var answer = await _dashboard.Http.PostAsJsonAsync($"api/v1/outbox/{id}/{action}", new { note });
        return answer.StatusCode;
    }

    private async Task<string?> StatusOf(string id) =>
        (await _dashboard.Http.GetFromJsonAsync<JsonElement>("api/v1/outbox?status=all")).GetProperty("notifications").EnumerateArray()
        .Single(one => one.GetProperty("notificationId").GetString() == id).GetProperty("status").GetString();
}
