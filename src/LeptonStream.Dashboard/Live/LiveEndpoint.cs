using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using LeptonStream.Dashboard.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Live;

/// <summary>
/// <c>/api/v1/live</c>: server-sent events <c>alert</c>, <c>ping</c> and <c>reset</c>. It resumes after the event named by the
/// <c>Last-Event-ID</c> header, on the first connection after the one named by <c>?after=</c>, and without either starts now.
/// </summary>
internal static class LiveEndpoint
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(2);

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/live", Connect);

    private static IResult Connect(HttpContext context, LiveFeed feed, AlertQueries journal, string? after, CancellationToken stop)
    {
        var resume = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? after;
        var seq = 0L;
        if (resume is not null && !long.TryParse(resume, NumberStyles.None, CultureInfo.InvariantCulture, out seq))
            return TypedResults.Problem(
                "'after' and Last-Event-ID may be a whole number, 0 or greater.", statusCode: StatusCodes.Status400BadRequest);

        if (feed.Subscribe() is not { } client)
        {
            context.Response.Headers.RetryAfter = "10";
            return TypedResults.Problem(
                "As many pages are open as Dashboard:MaxClients allows.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        context.Response.OnCompleted(() =>
        {
            feed.Unsubscribe(client);
            return Task.CompletedTask;
        });

        // nginx would gather the events otherwise.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(EventsAsync(client, feed, journal, resume is null ? null : seq, stop));
    }

    // Strings, because they go out as they are; the overloads that take an event type would wrap each item once more.
    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        LiveClient client, LiveFeed feed, AlertQueries journal, long? after, [EnumeratorCancellation] CancellationToken stop)
    {
        var newest = await journal.LastSeqAsync(stop);
        var seen = after ?? newest;
        if (seen > newest)
        {
            seen = newest;
            yield return ToItem(LiveMessage.ResetTo(newest));
        }

        var missed = await journal.ChangedAsync(seen, LiveFeed.MostAtOnce, stop);
        if (missed.Count == LiveFeed.MostAtOnce)
        {
            seen = newest;
            yield return ToItem(LiveMessage.ResetTo(newest));
            missed = [];
        }

        foreach (var row in missed)
        {
            seen = row.Seq;
            yield return ToItem(LiveFeed.MessageOf(row));
        }

        // Opens the stream at once, also where there is no news, and gives the browser a number to resume from.
        yield return ToItem(LiveMessage.PingOf(feed.State, seen));

        await foreach (var message in client.ReadAsync(stop))
        {
            if (message.Kind == LiveMessage.Alert && message.Seq <= seen) continue;
            seen = message.Seq ?? seen;
            yield return ToItem(message);
        }
    }

    private static SseItem<string> ToItem(LiveMessage message) => new(message.Json, message.Kind)
    {
        EventId = message.Seq?.ToString(CultureInfo.InvariantCulture),
        ReconnectionInterval = message.Kind == LiveMessage.Ping ? ReconnectAfter : null,
    };
}
