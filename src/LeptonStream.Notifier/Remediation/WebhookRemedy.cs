using System.Globalization;
using System.Net.Http.Headers;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;

namespace LeptonStream.Notifier.Remediation;

/// <summary>
/// Calls a program: POST of the request, signed as Standard Webhooks say. <c>webhook-id</c> is the id of the action in every attempt.
/// </summary>
internal sealed class WebhookRemedy(RoutingSource routing, ChannelFactory channels, TimeProvider time) : IRemedy
{
    public async Task<RemedyOutcome> Execute(RemediationRow row, CancellationToken cancellation)
    {
        if (!routing.Current.ActionWebhooks.TryGetValue(row.Policy, out var settings))
            return new(RemedyResult.Never, "the routing file no longer has its webhook");
        using var request = Request(row, settings);
        var (answer, error) = await channels.Http.Send(request, settings.Http, cancellation);
        var outcome = answer?.Judge() ?? DeliveryOutcome.Failed(error!);
        var text = outcome.Error ?? outcome.Answer;
        return new(
            outcome.Result switch
            {
                DeliveryResult.Delivered => RemedyResult.Done,
                DeliveryResult.Refused => RemedyResult.Never,
                _ => RemedyResult.Later,
            },
            text is null ? null : $"{settings.Destination}: {Secret.Remove(text, settings.Secrets)}");
    }

    private HttpRequestMessage Request(RemediationRow row, WebhookSettings settings)
    {
        var body = ActionRecord.ValueOf(row.Payload!, row.Actor);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var at = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = content };
        request.Headers.Add("webhook-id", row.ActionId);
        request.Headers.Add("webhook-timestamp", at);
        if (settings.SigningSecrets is { } secrets)
            request.Headers.Add("webhook-signature", WebhookSignature.Of(secrets.Value, row.ActionId, at, body));
        return request;
    }
}
