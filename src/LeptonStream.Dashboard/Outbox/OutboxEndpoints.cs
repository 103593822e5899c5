using System.Security.Claims;
using System.Text.Json.Serialization;
using LeptonStream.Dashboard.Access;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Dashboard.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Outbox;

/// <summary>The outbox: its list, and sending again or dropping what was not delivered.</summary>
internal static class OutboxEndpoints
{
    private const int DefaultLimit = 200;
    private const int MaxInOneList = 1000;

    public static void MapOutbox(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/outbox", List);
        var notification = routes.MapGroup("/api/v1/outbox/{id}").RequireAuthorization(AccessPolicies.Administer);
        notification.MapPost("/retry", async (string id, OutboxRequest request, OutboxActions outbox, ClaimsPrincipal person,
            TimeProvider time, CancellationToken stop) => ApiProblem.WrongReason(request.Note) is { } wrong
                ? wrong : Answer(id, await outbox.Retry(id, Change.By(person, time, request.Note), stop)));
        notification.MapPost("/drop", async (string id, OutboxRequest request, OutboxActions outbox, ClaimsPrincipal person,
            TimeProvider time, CancellationToken stop) => ApiProblem.WrongReason(request.Note) is { } wrong
                ? wrong : Answer(id, await outbox.Drop(id, Change.By(person, time, request.Note), stop)));
    }

    private static async Task<Results<Ok<OutboxList>, ProblemHttpResult>> List(
        HttpResponse response, OutboxQueries outbox, CancellationToken stop, string status = "undelivered", string? receiver = null,
        int limit = DefaultLimit)
    {
        if (!OutboxStates.Lists.TryGetValue(status, out var states))
            return ApiProblem.Wrong($"'status' is '{status}': it may be {string.Join(", ", OutboxStates.Lists.Keys)}");
        if (limit is < 1 or > MaxInOneList) return ApiProblem.Wrong($"'limit' is {limit}: it may be 1 to {MaxInOneList}");
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await outbox.List(states, receiver, limit, stop));
    }

    private static Results<NoContent, ProblemHttpResult> Answer(string id, OutboxResult result) => result switch
    {
        OutboxResult.Done => TypedResults.NoContent(),
        OutboxResult.Unknown => TypedResults.Problem(
            $"There is no notification {id}.", statusCode: StatusCodes.Status404NotFound),
        OutboxResult.IsBeingSent => TypedResults.Problem(
            $"Notification {id} is being sent at this moment: try again in a minute.", statusCode: StatusCodes.Status409Conflict),
        OutboxResult.IsOvertaken => TypedResults.Problem(
            $"Notification {id} is out of date: a newer one of its group was delivered. Drop it.",
            statusCode: StatusCodes.Status409Conflict),
        _ => TypedResults.Problem($"Notification {id} was sent or dropped already.", statusCode: StatusCodes.Status409Conflict),
    };
}

/// <summary>The body of retry and drop.</summary>
/// <param name="Note">The reason.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record OutboxRequest(string? Note);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OutboxList))]
[JsonSerializable(typeof(OutboxRequest))]
internal sealed partial class OutboxJson : JsonSerializerContext;
