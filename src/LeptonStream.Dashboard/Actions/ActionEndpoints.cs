using System.Security.Claims;
using System.Text.Json.Serialization;
using LeptonStream.Alerting;
using LeptonStream.Dashboard.Access;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Feedback;
using LeptonStream.Samples;
using LeptonStream.Yaml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Actions;

/// <summary>Acknowledge, assign, note, close; and what was done.</summary>
internal static class ActionEndpoints
{
    private const int MostEntries = 1000;
    private const int LongestName = 200;

    public static void MapActions(this IEndpointRouteBuilder routes)
    {
        var alert = routes.MapGroup("/api/v1/alerts/{alertId}").RequireAuthorization(AccessPolicies.Respond);
        alert.MapPost("/acknowledge", Acknowledge);
        alert.MapDelete("/acknowledge", Unacknowledge);
        alert.MapPost("/assign", Assign);
        alert.MapPost("/notes", Note);
        alert.MapPost("/close", Close);
        alert.MapPost("/verdict", Judge);
        alert.MapDelete("/verdict", Withdraw);
        routes.MapGet("/api/v1/alerts/{alertId}/actions", (string alertId, Audit audit, CancellationToken stop) =>
            Entries(audit, alertId, stop));
        routes.MapGet("/api/v1/audit", (Audit audit, CancellationToken stop) => Entries(audit, alertId: null, stop))
            .RequireAuthorization(AccessPolicies.Administer);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Acknowledge(
        string alertId, AcknowledgeRequest request, AlertActions actions, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        if (ApiProblem.TooLong("note", request.Note, Change.LongestNote) is { } wrong) return wrong;
        var change = Change.By(person, time, request.Note);
        Timestamp? askAgainAt = null;
        if (request.AskAgainAfter is { Length: > 0 } text)
        {
            if (DurationText.Read(text) is not { Ticks: > 0 } wait)
                return ApiProblem.Wrong($"'askAgainAfter' is '{text}': {DurationText.Form}, above 0s");
            askAgainAt = change.At + wait;
        }

        return Answer(await actions.Acknowledge(alertId, askAgainAt, change, stop));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Unacknowledge(
        string alertId, string? note, AlertActions actions, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        if (ApiProblem.TooLong("note", note, Change.LongestNote) is { } wrong) return wrong;
        return Answer(await actions.Unacknowledge(alertId, Change.By(person, time, note), stop));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Assign(
        string alertId, AssignRequest request, AlertActions actions, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        if ((ApiProblem.TooLong("to", request.To, LongestName)
            ?? ApiProblem.TooLong("note", request.Note, Change.LongestNote)) is { } wrong) return wrong;
        var to = string.IsNullOrWhiteSpace(request.To) ? null : request.To.Trim();
        return Answer(await actions.Assign(alertId, to, Change.By(person, time, request.Note), stop));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Note(
        string alertId, NoteRequest request, AlertActions actions, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(request.Text)) return ApiProblem.NoteMissing;
        if (ApiProblem.TooLong("text", request.Text, Change.LongestNote) is { } wrong) return wrong;
        return Answer(await actions.Note(alertId, Change.By(person, time, request.Text), stop));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Close(
        string alertId, CloseRequest request, AlertActions actions, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        if (request.Reason is not { } reason || !CloseReasons.All.Contains(reason))
            return ApiProblem.Wrong($"'reason' may be {string.Join(", ", CloseReasons.All)}");
        if (ApiProblem.TooLong("note", request.Note, Change.LongestNote) is { } wrong) return wrong;
        return Answer(await actions.Close(alertId, reason, Change.By(person, time, request.Note), stop));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Judge(
        string alertId, VerdictRequest request, AlertActions actions, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        if (Verdicts.Parse(request.Verdict) is not { } verdict)
            return ApiProblem.Wrong($"'verdict' may be {string.Join(", ", Verdicts.All)}");
        if (ApiProblem.TooLong("note", request.Note, Change.LongestNote) is { } wrong) return wrong;
        return Answer(await actions.Judge(alertId, verdict, Change.By(person, time, request.Note), stop));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Withdraw(
        string alertId, string? note, AlertActions actions, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        if (ApiProblem.TooLong("note", note, Change.LongestNote) is { } wrong) return wrong;
        return Answer(await actions.WithdrawVerdict(alertId, Change.By(person, time, note), stop));
    }

    private static Results<NoContent, ProblemHttpResult> Answer(ActionResult result) => result switch
    {
        ActionResult.Done => TypedResults.NoContent(),
        ActionResult.Unknown => ApiProblem.UnknownAlert,
        ActionResult.NoVerdict => ApiProblem.NoVerdict,
        ActionResult.NotAcknowledged => ApiProblem.NotAcknowledged,
        _ => ApiProblem.AlertIsOver,
    };

    private static async Task<Ok<ActionList>> Entries(Audit audit, string? alertId, CancellationToken stop) =>
        TypedResults.Ok(new ActionList(await audit.Read(alertId, MostEntries, stop)));
}

/// <summary>The body of acknowledge.</summary>
/// <param name="Note">Words of the person, or null.</param>
/// <param name="AskAgainAfter">Duration after which repeats go on, such as 4h; null is until the alert ends.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AcknowledgeRequest(string? Note, string? AskAgainAfter);

/// <summary>The body of assign.</summary>
/// <param name="To">Whose the alert is; null or empty is nobody's.</param>
/// <param name="Note">Words of the person, or null.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AssignRequest(string? To, string? Note);

/// <summary>The body of a note.</summary>
/// <param name="Text">The note.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NoteRequest(string? Text);

/// <summary>The body of close.</summary>
/// <param name="Reason">fixed, accepted, false_alarm or duplicate.</param>
/// <param name="Note">Words of the person, or null.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CloseRequest(string? Reason, string? Note);

/// <summary>The body of a verdict.</summary>
/// <param name="Verdict">false, true or normal.</param>
/// <param name="Note">Words of the person, or null.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record VerdictRequest(string? Verdict, string? Note);

/// <summary>Changes, the newest first.</summary>
/// <param name="Actions">The changes.</param>
internal sealed record ActionList(IReadOnlyList<AuditEntry> Actions);
