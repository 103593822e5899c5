using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The incoming webhook: a secret.</param>
/// <param name="Channel">Channel or user in place of the webhook's own; null leaves it.</param>
/// <param name="Username">Name of the sender; null leaves it.</param>
/// <param name="IconEmoji">Icon of the sender; null leaves it.</param>
/// <param name="IconUrl">Icon of the sender; null leaves it.</param>
/// <param name="ImageUrl">A picture below the text; null without.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record SlackSettings(bool SendResolved, ChannelUrl Url, string? Channel, string? Username, string? IconEmoji,
    string? IconUrl, string? ImageUrl, TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    protected override IEnumerable<Secret?> Own => [new(Url.Text)];

    public override INotificationChannel Make(ChannelContext context) => new SlackChannel(this, context);

    public override string ToString() => $"slack {UrlText.Destination(Url)}";

    public static SlackSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: false),
        section.Url("api_url", fallback: "slack_api_url"),
        section.Literal("channel"),
        section.Literal("username"),
        section.Literal("icon_emoji"),
        section.Literal("icon_url"),
        section.Literal("image_url"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("title", "text"),
    };
}

/// <summary>
/// Slack's incoming webhook. Texts stand in blocks of plain text, in which Slack reads no markup and no mention. Success is the body
/// <c>ok</c>.
/// </summary>
internal sealed class SlackChannel(SlackSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestTitle = 150;
    private const int LongestText = 3_000;

    // About one message a second is allowed.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override Uri Url => settings.Url;

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var text = TextOf(message, Markup.Plain, step, withLinks: false);
        var blocks = new List<object> { new { type = "header", text = PlainText(MessageBuilder.Cut(message.Title, LongestTitle)) } };
        if (text.Length > 0) blocks.Add(new { type = "section", text = PlainText(text) });
        if (settings.ImageUrl is { } image) blocks.Add(new { type = "image", image_url = image, alt_text = message.Words.Details });
        blocks.Add(new
        {
            type = "actions",
            elements = message.Links.Select(link => new { type = "button", text = PlainText(link.Text), url = link.Url.AbsoluteUri }),
        });
        return JsonOf(
            new
            {
                channel = settings.Channel,
                username = settings.Username,
                icon_emoji = settings.IconEmoji,
                icon_url = settings.IconUrl,
                // For notifications and screen readers; here Slack reads its markup.
                text = Escape(message.Title),
                unfurl_links = false,
                attachments = new[] { new { color = ColorOf(message), fallback = Escape(message.Title), blocks } },
            },
            text.Length > LongestText);
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer)
    {
        if (answer.Status == HttpStatusCode.TooManyRequests) return answer.Later(Pause);
        // A webhook says ok; an API address answers with an object.
        if (answer.IsSuccess && (answer.Body.Trim() == "ok" || answer.Field("ok")?.ValueKind == System.Text.Json.JsonValueKind.True))
            return answer.Judge();
        if (answer.Body.Contains("msg_too_long", StringComparison.Ordinal)) return DeliveryOutcome.TooLarge(answer.Text);
        return answer.IsSuccess ? answer.Never() : answer.Judge();
    }

    private static object PlainText(string text) => new { type = "plain_text", text, emoji = false };

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string ColorOf(AlertMessage message) => message.State switch
    {
        MessageState.Resolved => "good",
        MessageState.Closed => "#808080",
        _ => message.Severity == "critical" ? "danger" : "warning",
    };
}
