using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The webhook: a secret.</param>
/// <param name="Username">Name of the sender; null leaves it.</param>
/// <param name="AvatarUrl">Icon of the sender; null leaves it.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record DiscordSettings(bool SendResolved, ChannelUrl Url, Template? Username, Template? AvatarUrl, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [new(Url.Text)];

    public override INotificationChannel Make(ChannelContext context) => new DiscordChannel(this, context);

    public override string ToString() => $"discord {UrlText.Destination(Url)}";

    public static DiscordSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("webhook_url"),
        section.Template("username"),
        section.Template("avatar_url"),
        section.Timeout())
    {
        Http = section.Http(),
        HasChart = section.Chart(),
        Style = section.Style("title", "message"),
    };
}

/// <summary>
/// Discord's webhook. It waits until the message is saved, since without that an unsaved one is no error, and mentions nobody.
/// </summary>
internal sealed class DiscordChannel(DiscordSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestTitle = 256;
    private const int LongestText = 4_096;
    private const int LongestName = 80;

    protected override Uri Url => settings.Url;

    protected override Uri AddressOf(Notification notification) =>
        new($"{settings.Url.Uri.AbsoluteUri}{(settings.Url.Uri.Query.Length > 0 ? '&' : '?')}wait=true");

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var text = TextOf(message, Markup.Backslash, step);
        var payload = JsonOf(
            new
            {
                username = message.Templates.Line(settings.Username) is { } name ? MessageBuilder.Cut(name, LongestName) : null,
                avatar_url = message.Templates.Line(settings.AvatarUrl),
                allowed_mentions = new { parse = Array.Empty<string>() },
                embeds = new[]
                {
                    new
                    {
                        // Cut before it is escaped, or an escape might lose its sign.
                        title = Markup.Backslash.Escape(MessageBuilder.Cut(message.Title, LongestTitle / 2)),
                        url = message.Url.AbsoluteUri,
                        description = text,
                        color = ColorOf(message),
                        image = message.Picture is null ? null : new { url = "attachment://chart.png" },
                    },
                },
            },
            text.Length > LongestText);
        return message.Picture is { } picture && !payload.IsTooLong
            ? MultipartPayload.Of(picture, "files[0]", ("payload_json", payload.Text))
            : payload;
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) => answer.Status == HttpStatusCode.TooManyRequests
        ? answer.Later(answer.Field("retry_after") is { ValueKind: System.Text.Json.JsonValueKind.Number } seconds
            ? TimeSpan.FromSeconds(Math.Ceiling(Math.Min(seconds.GetDouble(), 86_400))) : TimeSpan.FromSeconds(5))
        : answer.Judge();

    private static int ColorOf(AlertMessage message) => message.State switch
    {
        MessageState.Resolved => 0x2E7D32,
        MessageState.Closed => 0x808080,
        _ => message.Severity == "critical" ? 0xC62828 : 0xEF6C00,
    };
}
