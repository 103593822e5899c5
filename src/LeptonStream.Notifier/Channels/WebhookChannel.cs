using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using LeptonStream.Alerting;

namespace LeptonStream.Notifier.Channels;

/// <summary>
/// Posts Alertmanager's payload to an address. Any status 2xx is success; a redirect is not followed, since it may lead anywhere.
/// </summary>
internal sealed class WebhookChannel(HttpClient http, WebhookSettings settings, Uri externalUrl, TimeProvider time) : INotificationChannel
{
    private const int ShownOfAnswer = 200;

    private static readonly ProductInfoHeaderValue Agent =
        new("LeptonStream", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));

    public async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url);
        request.Content = new ByteArrayContent(WebhookPayload.Write(notification, settings.MaxAlerts, externalUrl));
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.UserAgent.Add(Agent);
        if (settings.Url.UserInfo is { Length: > 0 } user)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user))));
        // Standard Webhooks: the id stays over all attempts, the time is that of this one.
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return response.IsSuccessStatusCode
                ? DeliveryOutcome.Delivered with { Answer =
                    $"{settings.Destination}: HTTP {(int)response.StatusCode} {response.StatusCode}" }
                : await Judge(response, cancellation);
        }
        catch (HttpRequestException unreachable)
        {
            return DeliveryOutcome.Failed($"{settings.Destination}: {unreachable.Message}");
        }
        catch (IOException broken)
        {
            return DeliveryOutcome.Failed($"{settings.Destination}: {broken.Message}");
        }
    }

    private async Task<DeliveryOutcome> Judge(HttpResponseMessage response, CancellationToken cancellation)
    {
        var error = $"{settings.Destination}: HTTP {(int)response.StatusCode} {response.StatusCode}{await Excerpt(response, cancellation)}";
        return response.StatusCode switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425 =>
                DeliveryOutcome.Failed(error, RetryAfter(response)),
            >= HttpStatusCode.InternalServerError => DeliveryOutcome.Failed(error, RetryAfter(response)),
            _ => DeliveryOutcome.Refused(error),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static async Task<string> Excerpt(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var start = new byte[ShownOfAnswer];
        var length = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        var text = new string([.. Encoding.UTF8.GetString(start, 0, length).Where(letter => !char.IsControl(letter))]).Trim();
        return text.Length == 0 ? "" : $": {text}";
    }
}
