using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Dashboard;

public sealed class AlertApiTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start();

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public async Task List_OpenAlerts_TheMostUrgentFirstThenTheNewest()
    {
        var info = SampleAlerts.Opened(metric: "info", severity: AlertSeverity.Info);
        var older = SampleAlerts.Opened(metric: "older");
        var newer = SampleAlerts.Opened(metric: "newer") with { Onset = older.Onset + TimeSpan.FromMinutes(1) };
        var warning = SampleAlerts.Opened(metric: "warning", severity: AlertSeverity.Warning);
        var over = SampleAlerts.Opened(metric: "over");
        await _dashboard.Journal.RecordAll([info, older, newer, warning, over, SampleAlerts.Resolved(over)]);

        var list = await Get("api/v1/alerts");

        Assert.That(Metrics(list), Is.EqualTo(new[] { "newer", "older", "warning", "info" }));
        Assert.That(list.GetProperty("total").GetInt64(), Is.EqualTo(4));
        Assert.That(list.GetProperty("seq").GetInt64(), Is.EqualTo(6));
    }

    [TestCase("firing", "open")]
    [TestCase("resolved", "over")]
    [TestCase("all", "open,over")]
    public async Task List_Status_ShowsOnlyThat(string status, string metrics)
    {
        var over = SampleAlerts.Opened(metric: "over");
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "open"), over, SampleAlerts.Resolved(over)]);

        var list = await Get($"api/v1/alerts?status={status}");

        Assert.That(Metrics(list), Is.EquivalentTo(metrics.Split(',')));
    }

    [Test]
    public async Task List_Limit_CutsTheLeastUrgentAndTellsTheTotal()
    {
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(severity: AlertSeverity.Info), SampleAlerts.Opened(metric: "worst"),
            SampleAlerts.Opened(severity: AlertSeverity.Warning)]);

        var list = await Get("api/v1/alerts?limit=1");

        Assert.That(Metrics(list), Is.EqualTo(new[] { "worst" }));
        Assert.That(list.GetProperty("total").GetInt64(), Is.EqualTo(3));
    }

    [Test]
    public async Task List_OneAlert_CarriesWhatARowNeeds()
    {
        var alert = SampleAlerts.Opened(labels: [("instance", "gpu-7")]);
        await _dashboard.Journal.Record(alert);

        var row = (await Get("api/v1/alerts")).GetProperty("alerts")[0];

        Assert.That(row.GetProperty("alertId").GetString(), Is.EqualTo(alert.AlertId));
        Assert.That(row.GetProperty("onset").GetString(), Is.EqualTo(alert.Onset.ToString()));
        Assert.That(row.GetProperty("labels").GetProperty("instance").GetString(), Is.EqualTo("gpu-7"));
        Assert.That(row.GetProperty("labels").GetProperty("alertname").GetString(), Is.EqualTo("MetricAnomaly"));
        Assert.That(row.GetProperty("summary").GetProperty("zh-CN").GetString(), Is.EqualTo(alert.Chinese.Summary));
        Assert.That(row.GetProperty("spark").GetProperty("values").GetArrayLength(), Is.EqualTo(40));
        Assert.That(row.GetProperty("spark").GetProperty("onset").GetInt32(), Is.EqualTo(30), "the last 10 of 60 points are anomalous");
    }

    [Test]
    public async Task List_AlertThatGoesOn_SaysWhenItOpenedAndUpToWhenItsNumbersAreTrue()
    {
        var opened = SampleAlerts.Opened();
        var later = opened.DetectedAt + TimeSpan.FromMinutes(7);
        await _dashboard.Journal.RecordAll([opened, opened with { Id = new string('8',
            32), Type = AlertEventType.Updated, DetectedAt = later,
            Value = 400 }]);

        var row = (await Get("api/v1/alerts")).GetProperty("alerts")[0];

        Assert.That(row.GetProperty("detectedAt").GetString(), Is.EqualTo(opened.DetectedAt.ToString()));
        Assert.That(row.GetProperty("updatedAt").GetString(), Is.EqualTo(later.ToString()));
        Assert.That(row.GetProperty("value").GetDouble(), Is.EqualTo(400));
    }

    [TestCase("status=open", "'status'")]
    [TestCase("limit=0", "'limit'")]
    [TestCase("limit=1001", "'limit'")]
    [TestCase("limit=ten", "'limit'")]
    [TestCase("limit=-1", "'limit'")]
    [TestCase("limit=99999999999999999999", "'limit'")]
    public async Task List_WrongParameter_IsRefusedByName(string query, string named)
    {
        using var answer = await _dashboard.Http.GetAsync($"api/v1/alerts?{query}");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(named));
    }

    [Test]
    public async Task Show_KnownAlert_IsTheEventAsPublishedAndItsHistory()
    {
        var opened = SampleAlerts.Opened();
        var updated = opened with { Id = new string('9', 32), Type = AlertEventType.Updated, Score = 3.5 };
        await _dashboard.Journal.RecordAll([opened, updated, SampleAlerts.Opened(metric: "other")]);

        var detail = await Get($"api/v1/alerts/{opened.AlertId}");

        var published = JsonDocument.Parse(AlertEventJson.Write(updated)).RootElement;
        Assert.That(JsonElement.DeepEquals(detail.GetProperty("event"), published), Is.True);
        Assert.That(detail.GetProperty("history").EnumerateArray().Select(e => e.GetProperty("type").GetString()),
            Is.EqualTo(new[] { "updated", "opened" }));
        Assert.That(detail.GetProperty("alert").GetProperty("score").GetDouble(), Is.EqualTo(3.5));
    }

    [Test]
    public async Task Show_UnknownAlert_IsNotFound()
    {
        using var answer = await _dashboard.Http.GetAsync("api/v1/alerts/nothing");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [TestCase("")]
    [TestCase("not json")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("""{"model":"\ud800"}""")]
    public async Task ListAndShow_PayloadOfAnotherVersion_ShowTheColumns(string payload)
    {
        var alert = SampleAlerts.Opened();
        await _dashboard.Journal.Record(alert, payload);

        var row = (await Get("api/v1/alerts")).GetProperty("alerts")[0];
        var detail = await Get($"api/v1/alerts/{alert.AlertId}");

        Assert.That(row.GetProperty("metric").GetString(), Is.EqualTo(alert.Metric));
        Assert.That(row.GetProperty("labels").GetProperty("severity").GetString(), Is.EqualTo("critical"));
        Assert.That(row.GetProperty("summary").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(detail.GetProperty("event").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(detail.GetProperty("history").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task List_ScoreOutOfRange_DoesNotHideTheOthers()
    {
        var huge = SampleAlerts.Opened(metric: "huge") with { Score = double.PositiveInfinity };
        await _dashboard.Journal.Record(
            huge, Encoding.UTF8.GetString(AlertEventJson.Write(huge with { Score = 7 })).Replace("\"score\":7", "\"score\":1e999"));
        await _dashboard.Journal.Record(SampleAlerts.Opened(metric: "usual"));

        var list = await Get("api/v1/alerts");

        Assert.That(Metrics(list), Is.EquivalentTo(new[] { "huge", "usual" }));
    }

    [Test]
    public async Task Any_JournalWithoutTables_IsAPlainProblemWithoutStack()
    {
        await _dashboard.Journal.Execute("drop table alert");

        using var answer = await _dashboard.Http.GetAsync("api/v1/alerts");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(text, Does.Contain("Storage:ConnectionString").And.Not.Contain("   at ").And.Not.Contain("Exception"));
    }

    private static IEnumerable<string?> Metrics(JsonElement list) =>
        list.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("metric").GetString());

    private Task<JsonElement> Get(string address) => _dashboard.Http.GetFromJsonAsync<JsonElement>(address);
}
