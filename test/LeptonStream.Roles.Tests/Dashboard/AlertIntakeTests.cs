using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary><c>POST /api/v2/alerts</c>: what is taken, what is refused by which words, and what is durable when the answer comes.</summary>
public sealed class AlertIntakeTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start(("Dashboard:AnonymousRole", "Sender"));

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    // As Prometheus 3 writes it.
    [Test]
    public async Task Prometheus_ItsBody_IsTakenOnce()
    {
        const string Body = """
            [{"annotations":{"summary":"disk full"},"endsAt":"2999-01-01T00:04:00.000Z","startsAt":"2026-01-01T00:00:00.123Z",
            "generatorURL":"http://prom:9090/graph?g0.expr=up","labels":{"alertname":"Full","instance":"a:9100","job":"node","empty":""}}]
            """;

        Assert.That((await Post(Body)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Post(Body)).Status, Is.EqualTo(HttpStatusCode.OK));

        var rows = await Rows<(string Labels, long StartsAt, long Pending)>("select labels, starts_at, pending from received_alert");
        Assert.That(rows, Is.EqualTo(new[] { ("""{"alertname":"Full","instance":"a:9100","job":"node"}""", 1767225600123L, 1L) }));
    }

    [TestCase("nonsense", "the body must be a JSON array of alerts")]
    [TestCase("{}", "the body must be a JSON array of alerts")]
    [TestCase("null", "the body must be a JSON array of alerts")]
    [TestCase("[null]", "an alert is null")]
    [TestCase("""[{"labels":{}}]""", "at least one label pair required")]
    [TestCase("""[{"annotations":{"a":"b"}}]""", "at least one label pair required")]
    [TestCase("""[{"labels":{"":"b"}}]""", "invalid label name")]
    [TestCase("""[{"labels":{"a":"b"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"}]""",
        "start time must be before end time")]
    [TestCase("""[{"labels":{"a":"b"},"startsAt":"yesterday"}]""", "the body must be a JSON array of alerts")]
    public async Task WrongAlerts_AreRefusedByName(string body, string error)
    {
        var (status, text) = await Post(body);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(JsonDocument.Parse(text).RootElement.GetString(), Does.Contain(error));
        Assert.That(await Rows<string>("select alert_id from received_alert"), Is.Empty);
    }

    [Test]
    public async Task SoundAlerts_BesideWrongOnes_AreTaken()
    {
        var (status, _) = await Post("""[{"labels":{"alertname":"A"}},{"labels":{}},{"labels":{"alertname":"B"}}]""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await Rows<string>("select alert_id from received_alert"), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task Lists_ThatAreTooLong_AreRefused()
    {
        var many = await Post("[" + string.Join(',', Enumerable.Repeat("""{"labels":{"a":"b"}}""", 10_001)) + "]");
        var big = await Post($$$"""[{"labels":{"a":"{{{new string('x', 5_000)}}}"}}]""");
        var huge = await Post($$$"""[{"labels":{"a":"b"},"annotations":{"x":"{{{new string('x', 9_000_000)}}}"}}]""");

        Assert.That(many.Text, Does.Contain("10001 alerts, 10000 are allowed at once"));
        Assert.That(big.Text, Does.Contain("label a has 5000 characters, 4096 are allowed"));
        Assert.That(huge.Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(await Rows<string>("select alert_id from received_alert"), Is.Empty);
    }

    [Test]
    public async Task Sender_MaySendAndDoesNotSee()
    {
        using var seen = await _dashboard.Http.GetAsync("api/v2/alerts");
        using var silenced = await _dashboard.Http.PostAsJsonAsync("api/v2/silences", new { });

        Assert.That(seen.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(silenced.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private async Task<(HttpStatusCode Status, string Text)> Post(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v2/alerts") { Content = content };
        // A body that is refused by its length is not sent.
        request.Headers.ExpectContinue = true;
        using var answer = await _dashboard.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<T[]> Rows<T>(string sql)
    {
        await using var connection = await _dashboard.Database.Open();
        return [.. await connection.QueryAsync<T>(sql)];
    }
}
