using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Api">The API's base.</param>
/// <param name="ApiKey">The integration's key.</param>
/// <param name="RoutingKey">Decides there who is paged.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record VictorOpsSettings(bool SendResolved, ChannelUrl Api, Secret ApiKey, string RoutingKey, TimeSpan? Timeout)
    : MessageSettings(SendResolved, Timeout)
{
    public override Folding Folding => Folding.Incident;

    protected override ChannelUrl Address => Api;

    protected override IEnumerable<Secret?> Own => [ApiKey];

    public override INotificationChannel Make(ChannelContext context) => new VictorOpsChannel(this, context);

    public static VictorOpsSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("api_url", "victorops_api_url", "https://alert.victorops.com/integrations/generic/20131114/alert/"),
        section.RequiredSecret("api_key", "victorops_api_key"),
        section.Literal("routing_key"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("entity_display_name", "state_message"),
    };
}

/// <summary>The REST integration of Splunk On-Call (VictorOps): one incident for each group, by its <c>entity_id</c>.</summary>
internal sealed class VictorOpsChannel(VictorOpsSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestText = 20_480;

    protected override Uri Url => new(string.Join('/', settings.Api.Uri.AbsoluteUri.TrimEnd('/'),
        Uri.EscapeDataString(settings.ApiKey.Value), Uri.EscapeDataString(settings.RoutingKey)));

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var text = TextOf(message, Markup.Plain, step);
        return JsonOf(
            new
            {
                message_type = message.State != MessageState.Firing ? "RECOVERY" : message.Severity == "critical" ? "CRITICAL" : "WARNING",
                entity_id = GroupHash.Of(notification),
                entity_display_name = message.Title,
                state_message = text,
                monitoring_tool = "LeptonStream",
            },
            MessageText.Bytes(text) > LongestText);
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) =>
        answer.IsSuccess && answer.Field("result")?.ToString() == "failure" ? answer.Never() : answer.Judge();
}
