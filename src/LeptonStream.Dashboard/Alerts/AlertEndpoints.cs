using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Alerts;

internal static class AlertEndpoints
{
    public const int MostInOneList = 1000;
    private const int UsualInOneList = 200;
    private const int MostInOneHistory = 200;

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/alerts", ListAsync);
        routes.MapGet("/api/v1/alerts/{alertId}", ShowAsync);
    }

    private static async Task<Results<Ok<AlertList>, ProblemHttpResult>> ListAsync(
        HttpResponse response, AlertQueries alerts, string? status, string? limit, CancellationToken stop)
    {
        if (!TryReadStatus(status, out var wanted))
            return TypedResults.Problem("'status' may be firing, resolved or all.", statusCode: StatusCodes.Status400BadRequest);
        if (!TryReadLimit(limit, out var most))
            return TypedResults.Problem($"'limit' may be 1 to {MostInOneList}.", statusCode: StatusCodes.Status400BadRequest);

        // The number first: a change that falls between the questions is then sent live once more instead of not at all.
        var seq = await alerts.LastSeqAsync(stop);
        var rows = await alerts.ListAsync(wanted, most, stop);
        var total = rows.Count < most ? rows.Count : await alerts.CountAsync(wanted, stop);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new AlertList(seq, total, [.. rows.Select(AlertSummary.Of)]));
    }

    private static async Task<Results<Ok<AlertDetail>, ProblemHttpResult>> ShowAsync(
        HttpResponse response, AlertQueries alerts, string alertId, CancellationToken stop)
    {
        if (await alerts.FindAsync(alertId, stop) is not { } row)
            return ApiProblem.UnknownAlert;
        response.Headers.CacheControl = "no-store";
        var first = await alerts.FirstAsync(alertId, stop);
        return TypedResults.Ok(AlertDetail.Of(row, first, await alerts.HistoryAsync(alertId, MostInOneHistory, stop),
            await alerts.GeneratorUrlAsync(alertId, stop)));
    }

    private static bool TryReadStatus(string? text, out AlertStatus status)
    {
        (var known, status) = text switch
        {
            null or "firing" => (true, AlertStatus.Firing),
            "resolved" => (true, AlertStatus.Resolved),
            "all" => (true, AlertStatus.All),
            _ => (false, default),
        };
        return known;
    }

    private static bool TryReadLimit(string? text, out int limit)
    {
        limit = UsualInOneList;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostInOneList);
    }
}
