using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The incoming webhook: a secret.</param>
/// <param name="Parts">What the receiver says of the message beside title and text.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record SlackSettings(bool SendResolved, ChannelUrl Url, SlackParts Parts, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [new(Url.Text)];

    public override INotificationChannel Make(ChannelContext context) => new SlackChannel(this, context);

    public override string ToString() => $"slack {UrlText.Destination(Url)}";

    public static SlackSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: false),
        section.Url("api_url", fallback: "slack_api_url"),
        SlackParts.Read(section),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("title", "text"),
    };
}

/// <summary>
/// Slack's incoming webhook. Texts stand in blocks of plain text, in which Slack reads no markup and no mention, but for those that the
/// receiver wrote itself. Success is the body <c>ok</c>.
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
        var (templates, parts) = (message.Templates, settings.Parts);
        var isOwn = message.IsOwn(Markup.Slack, step);
        var text = TextOf(message, isOwn ? Markup.Slack : Markup.Plain, step, withLinks: false);
        var blocks = new List<object>();
        if (templates.Text(parts.Pretext, Markup.Slack) is { } pretext) blocks.Add(new { type = "section", text = Mrkdwn(pretext) });
        blocks.Add(new { type = "header", text = PlainText(MessageBuilder.Cut(message.Title, LongestTitle)) });
        if (text.Length > 0) blocks.Add(new { type = "section", text = isOwn ? Mrkdwn(text) : PlainText(text) });
        if (step == 0) blocks.AddRange(parts.Sections(templates));
        if (templates.Line(parts.ImageUrl) is { } image && UrlText.Parse(image) is not null)
            blocks.Add(new { type = "image", image_url = image, alt_text = message.Words.Details });
        blocks.Add(new { type = "actions", elements = parts.Links(message).Select(Button) });
        if (templates.Text(parts.Footer, Markup.Slack) is { } footer)
            blocks.Add(new { type = "context", elements = new[] { Mrkdwn(footer) } });
        var fallback = templates.Text(parts.Fallback, Markup.Slack) ?? Escape(message.Title);
        return JsonOf(
            new
            {
                channel = templates.Line(parts.Channel) is { Length: > 1 } channel ? channel : null,
                username = templates.Line(parts.Username),
                icon_emoji = templates.Line(parts.IconEmoji),
                icon_url = templates.Line(parts.IconUrl),
                // For notifications and screen readers; here Slack reads its markup.
                text = fallback,
                unfurl_links = false,
                attachments = new[]
                {
                    new { color = templates.Line(parts.Color) ?? ColorOf(message), fallback, blocks },
                },
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

    // Without verbatim, Slack would look for names and addresses in values.
    internal static object Mrkdwn(string text, int most = LongestText) =>
        new { type = "mrkdwn", text = MessageBuilder.Cut(text, most), verbatim = true };

    private static object Button(MessageLink link) => new { type = "button", text = PlainText(link.Text), url = link.Url.AbsoluteUri };

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
