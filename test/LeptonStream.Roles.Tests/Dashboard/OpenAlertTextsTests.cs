using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>Who asks for all open alerts every few seconds makes the dashboard read each event once.</summary>
public sealed class OpenAlertTextsTests
{
    // More than are read at once.
    private const int Alerts = 250;

    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start();

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public async Task Alerts_AskedForAgain_ReadsNoPayloadThatItKnows()
    {
        await _dashboard.Journal.RecordAll(Enumerable.Range(0, Alerts).Select(i => AlertEvents.Opened($"a{i}")));
        var first = await Ask();
        Assert.That(first, Has.Count.EqualTo(Alerts));
        Assert.That(first.Values.Select(alert => alert.GetProperty("annotations").GetProperty("summary").GetString()), Is.All.Not.Empty);

        // Whoever reads one of them now finds nothing.
        await _dashboard.Journal.Execute("update alert set payload = 'unreadable'");
        var second = await Ask();
        Assert.That(Texts(second), Is.EqualTo(Texts(first)));
    }

    [Test]
    public async Task Alerts_OneChangesAndOneEnds_AreShownAsTheyAreNow()
    {
        await _dashboard.Journal.RecordAll([AlertEvents.Opened("a", 0, AlertSeverity.Critical), AlertEvents.Opened("b", 1)]);
        Assert.That(Severities(await Ask()), Is.EqualTo(new[] { "critical", "warning" }));

        await _dashboard.Journal.Record(AlertEvents.Resolved("a", 2));
        await _dashboard.Journal.Execute(
            "update alert set seq = seq + 1000, payload = replace(payload, '\"severity\":\"warning\"', '\"severity\":\"critical\"')");
        var now = await Ask();
        Assert.That(now, Has.Count.EqualTo(1));
        Assert.That(Severities(now), Is.EqualTo(new[] { "critical" }));
    }

    // All but the end, which lies ahead of the moment of the question.
    private static string[] Texts(Dictionary<string, JsonElement> alerts) => [.. alerts.Values.Select(alert => string.Join('\n',
        alert.EnumerateObject().Where(field => field.Name != "endsAt").Select(field => field.Value.GetRawText())))];

    private static string?[] Severities(Dictionary<string, JsonElement> alerts) =>
        [.. alerts.Values.Select(alert => alert.GetProperty("labels").GetProperty("severity").GetString()).Order()];

    private async Task<Dictionary<string, JsonElement>> Ask() =>
        (await _dashboard.Http.GetFromJsonAsync<JsonElement[]>("api/v2/alerts"))!
        .ToDictionary(alert => alert.GetProperty("fingerprint").GetString()!);
}
