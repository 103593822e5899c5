using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="UserKey">The user or group.</param>
/// <param name="Token">The application's token.</param>
/// <param name="Url">The API.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record PushoverSettings(bool SendResolved, Secret UserKey, Secret Token, ChannelUrl Url, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [UserKey, Token];

    public override INotificationChannel Make(ChannelContext context) => new PushoverChannel(this, context);

    public static PushoverSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.RequiredSecret("user_key"),
        section.RequiredSecret("token"),
        section.Url("api_url", otherwise: "https://api.pushover.net/1/messages.json"),
        section.Timeout())
    {
        Http = section.Http(),
        HasChart = section.Chart(),
        Style = section.Style("title", "message"),
    };
}

/// <summary>Pushover: 250 characters of title, 1,024 of text. Success is <c>status</c> 1 in the body.</summary>
internal sealed class PushoverChannel(PushoverSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestTitle = 250;
    private const int LongestText = 1_024;

    protected override Uri Url => settings.Url;

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var text = TextOf(message, Markup.Plain, step, withLinks: false);
        return JsonOf(
            new
            {
                token = settings.Token.Value,
                user = settings.UserKey.Value,
                title = MessageBuilder.Cut(message.Title, LongestTitle),
                message = text.Length > 0 ? text : message.Title,
                priority = message is { State: MessageState.Firing, Severity: "critical" } ? 1 : 0,
                attachment_base64 = message.Picture is { } picture ? Convert.ToBase64String(picture) : null,
                attachment_type = message.Picture is null ? null : "image/png",
                url = message.Url.AbsoluteUri,
                url_title = message.Links[0].Text,
            },
            text.Length > LongestText);
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) =>
        answer.IsSuccess && answer.Number("status") != 1 ? answer.Never() : answer.Judge();
}
