using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Notifications;

internal static class NotificationEndpoints
{
    public static void MapNotifications(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/alerts/{alertId}/notifications", async (
            HttpResponse response, NotificationQueries notifications, string alertId, CancellationToken stop) =>
        {
            response.Headers.CacheControl = "no-store";
            return TypedResults.Ok(await notifications.Of(alertId, stop));
        });
}
