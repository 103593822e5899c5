using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The server.</param>
/// <param name="Topic">The topic: who knows it, reads it.</param>
/// <param name="Token">Access token; null without.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record NtfySettings(bool SendResolved, ChannelUrl Url, Secret Topic, Secret? Token, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [Topic, Token];

    public override INotificationChannel Make(ChannelContext context) => new NtfyChannel(this, context);

    public static NtfySettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("url", otherwise: "https://ntfy.sh"),
        section.RequiredSecret("topic"),
        section.Secret("token"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("title", "text"),
    };
}

/// <summary>A topic of ntfy: plain text of at most 4,096 bytes.</summary>
internal sealed class NtfyChannel(NtfySettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestText = 4_096;

    protected override Uri Url => settings.Url;

    protected override void Prepare(HttpRequestMessage request, string id, Payload payload)
    {
        if (settings.Token is { } token) request.Headers.Authorization = new("Bearer", token.Value);
    }

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var text = TextOf(message, Markup.Plain, step, withLinks: false);
        return JsonOf(
            new
            {
                topic = settings.Topic.Value,
                title = message.Title,
                message = text.Length > 0 ? text : message.Title,
                priority = PriorityOf(message),
                tags = new[] { message.State == MessageState.Firing ? "warning" : "white_check_mark" },
                click = message.Url.AbsoluteUri,
                actions = message.Links.Select(link => new { action = "view", label = link.Text, url = link.Url.AbsoluteUri }),
            },
            MessageText.Bytes(text) > LongestText);
    }

    private static int PriorityOf(AlertMessage message) => message switch
    {
        { State: not MessageState.Firing } => 2,
        { Severity: "critical" } => 5,
        { Severity: "warning" } => 4,
        _ => 3,
    };
}
