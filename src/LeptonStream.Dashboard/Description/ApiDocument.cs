using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeptonStream.Dashboard.Description;

/// <summary>
/// <c>/api/v1/openapi.json</c>: the description of <c>/api/v1</c> as OpenAPI, made from the routes themselves. Alertmanager's API, which
/// has one of its own, and the page are not in it.
/// </summary>
internal static class ApiDocument
{
    private const string Name = "v1";
    private const string Described = "api/v1/";

    public static void Add(IServiceCollection services) => services.AddOpenApi(Name, api =>
    {
        api.ShouldInclude = route => route.RelativePath?.StartsWith(Described, StringComparison.Ordinal) is true;
        api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "LeptonStream";
            document.Info.Description =
                "Alerts, the actions of people on them, and who was notified. Changes need a token: Authorization: Bearer TOKEN.";
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi($"/{Described}openapi.json");
}
