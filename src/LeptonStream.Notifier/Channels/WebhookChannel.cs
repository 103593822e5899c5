using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;

namespace LeptonStream.Notifier.Channels;

/// <summary>
/// Posts Alertmanager's payload to an address. Any status 2xx is success; a redirect is not followed, since it may lead anywhere.
/// </summary>
internal sealed class WebhookChannel(WebhookSettings settings, ChannelContext context) : HttpChannel(settings, context)
{
    protected override Uri Url => settings.Url;

    protected override Payload? Compose(string id, Notification notification, Draft draft)
    {
        // Each step has a quarter of the alerts of the one before; the last has one.
        var all = settings.MaxAlerts > 0 ? Math.Min(settings.MaxAlerts, notification.Alerts.Count) : notification.Alerts.Count;
        var alerts = all >> Math.Min(2 * draft.Step, 30);
        if (draft.Step > 0 && all >> Math.Min(2 * (draft.Step - 1), 30) <= 1) return null;
        return new Payload(WebhookPayload.Write(notification, Math.Max(alerts, 1), Context.ExternalUrl));
    }

    // Standard Webhooks: the id stays over all attempts, the time is that of this one.
    protected override void Prepare(HttpRequestMessage request, string id, Payload payload)
    {
        var time = Context.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time);
        if (settings.SigningSecrets is { } secrets)
            request.Headers.Add("webhook-signature", WebhookSignature.Of(secrets.Value, id, time, payload.Bytes));
    }
}
