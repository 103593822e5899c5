using LeptonStream.Dashboard;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>The real dashboard on a free port, and the journal that it reads.</summary>
internal sealed class RunningDashboard : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly (string Name, string Value)[] _settings;
    private WebApplication _app;

    private RunningDashboard(TestDatabase database, (string Name, string Value)[] settings, WebApplication app)
    {
        _database = database;
        _settings = settings;
        _app = app;
        Journal = new TestJournal(database.Database);
        Address = DashboardHost.AddressOf(app);
        Http = new HttpClient { BaseAddress = Address };
    }

    public TestJournal Journal { get; }

    public Database Database => _database.Database;

    public Uri Address { get; }

    public HttpClient Http { get; }

    public static async Task<RunningDashboard> Start(params (string Name, string Value)[] settings)
    {
        var database = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        (string, string)[] all = [("Dashboard:Url", "http://127.0.0.1:0"), ("Dashboard:PollIntervalMs", "50"),
            ("Storage:ConnectionString", database.ConnectionString), .. settings];
        return new(database, all, await StartApp(all));
    }

    /// <summary>Every route that is meant to be described, such as <c>GET /api/v1/alerts</c>.</summary>
    public IEnumerable<string> Routes() => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(route => route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
        .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method =>
            $"{method} {route.RoutePattern.RawText}") ?? []);

    public Task Stop() => _app.StopAsync();

    /// <summary>Another dashboard on the same address with the same journal, as after a rollout.</summary>
    public async Task StartAgain()
    {
        await _app.DisposeAsync();
        _app = await StartApp([.. _settings, ("Dashboard:Url", Address.GetLeftPart(UriPartial.Authority))]);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<WebApplication> StartApp((string Name, string Value)[] settings)
    {
        var values = settings.GroupBy(s => s.Name).Select(s => KeyValuePair.Create(s.Key, (string?)s.Last().Value));
        var app = DashboardHost.Build(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        await app.StartAsync();
        return app;
    }
}
