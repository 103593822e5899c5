using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The robot's address: a secret.</param>
/// <param name="SigningSecret">The robot's secret where it asks for signatures; null without.</param>
/// <param name="Keyword">A word that the robot wants to see in every message; null without.</param>
/// <param name="Mobiles">Mobile numbers that are mentioned while something fires, separated by commas.</param>
/// <param name="MentionsAll">Whether everybody is mentioned while something critical fires.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record DingTalkSettings(bool SendResolved, ChannelUrl Url, Secret? SigningSecret, string? Keyword, string? Mobiles,
    bool MentionsAll, TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    public override SendRate Rate => SendRate.TwentyAMinute;

    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [new(Url.Text), SigningSecret];

    public override INotificationChannel Make(ChannelContext context) => new DingTalkChannel(this, context);

    public override string ToString() => $"dingtalk {UrlText.Destination(Url)}";

    public static DingTalkSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("url"),
        section.Secret("secret"),
        section.Fields.Text("keyword"),
        section.Fields.Text("at_mobiles"),
        section.Fields.Flag("at_all", otherwise: false),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("title", "text"),
    };
}

/// <summary>A robot of a DingTalk group: 20 messages a minute, 20,000 bytes each. Success is <c>errcode</c> 0 in the body.</summary>
internal sealed class DingTalkChannel(DingTalkSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    // A robot that sends more than 20 messages in a minute is muted for ten.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Muted = TimeSpan.FromMinutes(10);

    protected override Uri Url => settings.Url;

    protected override int MaxBytes => 20_000;

    protected override Uri AddressOf(Notification notification)
    {
        if (settings.SigningSecret is not { } secret) return settings.Url;
        var time = Context.Time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var separator = settings.Url.Uri.Query.Length > 0 ? '&' : '?';
        return new($"{settings.Url.Uri.AbsoluteUri}{separator}timestamp={time}&sign={Uri.EscapeDataString(Sign(secret.Value, time))}");
    }

    /// <summary>HMAC-SHA256 of time and secret with the secret as the key, in base64.</summary>
    public static string Sign(string secret, string milliseconds) => Convert.ToBase64String(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{milliseconds}\n{secret}")));

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var markup = Markup.FullWidth;
        var isFiring = message.State == MessageState.Firing;
        string[] mobiles = isFiring
            ? settings.Mobiles?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [] : [];
        var mentions = string.Join(' ', mobiles.Select(mobile => "@" + mobile));
        string?[] parts = [settings.Keyword, markup.Bold(message.Title), TextOf(message, markup, step), mentions];
        return JsonOf(new
        {
            msgtype = "markdown",
            markdown = new
            {
                title = MessageBuilder.Cut(markup.Escape(message.Title), 100),
                text = string.Join(markup.LineBreak, parts.Where(part => part?.Length > 0)),
            },
            at = new { atMobiles = mobiles, isAtAll = settings.MentionsAll && isFiring && message.Severity == "critical" },
        });
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) => (answer.IsSuccess, answer.Number("errcode")) switch
    {
        (true, 0) => answer.Judge(),
        (_, 130101) => answer.Later(Pause),
        (_, 90030) => answer.Later(Muted),
        (_, -1) => answer.Later(),
        (_, 460101 or 101002) => DeliveryOutcome.TooLarge(answer.Text),
        (true, _) => answer.Never(),
        _ => answer.Judge(),
    };
}
