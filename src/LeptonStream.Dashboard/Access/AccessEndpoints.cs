using LeptonStream.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Access;

internal static class AccessEndpoints
{
    /// <summary>Who asks, and what they may: for the page, which shows or leaves out its buttons.</summary>
    public static void MapAccess(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/me", (HttpContext context, TokensFile tokens) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Person(
            context.User.Identity?.Name ?? AccessHandler.Anybody, AccessPolicies.RoleOf(context.User).ToString().ToLowerInvariant(),
            context.User.Identity?.Name is null or AccessHandler.Anybody, tokens.IsSet));
    }).AllowAnonymous();
}

/// <summary>The answer of <c>/api/v1/me</c>.</summary>
/// <param name="Name">The name under which changes are recorded.</param>
/// <param name="Role">none, viewer, responder, admin or sender.</param>
/// <param name="Anonymous">Whether nobody signed in.</param>
/// <param name="CanSignIn">Whether there are tokens to sign in with.</param>
internal sealed record Person(string Name, string Role, bool Anonymous, bool CanSignIn);
