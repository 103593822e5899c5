using System.Net;
using System.Text;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Api">The API's base.</param>
/// <param name="AccountSid">The account.</param>
/// <param name="AuthToken">Its token.</param>
/// <param name="From">The sender's number, or the id of a messaging service (<c>MG…</c>).</param>
/// <param name="To">The receiver's number.</param>
/// <param name="IsCall">Whether the number is called and the title read out, in place of a text message.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record TwilioSettings(bool SendResolved, ChannelUrl Api, Secret AccountSid, Secret AuthToken, string From, string To,
    bool IsCall, TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Api;

    protected override IEnumerable<Secret?> Own => [AccountSid, AuthToken];

    public override INotificationChannel Make(ChannelContext context) => new TwilioChannel(this, context);

    public static TwilioSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: false),
        section.Url("api_url", otherwise: "https://api.twilio.com"),
        section.RequiredSecret("account_sid"),
        section.RequiredSecret("auth_token"),
        section.Fields.RequiredText("from"),
        section.Fields.RequiredText("to"),
        section.Fields.OneOf("by", "sms", "voice") == "voice",
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style(),
    };
}

/// <summary>Twilio: a text message, or a call that reads the title out. Status 201 means accepted, not delivered.</summary>
internal sealed class TwilioChannel(TwilioSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    // Four segments, in the alphabet that Chinese needs.
    private const int LongestText = 268;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override Uri Url => new(string.Join('/', settings.Api.Uri.AbsoluteUri.TrimEnd('/'), "2010-04-01", "Accounts",
        settings.AccountSid.Value, settings.IsCall ? "Calls.json" : "Messages.json"));

    protected override void Prepare(HttpRequestMessage request, string id, Payload payload) => request.Headers.Authorization = new("Basic",
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.AccountSid.Value}:{settings.AuthToken.Value}")));

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var from = settings.From.StartsWith("MG", StringComparison.Ordinal) && !settings.IsCall ? "MessagingServiceSid" : "From";
        var link = message.Url.AbsoluteUri;
        var text = $"{MessageBuilder.Cut(message.Title, Math.Max(40, LongestText - link.Length - 1))} {link}";
        (string Name, string Value)[] fields = settings.IsCall
            ? [(from, settings.From), ("To", settings.To), ("Twiml", Spoken(message))]
            : [(from, settings.From), ("To", settings.To), ("Body", text)];
        var form = string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));
        return new Payload(Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded");
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) => (answer.Status, answer.Number("code")) switch
    {
        // 20429: too many requests; 21611: the queue of this sender is full.
        (HttpStatusCode.TooManyRequests, _) or (_, 20429 or 21611) => answer.Later(Pause),
        _ => answer.Judge(),
    };

    private string Spoken(AlertMessage message) =>
        $"<Response><Say language=\"{(settings.Style.Language == MessageLanguage.Chinese ? "zh-CN" : "en-US")}\" loop=\"2\">"
        + $"{WebUtility.HtmlEncode(message.Title)}</Say></Response>";
}
