using LeptonStream.Dashboard.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Health;

internal static class HealthEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/healthz/live", Methods, () => TypedResults.Text("live"));

        // Where the journal does not answer this throws, and the answer is problem 503.
        routes.MapMethods("/healthz/ready", Methods, async (AlertQueries journal, CancellationToken stop) =>
        {
            await journal.LastSeqAsync(stop);
            return TypedResults.Text("ready");
        });
    }
}
