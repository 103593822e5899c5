using System.Security.Claims;
using LeptonStream.Dashboard.Access;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Dashboard.Alertmanager;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Silences;

/// <summary>Silences in Alertmanager's API, and a look at what one would mute. Errors are a JSON text, as Alertmanager's.</summary>
internal static class SilenceEndpoints
{
    // As long as Alertmanager shows what has ended.
    private static readonly TimeSpan Shown = TimeSpan.FromHours(120);

    public static void MapSilences(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v2/silences", List);
        routes.MapGet("/api/v2/silence/{id}", async (string id, SilenceStore silences, TimeProvider time, CancellationToken stop) =>
            await silences.Find(id, stop) is { } silence ? Results.Ok(GettableSilence.Of(silence, Now(time))) : ApiError.NotFound(id));
        routes.MapPost("/api/v2/silences", Save).RequireAuthorization(AccessPolicies.Respond);
        routes.MapDelete("/api/v2/silence/{id}", Expire).RequireAuthorization(AccessPolicies.Respond);
        routes.MapGet("/api/v1/silences", ListWithMuted);
        routes.MapPost("/api/v1/silences/preview", Preview);
    }

    private static async Task<IResult> List(HttpRequest request, SilenceStore silences, TimeProvider time, CancellationToken stop)
    {
        if (ApiFilter.Matchers(request, out var filter) is { } wrong) return wrong;
        var now = Now(time);
        var all = await silences.Since(now - Shown, stop);
        IReadOnlyList<GettableSilence> shown = [.. all.Where(silence => IsAskedFor(silence, filter))
            .Select(silence => GettableSilence.Of(silence, now))
            .OrderBy(silence => silence.Status.State switch { "active" => 0, "pending" => 1, _ => 2 })];
        return Results.Ok(shown);
    }

    private static async Task<IResult> ListWithMuted(
        bool? all, SilenceStore silences, AlertQueries alerts, TimeProvider time, CancellationToken stop)
    {
        var now = Now(time);
        var open = await alerts.OpenLabelsAsync(stop);
        var rows = await silences.Since(all is true ? now - Shown : now, stop);
        return Results.Ok(new SilenceList([.. rows.Select(row => GettableSilence.Of(row, now) with { Mutes = MutedBy(row, open, now) })]));
    }

    private static int MutedBy(SilenceRow row, IReadOnlyList<(string AlertId, LabelSet Labels)> open, Timestamp now)
    {
        if (row.StateAt(now) != "active") return 0;
        var silence = row.ToSilence(row.ReadMatchers());
        return open.Count(alert => silence.Covers(alert.Labels));
    }

    // The filter looks at the silence's own matchers, as if they were labels.
    private static bool IsAskedFor(SilenceRow silence, IReadOnlyList<Matcher> filter)
    {
        var labels = LabelSet.Of(silence.ReadMatchers().Select(matcher => KeyValuePair.Create(matcher.Name, matcher.Value)));
        return filter.All(matcher => matcher.Accepts(labels));
    }

    private static async Task<IResult> Save(
        PostableSilence posted, SilenceStore silences, ClaimsPrincipal person, TimeProvider time, CancellationToken stop)
    {
        var change = Change.By(person, time, posted.Comment);
        if (SilenceDraft.Of(posted, change.Actor, change.At, out var wrong) is not { } draft) return ApiError.BadRequest(wrong!);
        return await silences.Save(draft, change, stop) is { } id ? Results.Ok(new SilenceMade(id)) : ApiError.NotFound(draft.Id!);
    }

    private static async Task<IResult> Expire(
        string id, SilenceStore silences, ClaimsPrincipal person, TimeProvider time, CancellationToken stop) =>
        await silences.Expire(id, Change.By(person, time, note: null), stop) switch
        {
            null => ApiError.NotFound(id),
            false => ApiError.Conflict($"silence {id} has ended already"),
            true => Results.Ok(),
        };

    private static async Task<IResult> Preview(SilencePreviewRequest request, AlertQueries alerts, CancellationToken stop)
    {
        if (SilenceDraft.WrongMatchers(request.Matchers) is { } wrong) return ApiError.BadRequest(wrong);
        Matcher[] matchers = [.. request.Matchers!.Select(matcher => matcher.ToMatcher())];
        string[] muted = [.. (await alerts.OpenLabelsAsync(stop)).Where(alert => matchers.All(one => one.Accepts(alert.Labels)))
            .Select(alert => alert.AlertId)];
        return Results.Ok(new SilencePreview(muted.Length, [.. muted.Take(AlertEndpoints.MostInOneList)]));
    }

    private static Timestamp Now(TimeProvider time) => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
