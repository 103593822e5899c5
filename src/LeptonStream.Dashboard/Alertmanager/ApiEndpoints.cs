using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using LeptonStream.Alerting;
using LeptonStream.Series;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>Alertmanager's API v2 but for silences, for Prometheus, amtool, Grafana and whatever else knows Alertmanager.</summary>
internal static class ApiEndpoints
{
    public static void MapAlertmanager(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v2/alerts", Alerts);
        routes.MapGet("/api/v2/alerts/groups", Groups);
        routes.MapGet("/api/v2/receivers", (ApiQueries queries, CancellationToken stop) => queries.Receivers(stop));
        routes.MapGet("/api/v2/status", Status);
        routes.MapAlertIntake();
    }

    private static async Task<IResult> Alerts(HttpRequest request, ApiQueries queries, CancellationToken stop)
    {
        if (Question.Of(request, out var question) is { } wrong) return wrong;
        IReadOnlyList<ApiAlert> alerts = [.. (await queries.Open(PageOf(request), stop))
            .Where(open => question.Wants(open.Alert, open.Labels)).Select(open => open.Alert)
            .OrderBy(alert => alert.Fingerprint, StringComparer.Ordinal)];
        return Results.Ok(alerts);
    }

    private static async Task<IResult> Groups(HttpRequest request, ApiQueries queries, CancellationToken stop)
    {
        if (Question.Of(request, out var question) is { } wrong) return wrong;
        IReadOnlyList<ApiAlertGroup> groups = [.. (await queries.Groups(PageOf(request), stop))
            .Where(group => question.WantsReceiver(group.Receiver))
            .Select(group => new ApiAlertGroup(
                [.. group.Alerts.Where(one => question.Wants(one.Alert, one.Labels)).Select(one => one.Alert)],
                group.Labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal),
                new ApiReceiver(group.Receiver)))
            .Where(group => group.Alerts.Count > 0)];
        return Results.Ok(groups);
    }

    private static async Task<IResult> Status(ApiQueries queries, CancellationToken stop) => Results.Ok(new ApiStatus(
        new("disabled", []),
        new((await queries.Routing(stop)).Original),
        Process.GetCurrentProcess().StartTime.ToUniversalTime(),
        new("", "", "", "", "", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "")));

    private static Uri PageOf(HttpRequest request) => new(UriHelper.BuildAbsolute(request.Scheme, request.Host, "/"));

    // What a question wants to see.
    private sealed record Question(IReadOnlyList<Matcher> Filter, bool Active, bool Silenced, bool Inhibited, Regex? Receiver)
    {
        public static IResult? Of(HttpRequest request, out Question question)
        {
            question = null!;
            if (ApiFilter.Matchers(request, out var filter) is { } wrongFilter) return wrongFilter;
            if (ApiFilter.Flag(request, "active", out var active) is { } wrongActive) return wrongActive;
            if (ApiFilter.Flag(request, "silenced", out var silenced) is { } wrongSilenced) return wrongSilenced;
            if (ApiFilter.Flag(request, "inhibited", out var inhibited) is { } wrongInhibited) return wrongInhibited;
            Regex? receiver = null;
            if (request.Query["receiver"].ToString() is { Length: > 0 } pattern)
            {
                try
                {
                    receiver = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
                }
                catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
                {
                    return ApiError.BadRequest($"failed to parse receiver param: {wrong.Message}");
                }
            }

            question = new(filter, active, silenced, inhibited, receiver);
            return null;
        }

        public bool WantsReceiver(string name) => Receiver is null || Receiver.IsMatch(name);

        public bool Wants(ApiAlert alert, LabelSet labels) =>
            (Active || alert.Status.State != "active")
            && (Silenced || alert.Status.SilencedBy.Count == 0)
            && (Inhibited || alert.Status.InhibitedBy.Count == 0)
            && Filter.All(matcher => matcher.Accepts(labels))
            && (Receiver is null || alert.Receivers.Any(receiver => Receiver.IsMatch(receiver.Name)));
    }
}
