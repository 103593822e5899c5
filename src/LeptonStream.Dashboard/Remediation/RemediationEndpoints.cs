using System.Security.Claims;
using System.Text.Json.Serialization;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Dashboard.Access;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Dashboard.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Remediation;

/// <summary>The actions that alerts started: their list, and approving or rejecting those that wait.</summary>
internal static class RemediationEndpoints
{
    private const int DefaultLimit = 200;
    private const int MaxInOneList = 1000;

    public static void MapRemediation(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/actions", List);
        var action = routes.MapGroup("/api/v1/actions/{id}").RequireAuthorization(AccessPolicies.Respond);
        action.MapPost("/approve", async (string id, DecisionRequest request, RemediationActions actions, ClaimsPrincipal person,
            TimeProvider time, CancellationToken stop) => ApiProblem.TooLong("note", request.Note, Change.LongestNote) is { } wrong
                ? wrong : Answer(id, await actions.Approve(id, Change.By(person, time, request.Note), stop)));
        action.MapPost("/reject", async (string id, DecisionRequest request, RemediationActions actions, ClaimsPrincipal person,
            TimeProvider time, CancellationToken stop) => ApiProblem.WrongReason(request.Note) is { } wrong
                ? wrong : Answer(id, await actions.Reject(id, Change.By(person, time, request.Note), stop)));
    }

    private static async Task<Results<Ok<RemediationList>, ProblemHttpResult>> List(
        HttpResponse response, RemediationActions actions, CancellationToken stop, string state = "all", string? alertId = null,
        int limit = DefaultLimit)
    {
        if (!RemediationStates.Lists.TryGetValue(state, out var states))
            return ApiProblem.Wrong($"'state' is '{state}': it may be {string.Join(", ", RemediationStates.Lists.Keys)}");
        if (limit is < 1 or > MaxInOneList) return ApiProblem.Wrong($"'limit' is {limit}: it may be 1 to {MaxInOneList}");
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await actions.List(states, alertId, limit, stop));
    }

    private static Results<NoContent, ProblemHttpResult> Answer(string id, RemediationResult result) => result switch
    {
        RemediationResult.Done => TypedResults.NoContent(),
        RemediationResult.Unknown => TypedResults.Problem($"There is no action {id}.", statusCode: StatusCodes.Status404NotFound),
        _ => TypedResults.Problem($"Action {id} does not wait for approval, or no more.", statusCode: StatusCodes.Status409Conflict),
    };
}

/// <summary>The body of approve and reject.</summary>
/// <param name="Note">The reason; reject needs one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DecisionRequest(string? Note);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RemediationList))]
[JsonSerializable(typeof(DecisionRequest))]
internal sealed partial class RemediationJson : JsonSerializerContext;
