using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Api">The API's base.</param>
/// <param name="Key">The integration's key.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record FlashdutySettings(bool SendResolved, ChannelUrl Api, Secret Key, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    public override Folding Folding => Folding.Incident;

    protected override ChannelUrl Address => Api;

    protected override IEnumerable<Secret?> Own => [Key];

    public override INotificationChannel Make(ChannelContext context) => new FlashdutyChannel(this, context);

    public static FlashdutySettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("api_url", otherwise: "https://api.flashcat.cloud"),
        section.RequiredSecret("integration_key"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style(),
    };
}

/// <summary>Flashduty's standard alert integration: one alert for each group, by its <c>alert_key</c>, which its end recovers.</summary>
internal sealed class FlashdutyChannel(FlashdutySettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    protected override Uri Url => new($"{settings.Api.Uri.AbsoluteUri.TrimEnd('/')}/event/push/alert/standard"
        + $"?integration_key={Uri.EscapeDataString(settings.Key.Value)}");

    protected override Payload Write(Notification notification, AlertMessage message, int step) => JsonOf(new
    {
        title = message.Title,
        event_status = StatusOf(message),
        description = TextOf(message, Markup.Plain, step),
        alert_key = GroupHash.Of(notification),
        labels = (notification.Alerts is [var only] ? only.Labels : notification.GroupLabels).ToDictionary(),
    });

    protected override DeliveryOutcome Judge(HttpAnswer answer) =>
        answer.IsSuccess && answer.Field("error") is { ValueKind: System.Text.Json.JsonValueKind.Object } ? answer.Never() : answer.Judge();

    private static string StatusOf(AlertMessage message) => message switch
    {
        { State: not MessageState.Firing } => "Ok",
        { Severity: "critical" } => "Critical",
        { Severity: "warning" } => "Warning",
        _ => "Info",
    };
}
