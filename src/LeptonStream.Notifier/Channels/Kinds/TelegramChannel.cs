using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Api">The API's base.</param>
/// <param name="Token">The bot's token.</param>
/// <param name="ChatId">The chat, by its number or by <c>@name</c>.</param>
/// <param name="ThreadId">The topic in the chat; null without.</param>
/// <param name="IsSilent">Whether phones stay silent.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record TelegramSettings(bool SendResolved, ChannelUrl Api, Secret Token, string ChatId, int? ThreadId, bool IsSilent,
    TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    public override SendRate Rate => SendRate.TwentyAMinute;

    // Telegram counts by chat.
    public override string RateKey => $"{base.RateKey}\n{ChatId}";

    protected override ChannelUrl Address => Api;

    protected override IEnumerable<Secret?> Own => [Token];

    public override INotificationChannel Make(ChannelContext context) => new TelegramChannel(this, context);

    public static TelegramSettings Read(ChannelSection section)
    {
        _ = section.Fields.OneOf("parse_mode", "HTML");
        return new(
            section.SendResolved(otherwise: true),
            section.Url("api_url", "telegram_api_url", "https://api.telegram.org"),
            section.RequiredSecret("bot_token", "telegram_bot_token"),
            section.Fields.RequiredText("chat_id"),
            section.Fields.WholeNumber("message_thread_id", 1, int.MaxValue),
            section.Fields.Flag("disable_notifications", otherwise: false),
            section.Timeout())
        {
            Http = section.Http(),
            HasChart = section.Chart(),
            Style = section.Style(text: "message"),
        };
    }
}

/// <summary>Telegram's bot API: 4,096 characters. Success is <c>ok</c> in the body; 429 says in the body when to come again.</summary>
internal sealed class TelegramChannel(TelegramSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestText = 4_096;
    private const int LongestCaption = 1_024;

    protected override Uri Url => MethodUrl("sendMessage");

    protected override void Prepare(HttpRequestMessage request, string id, Payload payload)
    {
        if (payload.ContentType.StartsWith("multipart/", StringComparison.Ordinal)) request.RequestUri = MethodUrl("sendPhoto");
    }

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var text = TextOf(message, Markup.Html, step);
        if (!message.IsOwn(Markup.Html, step)) text = $"{Markup.Html.Bold(message.Title)}\n\n{text}";
        if (message.Picture is { } picture && text.Length <= LongestCaption)
        {
            return MultipartPayload.Of(picture, "photo", ("chat_id", settings.ChatId), ("caption", text), ("parse_mode", "HTML"),
                ("message_thread_id", settings.ThreadId?.ToString(CultureInfo.InvariantCulture)),
                ("disable_notification", settings.IsSilent ? "true" : null));
        }

        return JsonOf(
            new
            {
                chat_id = settings.ChatId,
                message_thread_id = settings.ThreadId,
                text,
                parse_mode = "HTML",
                link_preview_options = new { is_disabled = true },
                disable_notification = settings.IsSilent,
            },
            text.Length > LongestText);
    }

    private Uri MethodUrl(string method) => new($"{settings.Api.Uri.AbsoluteUri.TrimEnd('/')}/bot{settings.Token.Value}/{method}");

    protected override DeliveryOutcome Judge(HttpAnswer answer)
    {
        if (answer.Number("parameters", "retry_after") is { } seconds and > 0)
            return answer.Later(TimeSpan.FromSeconds(Math.Min(seconds, 86_400)));
        if (answer.Body.Contains("message is too long", StringComparison.Ordinal)) return DeliveryOutcome.TooLarge(answer.Text);
        return answer.IsSuccess && answer.Field("ok")?.ValueKind != System.Text.Json.JsonValueKind.True ? answer.Never() : answer.Judge();
    }
}
