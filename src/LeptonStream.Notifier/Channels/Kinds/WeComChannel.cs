using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The robot's address: a secret.</param>
/// <param name="Mentions">Ids of users who are mentioned while something fires, separated by commas; null without.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record WeComSettings(bool SendResolved, ChannelUrl Url, string? Mentions, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    public override SendRate Rate => SendRate.TwentyAMinute;

    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [new(Url.Text)];

    public override INotificationChannel Make(ChannelContext context) => new WeComChannel(this, context);

    public override string ToString() => $"wecom {UrlText.Destination(Url)}";

    public static WeComSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("url"),
        section.Fields.Text("mentions"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("title", "text"),
    };
}

/// <summary>A robot of a WeCom group: 20 messages a minute, 4,096 bytes of text each. Success is <c>errcode</c> 0 in the body.</summary>
internal sealed class WeComChannel(WeComSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestText = 4_096;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override Uri Url => settings.Url;

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var markup = Markup.FullWidth;
        var mentions = message.State == MessageState.Firing
            ? string.Concat((settings.Mentions ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(user => $"<@{user}>"))
            : "";
        var title = $"<font color=\"{ColorOf(message)}\">{markup.Escape(message.Title)}</font>";
        string[] parts = [title, TextOf(message, markup, step), mentions];
        // Bytes and not characters: a Chinese one takes three.
        var content = string.Join('\n', parts.Where(part => part.Length > 0));
        return JsonOf(new { msgtype = "markdown", markdown = new { content } }, MessageText.Bytes(content) > LongestText);
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) => (answer.IsSuccess, answer.Number("errcode")) switch
    {
        (true, 0) => answer.Judge(),
        (_, 45009) => answer.Later(Pause),
        (_, -1) => answer.Later(),
        (_, 40058) => DeliveryOutcome.TooLarge(answer.Text),
        (true, _) => answer.Never(),
        _ => answer.Judge(),
    };

    private static string ColorOf(AlertMessage message) => message.State switch
    {
        MessageState.Resolved => "info",
        MessageState.Closed => "comment",
        _ => "warning",
    };
}
