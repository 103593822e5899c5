using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The bot's address, of Feishu or Lark: a secret.</param>
/// <param name="SigningSecret">The bot's secret where it asks for signatures; null without.</param>
/// <param name="Keyword">A word that the bot wants to see in every message; null without.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record FeishuSettings(bool SendResolved, ChannelUrl Url, Secret? SigningSecret, string? Keyword, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [new(Url.Text), SigningSecret];

    public override INotificationChannel Make(ChannelContext context) => new FeishuChannel(this, context);

    public override string ToString() => $"feishu {UrlText.Destination(Url)}";

    public static FeishuSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("url"),
        section.Secret("secret"),
        section.Fields.Text("keyword"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("title", "text"),
    };
}

/// <summary>
/// A bot of a Feishu or Lark group: 100 messages a minute, 5 a second, 20 KB each. Texts stand in elements of plain text. Success is
/// <c>code</c> 0 in the body.
/// </summary>
internal sealed class FeishuChannel(FeishuSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override Uri Url => settings.Url;

    protected override int MaxBytes => 20 * 1024;

    /// <summary>HMAC-SHA256 of nothing, with time and secret as the key, in base64: the roles are not DingTalk's.</summary>
    public static string Sign(string secret, string seconds) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{seconds}\n{secret}"), Array.Empty<byte>()));

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var time = settings.SigningSecret is null
            ? null : Context.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var text = TextOf(message, Markup.Plain, step, withLinks: false);
        var elements = new List<object>();
        if (text.Length > 0) elements.Add(new { tag = "div", text = PlainText(text) });
        elements.Add(new
        {
            tag = "action",
            actions = message.Links.Select(link =>
                new { tag = "button", text = PlainText(link.Text), url = link.Url.AbsoluteUri, type = "default" }),
        });
        return JsonOf(new
        {
            timestamp = time,
            sign = time is null ? null : Sign(settings.SigningSecret!.Value, time),
            msg_type = "interactive",
            card = new
            {
                config = new { wide_screen_mode = true },
                header = new { title = PlainText($"{settings.Keyword} {message.Title}".TrimStart()), template = ColorOf(message) },
                elements,
            },
        });
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer)
    {
        var code = answer.Number("code") ?? answer.Number("StatusCode");
        return (answer.IsSuccess, code) switch
        {
            (true, 0) => answer.Judge(),
            (_, 11232) => answer.Later(Pause),
            // "Too many requests" comes with status 400.
            (_, 9499) when answer.Body.Contains("too many", StringComparison.OrdinalIgnoreCase) => answer.Later(Pause),
            (true, _) => answer.Never(),
            _ => answer.Judge(),
        };
    }

    private static object PlainText(string content) => new { tag = "plain_text", content };

    private static string ColorOf(AlertMessage message) => message.State switch
    {
        MessageState.Resolved => "green",
        MessageState.Closed => "grey",
        _ => message.Severity == "critical" ? "red" : "orange",
    };
}
