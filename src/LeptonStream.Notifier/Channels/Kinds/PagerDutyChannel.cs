using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The events API.</param>
/// <param name="RoutingKey">The integration's key.</param>
/// <param name="IsVersion1">Whether the key is a <c>service_key</c> of the first events API.</param>
/// <param name="Client">Name of the sender; null is LeptonStream.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record PagerDutySettings(bool SendResolved, ChannelUrl Url, Secret RoutingKey, bool IsVersion1, Template? Client,
    TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    public override Folding Folding => Folding.Incident;

    private const string Version2 = "https://events.pagerduty.com/v2/enqueue";
    private const string Version1 = "https://events.pagerduty.com/generic/2010-04-15/create_event.json";

    /// <summary>Severity in place of the alert's; null takes that.</summary>
    public Template? Severity { get; init; }

    public Template? Component { get; init; }

    public Template? Group { get; init; }

    public Template? Class { get; init; }

    /// <summary>Address of the sender; null is the alert on the dashboard.</summary>
    public Template? ClientUrl { get; init; }

    /// <summary>More about the incident, by names.</summary>
    public ValueList<(string Name, Template Text)> Details { get; init; } = new([]);

    protected override ChannelUrl Address => Url;

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
            section.Template("client"),
            section.Timeout())
        {
            Severity = section.Template("severity"),
            Component = section.Template("component"),
            Group = section.Template("group"),
            Class = section.Template("class"),
            ClientUrl = section.Template("client_url"),
            Details = new([.. section.Templates("details")]),
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
        var client = message.Templates.Line(settings.Client) ?? "LeptonStream";
        var clientUrl = message.Templates.Line(settings.ClientUrl) ?? message.Url.AbsoluteUri;
        var details = new Dictionary<string, object>
        {
            ["text"] = TextOf(message, Markup.Plain, step, withLinks: false),
            ["labels"] = Labels(notification),
        };
        // Only the first step says what the receiver added: an event that is too large is worth less than one that arrives.
        foreach (var (name, template) in settings.Details.Where(_ => step == 0))
            if (message.Templates.Text(template, Markup.Plain) is { } text) details[name] = text;
        if (settings.IsVersion1)
        {
            return JsonOf(new
            {
                service_key = settings.RoutingKey.Value,
                event_type = action,
                incident_key = GroupHash.Of(notification),
                description = summary,
                client,
                client_url = clientUrl,
                details,
            });
        }

        return JsonOf(new
        {
            routing_key = settings.RoutingKey.Value,
            event_action = action,
            dedup_key = GroupHash.Of(notification),
            client,
            client_url = clientUrl,
            payload = new
            {
                summary,
                source = notification.Firing.Concat(notification.Resolved).First().Labels["model"] ?? client,
                severity = Severity(message),
                timestamp = DateTimeOffset.FromUnixTimeMilliseconds(notification.Alerts.Min(alert => alert.StartsAt.UnixMilliseconds)),
                component = message.Templates.Line(settings.Component),
                group = message.Templates.Line(settings.Group),
                @class = message.Templates.Line(settings.Class),
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

    // Another word would be refused, and with it the page.
    private string Severity(AlertMessage message) =>
        message.Templates.Line(settings.Severity) is { } own and ("critical" or "error" or "warning" or "info") ? own : SeverityOf(message);

    private static string SeverityOf(AlertMessage message) =>
        message.Severity is "critical" or "warning" or "info" ? message.Severity : "error";

    private static Dictionary<string, string> Labels(Notification notification) =>
        notification.Alerts is [var only] ? only.Labels.ToDictionary() : notification.GroupLabels.ToDictionary();
}
