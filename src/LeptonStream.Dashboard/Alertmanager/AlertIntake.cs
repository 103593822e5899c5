using LeptonStream.Alerting.Received;
using LeptonStream.Dashboard.Access;
using LeptonStream.Samples;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>
/// <c>POST /api/v2/alerts</c>: alerts that Prometheus, amtool and others found. As with Alertmanager, the sound ones of a list are taken
/// where others are refused.
/// </summary>
internal static class AlertIntake
{
    private const int MostAtOnce = 10_000;
    private const int MostErrors = 20;

    public static void MapAlertIntake(this IEndpointRouteBuilder routes) => routes.MapPost("/api/v2/alerts", Take)
        .RequireAuthorization(AccessPolicies.SendAlerts)
        .WithMetadata(new BodyLimit(PostedAlert.LongestBody));

    private static async Task<IResult> Take(HttpRequest request, ReceivedAlertStore store, TimeProvider time, CancellationToken stop)
    {
        IReadOnlyList<PostedAlert?>? posted;
        try
        {
            (posted, var unreadable) = await PostedAlert.ReadAll(request.Body, stop);
            if (posted is null) return ApiError.BadRequest(unreadable!);
        }
        catch (BadHttpRequestException tooLong) when (tooLong.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return ApiError.Of(tooLong.StatusCode, $"the body is longer than {PostedAlert.LongestBody} bytes");
        }

        if (posted.Count > MostAtOnce) return ApiError.BadRequest($"{posted.Count} alerts, {MostAtOnce} are allowed at once");

        var now = Timestamp.FromUnixMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var (sound, errors) = (new List<(ReceivedAlert, bool)>(posted.Count), new List<string>());
        foreach (var post in posted)
        {
            var error = "an alert is null";
            if (post?.ToAlert(now, out error) is { } alert) sound.Add((alert, post.HasNoStart));
            else errors.Add(error!);
        }

        if (sound.Count > 0 && !await store.Save(sound, stop))
            return ApiError.Of(StatusCodes.Status429TooManyRequests,
                $"{ReceivedAlertStore.MostFiring} alerts of others fire, and no more are taken");
        return errors.Count == 0 ? Results.Ok() : ApiError.BadRequest(string.Join("; ", errors.Take(MostErrors)));
    }

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
