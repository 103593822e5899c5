using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeptonStream.Access;
using LeptonStream.Dashboard;
using LeptonStream.Dashboard.Access;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Integration.Tests.Dashboard;

/// <summary>
/// Alerts that others post: the real amtool and Prometheus' body go in at the dashboard, a notifier delivers them, and what is shown of
/// them is what the real Alertmanager shows.
/// </summary>
public sealed class AlertIntakeTests
{
    private const string Routing = """
        global: { resolve_timeout: 3s }
        route:
          receiver: rest
          group_by: [alertname]
          group_wait: 200ms
          group_interval: 500ms
          routes:
          - { receiver: disks, matchers: [ alertname = "Disk" ] }
        receivers:
        - name: rest
        - name: disks
          webhook_configs: [ { url: "SINK/secret-token" } ]
        """;

    private TestDatabase? _database;
    private NotifierRig? _rig;
    private WebApplication? _app;
    private HttpClient _http = null!;
    private string _file = "";

    [SetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateWithSchema(DatabaseKind.PostgreSql);
        _rig = await NotifierRig.CreateOn(_database.ConnectionString);
        _file = Path.GetTempFileName();
        await File.WriteAllTextAsync(_file, Routing.Replace("SINK", _rig.Sink.Url("").TrimEnd('/'), StringComparison.Ordinal));
        _rig.Start(("Notifier:RoutingFile", _file), ("Notifier:WebhookUrl", ""));
        _app = DashboardHost.Build(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Dashboard:Url", "http://127.0.0.1:0"), new("Dashboard:AnonymousRole", nameof(AccessRole.Responder)),
                new("Storage:ConnectionString", _database.ConnectionString)]).Build());
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = DashboardHost.AddressOf(_app) };
    }

    [TearDown]
    public async Task Stop()
    {
        _http?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        if (_rig is not null) await _rig.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        File.Delete(_file);
    }

    [Test]
    public async Task Amtool_AddsAnAlert_ThatIsRoutedShownAndEndsByTheTimeout()
    {
        await Amtool("alert", "add", "alertname=Disk", "instance=a", "--annotation=summary=full",
            "--generator-url=http://prom/graph");
        await _rig!.Sink.Receives(1);
        var shown = JsonDocument.Parse(await Amtool("alert", "query", "--output=json", "instance=a")).RootElement;
        await _rig.Sink.Receives(2);

        var (first, last) = (_rig.Sink.Calls[0], _rig.Sink.Calls[1]);
        Assert.That(first.Path, Is.EqualTo("secret-token"));
        Assert.That(first.Body.GetProperty("status").GetString(), Is.EqualTo("firing"));
        Assert.That(first.Body.GetProperty("alerts")[0].GetProperty("annotations").GetProperty("summary").GetString(), Is.EqualTo("full"));
        Assert.That(shown[0].GetProperty("receivers")[0].GetProperty("name").GetString(), Is.EqualTo("disks"));
        Assert.That(shown[0].GetProperty("generatorURL").GetString(), Is.EqualTo("http://prom/graph"));
        Assert.That(last.Body.GetProperty("status").GetString(), Is.EqualTo("resolved"));
        Assert.That(await _rig.Scalar<string>("select ended_reason from alert"), Is.EqualTo("gone"));
    }

    [Test]
    public async Task Prometheus_FiresAndResolves_IsDelivered()
    {
        var start = DateTimeOffset.UtcNow.AddMinutes(-1);
        await Post(_http, Prometheus(start, DateTimeOffset.UtcNow.AddMinutes(4)));
        await _rig!.Sink.Receives(1);
        await Post(_http, Prometheus(start, DateTimeOffset.UtcNow.AddSeconds(-1)));
        await _rig.Sink.Receives(2);

        Assert.That(_rig.Sink.Calls.Select(call => call.Body.GetProperty("status").GetString()),
            Is.EqualTo((string[])["firing", "resolved"]));
        Assert.That(await _rig.Scalar<string>("select ended_reason from alert"), Is.EqualTo("recovered"));
    }

    [Test]
    public async Task Alerts_AreShownAsTheRealAlertmanagerShowsThem()
    {
        await using var alertmanager = await Alertmanager.Start(Routing.Replace("SINK", _rig!.Sink.Url("").TrimEnd('/'),
            StringComparison.Ordinal));
        using var real = new HttpClient { BaseAddress = alertmanager.Address };
        var start = DateTimeOffset.UtcNow.AddMinutes(-1);
        string[] bodies =
        [
            Prometheus(start, start.AddHours(1)), """[{"labels":{"alertname":"X","empty":""},"endsAt":"2999-01-01T00:00:00Z"}]""",
            """[{"labels":{}}]""", "[]", "{",
            """[{"labels":{"a":"b"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"}]""",
        ];
        foreach (var body in bodies)
            Assert.That(await Status(_http, body), Is.EqualTo(await Status(real, body)), body);

        var expected = Lines(await real.GetFromJsonAsync<JsonElement>("api/v2/alerts"));
        await Eventually.True(() => Lines(_http.GetFromJsonAsync<JsonElement>("api/v2/alerts").GetAwaiter().GetResult()) == expected,
            $"the alerts {expected}");
    }

    [Test]
    public async Task Status_ShowsRoutesAndNoSecret_AndAmtoolReadsThem()
    {
        await Eventually.True(() => _http.GetStringAsync("api/v2/status").GetAwaiter().GetResult().Contains("disks",
            StringComparison.Ordinal), "the routes");
        var status = await _http.GetStringAsync("api/v2/status");
        var route = await Amtool("config", "routes", "test", "alertname=Disk");

        Assert.That(status, Does.Not.Contain("secret-token"));
        Assert.That(route.Trim(), Does.EndWith("disks"));
    }

    private static string Prometheus(DateTimeOffset start, DateTimeOffset end) =>
        $$$"""
        [{"annotations":{"summary":"full"},"endsAt":"{{{end:O}}}","startsAt":"{{{start:O}}}","generatorURL":"http://prom:9090/graph",
        "labels":{"alertname":"Disk","instance":"a:9100","job":"node"}}]
        """;

    private static string Lines(JsonElement alerts) => string.Join('\n', alerts.EnumerateArray().Select(alert => string.Join(' ',
        ((string[])["fingerprint", "labels", "annotations", "generatorURL", "receivers", "status"])
            .Select(field => alert.TryGetProperty(field, out var value) ? JsonSerializer.Serialize(value) : "\"\"")
            .Append(alert.GetProperty("labels").TryGetProperty("job", out _)
                ? $"{alert.GetProperty("startsAt").GetDateTimeOffset():yyyy-MM-dd HH:mm:ss.fff}" : ""))));

    private static async Task Post(HttpClient http, string body) => Assert.That(await Status(http, body), Is.EqualTo(200));

    private static async Task<int> Status(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("api/v2/alerts", content);
        return (int)answer.StatusCode;
    }

    private async Task<string> Amtool(params string[] arguments)
    {
        var result = await ExternalProgram.Run(SharedFolder.Require("tools/amtool"),
            [.. arguments, $"--alertmanager.url={_http.BaseAddress}", "--no-version-check"]);
        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        return result.Output;
    }
}
