using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>Alertmanager's API: silences and their rules, alerts with what mutes them, groups, receivers.</summary>
public sealed class SilenceApiTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start(("Dashboard:AnonymousRole", "Responder"));

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public async Task Silence_MadeShownAndExpired()
    {
        var id = await Made(Silence("severity", "critical"));
        var active = await Get($"api/v2/silence/{id}");
        using var expired = await _dashboard.Http.DeleteAsync($"api/v2/silence/{id}");
        using var again = await _dashboard.Http.DeleteAsync($"api/v2/silence/{id}");

        Assert.That(StateOf(active), Is.EqualTo("active"));
        Assert.That(active.GetProperty("createdBy").GetString(), Is.EqualTo("anonymous"));
        Assert.That(active.GetProperty("matchers")[0].GetProperty("isEqual").GetBoolean(), Is.True);
        Assert.That(expired.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(StateOf((await Get("api/v2/silences"))[0]), Is.EqualTo("expired"));
    }

    [Test]
    public async Task Silence_LaterEnd_KeepsItsId_OtherMatchersMakeAnother()
    {
        var id = await Made(Silence("severity", "critical"));
        var starts = (await Get($"api/v2/silence/{id}")).GetProperty("startsAt").GetDateTimeOffset();

        var longer = await Made(Silence("severity", "critical") with { Id = id, StartsAt = starts, EndsAt = starts.AddHours(9) });
        var other = await Made(Silence("severity", "warning") with { Id = id, StartsAt = starts, EndsAt = starts.AddHours(9) });

        Assert.That(longer, Is.EqualTo(id));
        Assert.That(other, Is.Not.EqualTo(id));
        Assert.That(StateOf(await Get($"api/v2/silence/{id}")), Is.EqualTo("expired"));
        Assert.That(StateOf(await Get($"api/v2/silence/{other}")), Is.EqualTo("active"));
    }

    [TestCase("""{"endsAt":"2999-01-01T00:00:00Z"}""", "'matchers' is missing")]
    [TestCase("""{"matchers":[],"endsAt":"2999-01-01T00:00:00Z"}""", "'matchers' is missing")]
    [TestCase("""{"matchers":[{"name":"a","value":"b","isRegex":false}]}""", "'endsAt' is missing")]
    [TestCase("""{"matchers":[{"name":"a","value":"b","isRegex":false}],"endsAt":"2999-01-01T00:00:00Z","quietPeriod":"soon"}""",
        "'quietPeriod' is 'soon'")]
    [TestCase("""{"matchers":[{"name":"a","value":"b","isRegex":false}],"endsAt":"2001-01-01T00:00:00Z"}""", "'endsAt' lies in the past")]
    [TestCase("""
        {"matchers":[{"name":"a","value":"b","isRegex":false}],"startsAt":"2999-01-02T00:00:00Z","endsAt":"2999-01-01T00:00:00Z"}
        """, "'endsAt' must lie after 'startsAt'")]
    [TestCase("""{"matchers":[{"name":"a","value":"(","isRegex":true}],"endsAt":"2999-01-01T00:00:00Z"}""", "no valid regular expression")]
    [TestCase("""{"matchers":[{"name":"a","value":".*","isRegex":true}],"endsAt":"2999-01-01T00:00:00Z"}""", "would mute every alert")]
    [TestCase("""{"matchers":[{"name":"a","value":"b","isRegex":false,"isEqual":false}],"endsAt":"2999-01-01T00:00:00Z"}""",
        "would mute every alert")]
    public async Task Silence_Wrong_IsRefusedByName(string body, string error)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _dashboard.Http.PostAsync("api/v2/silences", content);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetString(), Does.Contain(error));
        Assert.That((await Get("api/v2/silences")).GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Silence_UntilResolved_IsListedWithWhatItMutes()
    {
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "loss"), SampleAlerts.Opened(metric: "latency")]);
        var id = await Made(Silence("metric", "loss") with { QuietPeriod = "1h30m" });
        await Made(Silence("metric", "nothing"));

        var listed = (await Get("api/v1/silences")).GetProperty("silences").EnumerateArray()
            .Single(silence => silence.GetProperty("id").GetString() == id);

        Assert.That(listed.GetProperty("quietPeriod").GetString(), Is.EqualTo("1h30m"));
        Assert.That(listed.GetProperty("mutes").GetInt32(), Is.EqualTo(1));
        Assert.That((await Get($"api/v2/silence/{id}")).TryGetProperty("mutes", out _), Is.False);
        Assert.That((await Get("api/v1/silences")).GetProperty("silences").EnumerateArray()
            .Count(silence => silence.TryGetProperty("quietPeriod", out _)), Is.EqualTo(1));
    }

    [Test]
    public async Task Silences_Ended_AreListedWhereTheyAreAskedFor()
    {
        using var ended = await _dashboard.Http.DeleteAsync($"api/v2/silence/{await Made(Silence("metric", "loss"))}");

        Assert.That((await Get("api/v1/silences")).GetProperty("silences").GetArrayLength(), Is.Zero);
        Assert.That((await Get("api/v1/silences?all=true")).GetProperty("silences").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task Silence_OfAnUnknownId_IsNotFound()
    {
        using var answer = await _dashboard.Http.PostAsJsonAsync("api/v2/silences", Silence("a", "b") with { Id = "none" });

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Alerts_AreShownWithTheSilenceThatMutesThem()
    {
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "loss"), SampleAlerts.Opened(metric: "latency")]);
        var id = await Made(Silence("metric", "loss"));

        var muted = await Get("api/v2/alerts?active=false");
        var active = await Get("api/v2/alerts?silenced=false");
        var filtered = await Get("api/v2/alerts?filter=" + Uri.EscapeDataString("metric=~\"lo.*\""));
        var preview = await Post("api/v1/silences/preview", new { matchers = new[] { Matcher("metric", "loss") } });

        Assert.That(Metrics(muted), Is.EqualTo(new[] { "loss" }));
        Assert.That(muted[0].GetProperty("status").GetProperty("state").GetString(), Is.EqualTo("suppressed"));
        Assert.That(muted[0].GetProperty("status").GetProperty("silencedBy")[0].GetString(), Is.EqualTo(id));
        Assert.That(Metrics(active), Is.EqualTo(new[] { "latency" }));
        Assert.That(Metrics(filtered), Is.EqualTo(new[] { "loss" }));
        Assert.That(preview.GetProperty("total").GetInt32(), Is.EqualTo(1));
    }

    [TestCase("api/v2/alerts?filter=a", "bad matcher format")]
    [TestCase("api/v2/alerts?active=maybe", "active in query must be of type boolean")]
    [TestCase("api/v2/alerts?receiver=(", "failed to parse receiver param")]
    [TestCase("api/v2/silences?filter=a~b", "bad matcher format")]
    public async Task Question_Wrong_IsRefusedByName(string address, string error)
    {
        using var answer = await _dashboard.Http.GetAsync(address);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetString(), Does.Contain(error));
    }

    private static Posted Silence(string name, string value) => new(null, [Matcher(name, value)], null,
        DateTimeOffset.UtcNow.AddHours(1), "a test");

    private static object Matcher(string name, string value) => new { name, value, isRegex = false, isEqual = true };

    private static string[] Metrics(JsonElement alerts) =>
        [.. alerts.EnumerateArray().Select(alert => alert.GetProperty("labels").GetProperty("metric").GetString()!)];

    private static string? StateOf(JsonElement silence) => silence.GetProperty("status").GetProperty("state").GetString();

    private async Task<string> Made(Posted silence) => (await Post("api/v2/silences", silence)).GetProperty("silenceID").GetString()!;

    private async Task<JsonElement> Post(string address, object body)
    {
        using var answer = await _dashboard.Http.PostAsJsonAsync(address, body);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> Get(string address) => await _dashboard.Http.GetFromJsonAsync<JsonElement>(address);

    private sealed record Posted(string? Id, object[] Matchers, DateTimeOffset? StartsAt, DateTimeOffset EndsAt, string Comment,
        string? QuietPeriod = null);
}
