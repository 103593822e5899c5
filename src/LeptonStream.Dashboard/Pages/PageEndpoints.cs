using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LeptonStream.Dashboard.Pages;

internal static class PageEndpoints
{
    private const string Ask = "no-cache";
    private const string KeepForEver = "public, max-age=31536000, immutable";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        var assets = new PageAssets();
        // They hold no alerts, and whoever signs in needs them first.
        routes.MapMethods("/", Methods, (HttpContext context) => Send(context, assets.Page, Ask)).AllowAnonymous();
        routes.MapMethods("/assets/{version}/{**path}", Methods, IResult (HttpContext context, string version, string path) =>
            assets.Find(path) is not { } asset ? TypedResults.NotFound()

            // While replicas of two versions run, a page of the other one may ask here: it gets what there is, but must not keep it.
            : Send(context, asset, version == assets.Version ? KeepForEver : Ask)).AllowAnonymous();
    }

    private static FileContentHttpResult Send(HttpContext context, PageAsset asset, string cache)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = cache;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (!AcceptsGzip(context.Request.Headers.AcceptEncoding))
            return TypedResults.Bytes(asset.Plain, asset.ContentType, entityTag: asset.PlainTag);
        headers.ContentEncoding = "gzip";
        return TypedResults.Bytes(asset.Compressed, asset.ContentType, entityTag: asset.CompressedTag);
    }

    private static bool AcceptsGzip(StringValues accepted) =>
        StringWithQualityHeaderValue.TryParseList(accepted, out var encodings)
        && encodings.Any(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && e.Quality is not 0);
}
