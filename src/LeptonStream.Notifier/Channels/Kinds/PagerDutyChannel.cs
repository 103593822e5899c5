using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The events API.</param>
/// <param name="RoutingKey">The integration's key.</param>
/// <param name="IsVersion1">Whether the key is a <c>service_key</c> of the first events API.</param>
/// <param name="Client">Name of the sender.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record PagerDutySettings(bool SendResolved, ChannelUrl Url, Secret RoutingKey, bool IsVersion1, string Client,
    TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    private const string Version2 = "https://events.pagerduty.com/v2/enqueue";
    private const string Version1 = "https://events.pagerduty.com/generic/2010-04-15/create_event.json";

    /// <summary>Severity in place of the alert's; null takes that.</summary>
    public string? Severity { get; init; }

    public string? Component { get; init; }

    public string? Group { get; init; }

    public string? Class { get; init; }

    protected override IEnumerable<Secret?> Own => [RoutingKey];

    public override INotificationChannel Make(ChannelContext context) => new PagerDutyChannel(this, context);

    public static PagerDutySettings Read(ChannelSection section)
    {
        var old = section.Secret("service_key");
        var key = section.Secret("routing_key");
        if (old is null == key is null) section.Fields.Wrong("routing_key", "or service_key must stand here, one of them");
        return new(
            section.SendResolved(otherwise: true),
            section.Url("url", key is null ? null : "pagerduty_url", key is null ? Version1 : Version2),
            key ?? old ?? new(""),
            key is null,
            section.Literal("client") ?? "LeptonStream",
            section.Timeout())
        {
            Severity = section.Literal("severity"),
            Component = section.Literal("component"),
            Group = section.Literal("group"),
            Class = section.Literal("class"),
            Http = section.Http(),
            Style = section.Style("description"),
        };
    }
}

/// <summary>PagerDuty's events API: an incident for each group, by its <c>dedup_key</c>, which its end resolves.</summary>
internal sealed class PagerDutyChannel(PagerDutySettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestSummary = 1_024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    protected override Uri Url => settings.Url;

    protected override int MaxBytes => 512 * 1024;

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var action = message.State == MessageState.Firing ? "trigger" : "resolve";
        var summary = MessageBuilder.Cut(message.Title, LongestSummary);
        var details = new { text = TextOf(message, Markup.Plain, step, withLinks: false), labels = Labels(notification) };
        if (settings.IsVersion1)
        {
            return JsonOf(new
            {
                service_key = settings.RoutingKey.Value,
                event_type = action,
                incident_key = GroupHash.Of(notification),
                description = summary,
                client = settings.Client,
                client_url = message.Url.AbsoluteUri,
                details,
            });
        }

        return JsonOf(new
        {
            routing_key = settings.RoutingKey.Value,
            event_action = action,
            dedup_key = GroupHash.Of(notification),
            client = settings.Client,
            client_url = message.Url.AbsoluteUri,
            payload = new
            {
                summary,
                source = notification.Firing.Concat(notification.Resolved).First().Labels["model"] ?? settings.Client,
                severity = settings.Severity ?? SeverityOf(message),
                timestamp = DateTimeOffset.FromUnixTimeMilliseconds(notification.Alerts.Min(alert => alert.StartsAt.UnixMilliseconds)),
                component = settings.Component,
                group = settings.Group,
                @class = settings.Class,
                custom_details = details,
            },
            links = message.Links.Select(link => new { href = link.Url.AbsoluteUri, text = link.Text }),
        });
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) => answer.Status switch
    {
        // The first API limits rates with 403.
        HttpStatusCode.TooManyRequests => answer.Later(Pause),
        HttpStatusCode.Forbidden when settings.IsVersion1 => answer.Later(Pause),
        _ when answer.IsSuccess && answer.Field("status")?.ToString() != "success" => answer.Never(),
        _ => answer.Judge(),
    };

    private static string SeverityOf(AlertMessage message) =>
        message.Severity is "critical" or "warning" or "info" ? message.Severity : "error";

    private static Dictionary<string, string> Labels(Notification notification) =>
        notification.Alerts is [var only] ? only.Labels.ToDictionary() : notification.GroupLabels.ToDictionary();
}
