using System.Text.Json;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">Grafana's base.</param>
/// <param name="Token">Token of a service account that may write annotations.</param>
/// <param name="DashboardUid">The dashboard that shows them; null shows them wherever an annotation query asks for the tag.</param>
/// <param name="PanelId">The panel; null is every panel.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record GrafanaSettings(bool SendResolved, ChannelUrl Url, Secret Token, string? DashboardUid, int? PanelId,
    TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    public override Folding Folding => Folding.Incident;

    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [Token];

    public override INotificationChannel Make(ChannelContext context) => new GrafanaChannel(this, context);

    public static GrafanaSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("url"),
        section.RequiredSecret("token"),
        section.Fields.Text("dashboard_uid"),
        section.Fields.WholeNumber("panel_id", 1, int.MaxValue),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style(),
    };
}

/// <summary>
/// An annotation in Grafana for each group, from its first alert on; the group's end gives it an end. It is found again by a tag, so that
/// no id must be kept.
/// </summary>
internal sealed class GrafanaChannel(GrafanaSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const string Tag = "leptonstream";

    private string Base => settings.Url.Uri.AbsoluteUri.TrimEnd('/');

    protected override Uri Url => new($"{settings.Url.Uri.AbsoluteUri.TrimEnd('/')}/api/annotations");

    public override async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        long? open = null;
        using var search = Request(HttpMethod.Get, $"{Base}/api/annotations?tags={Tag}&tags={TagOf(notification)}&limit=10");
        var found = await Exchange(search, answer =>
        {
            open = OpenOf(answer);
            return answer.Judge();
        }, cancellation);
        if (found.Result != DeliveryResult.Delivered) return found;
        var isOver = notification.IsOver;
        // Nothing to end, or a repetition of something that is shown.
        if (open is null == isOver) return found;
        if (open is null) return await base.Send(id, notification, cancellation);

        using var end = Request(HttpMethod.Patch, $"{Base}/api/annotations/{open}");
        end.Content = ContentOf(JsonOf(new { timeEnd = notification.Resolved.Max(alert => alert.EndsAt!.Value.UnixMilliseconds) }));
        return await Exchange(end, answer => answer.Judge(), cancellation);
    }

    protected override void Prepare(HttpRequestMessage request, string id, Payload payload) => Authorize(request);

    protected override Payload Write(Notification notification, AlertMessage message, int step) => JsonOf(new
    {
        dashboardUID = settings.DashboardUid,
        panelId = settings.PanelId,
        time = notification.Alerts.Min(alert => alert.StartsAt.UnixMilliseconds),
        tags = new[] { Tag, $"severity:{message.Severity}", TagOf(notification) },
        // Grafana shows the text as HTML.
        text = $"{Markup.Html.Bold(message.Title)}\n{TextOf(message, Markup.Html, step)}",
    });

    private static string TagOf(Notification notification) => $"group:{GroupHash.Of(notification)[..16]}";

    // One without an end of its own: Grafana gives it the time of its beginning.
    private static long? OpenOf(HttpAnswer answer)
    {
        if (!answer.IsSuccess) return null;
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            if (document.RootElement.ValueKind != JsonValueKind.Array) return null;
            return document.RootElement.EnumerateArray()
                .Where(annotation => Number(annotation, "timeEnd") is var end && (end == 0 || end == Number(annotation, "time")))
                .Select(annotation => (long?)Number(annotation, "id"))
                .FirstOrDefault();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }

        static long Number(JsonElement element, string name) =>
            element.TryGetProperty(name, out var field) && field.TryGetInt64(out var number) ? number : 0;
    }

    private HttpRequestMessage Request(HttpMethod method, string url)
    {
        var request = new HttpRequestMessage(method, url);
        Authorize(request);
        return request;
    }

    private void Authorize(HttpRequestMessage request) => request.Headers.Authorization = new("Bearer", settings.Token.Value);
}
