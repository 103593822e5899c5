using System.Text.Json.Serialization;
using LeptonStream.Access;
using LeptonStream.Alerting;
using LeptonStream.Dashboard.Access;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Dashboard.Silences;
using LeptonStream.Feedback;
using LeptonStream.Samples;
using LeptonStream.Storage;
using LeptonStream.Yaml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Links;

/// <summary>
/// Acting on a notification by the link that stood in it. The link comes in a header: it stands in no log of addresses, and no page of
/// another site can send it.
/// </summary>
internal static class LinkEndpoints
{
    public const string Header = "Lepton-Link";

    private const int LongestPerson = 100;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(7);

    public static void MapLinks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/link", Show).AllowAnonymous();
        routes.MapPost("/api/v1/link", Act).AllowAnonymous();
    }

    private static async Task<Results<Ok<LinkView>, ProblemHttpResult>> Show(
        HttpContext context, LinkActions links, CancellationToken stop)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (notification, wrong) = await Find(context, links, stop);
        if (notification is null) return wrong!;
        return TypedResults.Ok(new LinkView(
            notification.Receiver,
            notification.ExpiresAt,
            [.. notification.Alerts.Select(AlertSummary.Of)],
            [.. notification.SharedMatchers().Select(matcher => $"{matcher.Name}={matcher.Value}")],
            notification.Used));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Act(
        HttpContext context, LinkRequest request, LinkActions links, TimeProvider time, CancellationToken stop)
    {
        var (notification, wrong) = await Find(context, links, stop);
        if (notification is null) return wrong!;
        if ((ApiProblem.TooLong("person", request.Person, LongestPerson)
            ?? ApiProblem.TooLong("note", request.Note, Change.LongestNote)) is { } tooLong) return tooLong;
        var change = new Change(
            ActorOf(request.Person, notification.Receiver), AccessRole.Responder, Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            request.Note?.Trim() ?? "");
        var done = request.Action switch
        {
            "acknowledge" => await Acknowledge(),
            "silence" => await Silence(),
            "verdict" => await Judge(),
            _ => ApiProblem.Wrong("'action' may be acknowledge, silence, verdict"),
        };
        return done is null ? TypedResults.NoContent() : done;

        async Task<ProblemHttpResult?> Acknowledge()
        {
            Timestamp? again = null;
            if (request.For is { Length: > 0 } text)
            {
                if (DurationText.Read(text) is not { Ticks: > 0 } wait) return WrongLength(text);
                again = change.At + wait;
            }

            if (!notification.Firing.Any()) return ApiProblem.AlertIsOver;
            return AnswerOf(await links.OnAlerts(notification, notification.Firing, "acknowledge",
                (transaction, alertId) => AlertActions.Acknowledge(transaction, alertId, again, change), stop));
        }

        async Task<ProblemHttpResult?> Silence()
        {
            if (DurationText.Read(request.For ?? "") is not { Ticks: > 0 } length || length > LongestSilence)
                return WrongLength(request.For);
            if (!notification.Firing.Any()) return ApiProblem.AlertIsOver;
            var matchers = notification.SharedMatchers();
            if (SilenceDraft.WrongMatchers(matchers) is not null) return ApiProblem.NothingShared;
            var draft = new SilenceDraft(Id: null, matchers, change.At, change.At + length, SqlText.Clean(change.Actor),
                SqlText.Clean(change.Note.Length > 0 ? change.Note : change.Actor), QuietPeriod: null);
            return AnswerOf(await links.Silence(notification, draft, change, stop));
        }

        // A verdict is as good after the end.
        async Task<ProblemHttpResult?> Judge()
        {
            if (Verdicts.Parse(request.Verdict) is not { } verdict)
                return ApiProblem.Wrong($"'verdict' may be {string.Join(", ", Verdicts.All)}");
            return AnswerOf(await links.OnAlerts(notification, notification.Alerts, "verdict",
                (transaction, alertId) => AlertActions.Judge(transaction, alertId, verdict, change), stop));
        }
    }

    private static async Task<(LinkedNotification? Notification, ProblemHttpResult? Wrong)> Find(
        HttpContext context, LinkActions links, CancellationToken stop)
    {
        var found = await links.Find(context.Request.Headers[Header].ToString(), stop);
        if (found is null) return (null, ApiProblem.LinkInvalid);
        return found.IsExpired ? (null, ApiProblem.LinkExpired) : (found, null);
    }

    // The name is their own word: the audit says so by naming the link.
    private static string ActorOf(string? person, string receiver) =>
        string.IsNullOrWhiteSpace(person) ? $"link of {receiver}" : $"{person.Trim()} (link of {receiver})";

    private static ProblemHttpResult? AnswerOf(LinkResult result) => result switch
    {
        LinkResult.Done => null,
        LinkResult.IsUsed => ApiProblem.LinkUsed,
        _ => ApiProblem.AlertIsOver,
    };

    private static ProblemHttpResult WrongLength(string? text) =>
        ApiProblem.Wrong($"'for' is '{text}': {DurationText.Form}, above 0s; a silence lasts at most 7d");
}

/// <summary>What a link lets its reader see.</summary>
/// <param name="Receiver">Who was sent it.</param>
/// <param name="ExpiresAt">The end of the link.</param>
/// <param name="Alerts">The alerts of its notification, as they are now.</param>
/// <param name="Matchers">The labels that a silence would name; none where the alerts share none.</param>
/// <param name="Used">The actions that it has done: acknowledge, silence, verdict.</param>
internal sealed record LinkView(
    string Receiver,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<AlertSummary> Alerts,
    IReadOnlyList<string> Matchers,
    IReadOnlyList<string> Used);

/// <summary>An action by a link.</summary>
/// <param name="Action">acknowledge, silence or verdict.</param>
/// <param name="Person">The name that the reader gives; may be missing.</param>
/// <param name="Note">Their words; may be missing.</param>
/// <param name="For">Duration of a silence; of an acknowledgement, after which repeats go on, or missing until the end.</param>
/// <param name="Verdict">false, true or normal.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LinkRequest(string? Action, string? Person, string? Note, string? For, string? Verdict);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LinkView))]
[JsonSerializable(typeof(LinkRequest))]
internal sealed partial class LinkJson : JsonSerializerContext;
