using LeptonStream.Dashboard.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Dashboard.Access;

/// <summary>
/// Refuses a change that another site's page makes a browser ask for: where a proxy vouches for people, the browser carries that along. A
/// browser says where a request comes from (<c>Sec-Fetch-Site</c>, or <c>Origin</c>); other programs say nothing, and nobody misleads them.
/// </summary>
internal static class CrossSiteGuard
{
    public static void UseCrossSiteGuard(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsOurs(request)) return next(context);
        return ApiProblem.OtherSite.ExecuteAsync(context);
    });

    private static bool IsOurs(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is "same-origin" or "none";
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == request.Host.Value);
    }
}
