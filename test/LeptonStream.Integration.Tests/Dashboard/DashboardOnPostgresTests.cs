using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Dashboard;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Integration.Tests.Dashboard;

/// <summary>The dashboard's queries mean on PostgreSQL what they mean on SQLite.</summary>
public sealed class DashboardOnPostgresTests
{
    private TestDatabase? _database;
    private WebApplication? _app;
    private HttpClient _http = null!;
    private TestJournal _journal = null!;

    [SetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateWithSchema(DatabaseKind.PostgreSql);
        _journal = new TestJournal(_database.Database);
        _app = DashboardHost.Build(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Dashboard:Url", "http://127.0.0.1:0"), new("Storage:ConnectionString", _database.ConnectionString)]).Build());
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = DashboardHost.AddressOf(_app) };
    }

    [TearDown]
    public async Task Stop()
    {
        _http?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [Test]
    public async Task Change_WithADatabaseUserThatMayOnlyRead_SaysSo()
    {
        var alert = SampleAlerts.Opened();
        await _journal.Record(alert);
        await using var reader = DashboardHost.Build(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Dashboard:Url", "http://127.0.0.1:0"), new("Dashboard:AnonymousRole", "Responder"),
                new("Storage:ConnectionString", _database!.ConnectionString + ";Options=-c default_transaction_read_only=on")]).Build());
        await reader.StartAsync();
        using var http = new HttpClient { BaseAddress = DashboardHost.AddressOf(reader) };

        using var read = await http.GetAsync($"api/v1/alerts/{alert.AlertId}");
        using var changed = await http.PostAsJsonAsync($"api/v1/alerts/{alert.AlertId}/notes", new { text = "seen" });

        Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await changed.Content.ReadAsStringAsync(), Does.Contain("read only"));
    }

    [Test]
    public async Task List_OpenAndResolved_AreSortedAndCounted()
    {
        var over = SampleAlerts.Opened(metric: "over");
        await _journal.RecordAll([SampleAlerts.Opened(metric: "minor", severity: AlertSeverity.Info), over,
            SampleAlerts.Opened(metric: "major"), SampleAlerts.Resolved(over)]);

        var open = await _http.GetFromJsonAsync<JsonElement>("api/v1/alerts?limit=1");
        var resolved = await _http.GetFromJsonAsync<JsonElement>("api/v1/alerts?status=resolved");

        Assert.That(open.GetProperty("alerts")[0].GetProperty("metric").GetString(), Is.EqualTo("major"));
        Assert.That(open.GetProperty("total").GetInt64(), Is.EqualTo(2));
        Assert.That(resolved.GetProperty("alerts")[0].GetProperty("resolvedAt").GetString(),
            Is.EqualTo(SampleAlerts.Resolved(over).DetectedAt.ToString()));
    }

    [Test]
    public async Task Show_OneAlert_HasItsHistory()
    {
        var alert = SampleAlerts.Opened();
        await _journal.RecordAll([alert, SampleAlerts.Resolved(alert)]);

        var detail = await _http.GetFromJsonAsync<JsonElement>($"api/v1/alerts/{alert.AlertId}");

        Assert.That(detail.GetProperty("history").EnumerateArray().Select(e => e.GetProperty("type").GetString()),
            Is.EqualTo(new[] { "resolved", "opened" }));
        Assert.That(detail.GetProperty("event").GetProperty("points").GetArrayLength(), Is.EqualTo(alert.Points.Count));
    }

    [Test]
    public async Task Live_CommittedWhileConnected_IsTold()
    {
        using var answer = await _http.GetAsync("api/v1/live", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await _journal.Record(SampleAlerts.Opened(metric: "told"));

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string? line;
        do line = await lines.ReadLineAsync(patience.Token);
        while (line is not null && !line.Contains("\"metric\":\"told\"", StringComparison.Ordinal));

        Assert.That(line, Does.StartWith("data: "));
    }
}
