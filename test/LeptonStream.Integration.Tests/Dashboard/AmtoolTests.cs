using System.Text.Json;
using LeptonStream.Access;
using LeptonStream.Dashboard;
using LeptonStream.Dashboard.Access;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Integration.Tests.Dashboard;

/// <summary>The real amtool works with the dashboard as with an Alertmanager: alerts, and the whole life of a silence.</summary>
public sealed class AmtoolTests
{
    private TestDatabase? _database;
    private WebApplication? _app;
    private string _amtool = "";

    [SetUp]
    public async Task Start()
    {
        _amtool = SharedFolder.Require("tools/amtool");
        _database = await TestDatabase.CreateWithSchema(DatabaseKind.PostgreSql);
        _app = DashboardHost.Build(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Dashboard:Url", "http://127.0.0.1:0"), new("Dashboard:AnonymousRole", nameof(AccessRole.Responder)),
                new("Storage:ConnectionString", _database.ConnectionString)]).Build());
        await _app.StartAsync();
        await new TestJournal(_database.Database).RecordAll(
            [SampleAlerts.Opened(metric: "loss"), SampleAlerts.Opened(metric: "latency")]);
    }

    [TearDown]
    public async Task Stop()
    {
        if (_app is not null) await _app.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [Test]
    public async Task Alerts_AreFoundByTheirLabels()
    {
        var all = await Json("alert", "query");
        var one = await Json("alert", "query", "metric=loss");
        var none = await Json("alert", "query", "metric=~\"x.*\"");

        Assert.That((all.GetArrayLength(), one.GetArrayLength(), none.GetArrayLength()), Is.EqualTo((2, 1, 0)));
        Assert.That((await Run("alert", "query", "metric=loss")).Output, Does.Contain("MetricAnomaly").And.Contain("active"));
    }

    [Test]
    public async Task Silence_IsMadeChangedAndExpired()
    {
        var id = (await Run("silence", "add", "--comment=upgrade", "--duration=2h", "--author=rosa", "metric=loss")).Output.Trim();
        var silenced = await Json("alert", "query", "--silenced");
        await Run("silence", "update", "--duration=4h", "--comment=longer", id);
        var updated = (await Json("silence", "query"))[0];
        await Run("silence", "expire", id);

        Assert.That(silenced.GetArrayLength(), Is.EqualTo(1));
        Assert.That(updated.GetProperty("id").GetString(), Is.EqualTo(id));
        Assert.That(updated.GetProperty("comment").GetString(), Is.EqualTo("longer"));
        Assert.That(updated.GetProperty("createdBy").GetString(), Is.EqualTo("rosa"));
        Assert.That((await Json("silence", "query")).GetArrayLength(), Is.Zero);
        Assert.That((await Json("silence", "query", "--expired")).GetArrayLength(), Is.EqualTo(1));
        Assert.That((await Json("alert", "query", "--silenced")).GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Silence_ThatWouldMuteEverything_IsRefused()
    {
        var refused = await ExternalProgram.Run(_amtool, Arguments("silence", "add", "--comment=x", "--duration=2h", "metric=~\".*\""));

        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Everything, Does.Contain("mute every alert"));
    }

    private async Task<JsonElement> Json(params string[] question) =>
        JsonDocument.Parse((await Run([.. question, "--output=json"])).Output).RootElement;

    private async Task<ProgramResult> Run(params string[] arguments)
    {
        var result = await ExternalProgram.Run(_amtool, Arguments(arguments));
        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        return result;
    }

    private string[] Arguments(params string[] arguments) =>
        [.. arguments, $"--alertmanager.url={DashboardHost.AddressOf(_app!)}", "--no-version-check"];
}
