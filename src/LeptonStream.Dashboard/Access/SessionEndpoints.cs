using LeptonStream.Access;
using LeptonStream.Dashboard.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Access;

/// <summary>
/// Signing in on the page: the token goes into a cookie that scripts can't read and other sites' pages can't make the browser send.
/// </summary>
internal static class SessionEndpoints
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "lepton-token";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/session", IResult (HttpContext context, SignInRequest request, TokensFile tokens) =>
        {
            var token = request.Token?.Trim() ?? "";
            if (tokens.Current().Find(token) is null) return ApiProblem.UnknownToken;
            context.Response.Cookies.Append(Cookie, token, Options(context, Longest));
            return TypedResults.NoContent();
        }).AllowAnonymous();
        routes.MapDelete("/api/v1/session", (HttpContext context) =>
        {
            context.Response.Cookies.Delete(Cookie, Options(context, null));
            return TypedResults.NoContent();
        }).AllowAnonymous();
    }

    private static CookieOptions Options(HttpContext context, TimeSpan? age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        // TLS may end at a proxy, which then says so.
        Secure = context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https",
        MaxAge = age,
        Path = "/",
    };
}

/// <summary>The body of signing in.</summary>
/// <param name="Token">The token.</param>
internal sealed record SignInRequest(string? Token);
