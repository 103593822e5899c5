using System.Text.Json;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>The description of the API beside the routes that there are.</summary>
public sealed class ApiDocumentTests
{
    private RunningDashboard _dashboard;
    private JsonDocument _document;

    [OneTimeSetUp]
    public async Task Start()
    {
        _dashboard = await RunningDashboard.Start();
        _document = JsonDocument.Parse(await _dashboard.Http.GetStringAsync("api/v1/openapi.json"));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _document?.Dispose();
        await _dashboard.DisposeAsync();
    }

    [Test]
    public void Document_OfTheApi_HasEveryRouteAndNoOther()
    {
        var described = Paths.SelectMany(path => path.Value.EnumerateObject()
            .Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")).ToArray();

        Assert.That(described, Is.EquivalentTo(_dashboard.Routes().Where(route => route.Contains(" /api/v1/", StringComparison.Ordinal))));
        Assert.That(described, Has.Length.GreaterThan(12));
    }

    [Test]
    public void Document_OfARouteWithABody_NamesItsFields()
    {
        var acknowledge = Paths.Single(path => path.Name == "/api/v1/alerts/{alertId}/acknowledge").Value.GetProperty("post");
        var schema = acknowledge.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        var name = schema.GetProperty("$ref").GetString()!.Split('/')[^1];

        Assert.That(
            _document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty(name).GetProperty("properties")
                .EnumerateObject().Select(field => field.Name),
            Is.EquivalentTo(new[] { "note", "askAgainAfter" }));
    }

    private JsonElement.ObjectEnumerator Paths => _document.RootElement.GetProperty("paths").EnumerateObject();
}
