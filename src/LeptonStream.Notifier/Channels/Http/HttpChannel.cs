using System.Net.Http.Headers;
using System.Text;
using LeptonStream.Alerting;

namespace LeptonStream.Notifier.Channels.Http;

/// <summary>The body of a request.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="IsTooLong">Whether a part of it is longer than the receiver allows.</param>
internal sealed record Payload(byte[] Bytes, string ContentType = "application/json", bool IsTooLong = false)
{
    /// <summary>Whether the receiver wrote a part of it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>What people should know of a message that was delivered all the same; null without.</summary>
    public string? Note { get; init; }

    /// <summary>The body as text, for people.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);
}

/// <summary>
/// A channel that delivers by one request. What such channels share is here: shorter messages for a receiver that finds one too large, and
/// errors without secrets.
/// </summary>
internal abstract class HttpChannel(HttpChannelSettings settings, ChannelContext context) : INotificationChannel
{
    /// <summary>The parts of the notifier that channels use.</summary>
    protected ChannelContext Context => context;

    /// <summary>The largest body that the receiver takes, in bytes.</summary>
    protected virtual int MaxBytes => int.MaxValue;

    /// <summary>Name of the other side in logs: scheme, host and port only.</summary>
    protected virtual string Destination => UrlText.Destination(Url);

    /// <summary>The address of a notification.</summary>
    protected abstract Uri Url { get; }

    public virtual async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        DeliveryOutcome outcome = default;
        var picture = await Picture(notification, cancellation);
        string? refusal = null;
        foreach (var payload in Payloads(id, notification, picture, () => refusal is not null))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(notification)) { Content = ContentOf(payload) };
            Prepare(request, id, payload);
            outcome = await Exchange(request, Judge, cancellation);
            if (outcome.Result == DeliveryResult.Delivered)
                return outcome with { Error = outcome.Error ?? refusal ?? Named(payload.Note, []) };
            // A text that the service does not take is no reason to lose the page.
            if (outcome.Result == DeliveryResult.Refused && payload.IsOwn)
                refusal = $"the built-in text stands for the receiver's own, which was refused: {outcome.Error}";
            else if (!outcome.IsTooLarge) return outcome;
        }

        return outcome.IsTooLarge ? outcome : DeliveryOutcome.Failed($"{Destination}: even the shortest message is too large");
    }

    public virtual string Preview(string id, Notification notification) =>
        Secret.Remove(
            Payloads(id, notification, picture: null, () => false).Select(payload => payload.Text)
                .FirstOrDefault("(even the shortest message is too large)"),
            settings.Secrets);

    /// <summary>
    /// Writes the body of a step: step 0 says everything, each further one says less, the last one is a title and a link. Null behind the
    /// last.
    /// </summary>
    /// <param name="id">The notification's id.</param>
    /// <param name="notification">The notification.</param>
    /// <param name="draft">How to write it.</param>
    protected abstract Payload? Compose(string id, Notification notification, Draft draft);

    /// <summary>The chart of a notification as PNG; null where the channel shows none.</summary>
    protected virtual Task<byte[]?> Picture(Notification notification, CancellationToken cancellation) => Task.FromResult<byte[]?>(null);

    /// <summary>The address for one notification, where that depends on it.</summary>
    protected virtual Uri AddressOf(Notification notification) => Url;

    /// <summary>Adds headers.</summary>
    protected virtual void Prepare(HttpRequestMessage request, string id, Payload payload)
    {
    }

    /// <summary>Judges the answer, the body included where the receiver reports failures in it.</summary>
    protected virtual DeliveryOutcome Judge(HttpAnswer answer) => answer.Judge();

    /// <summary>Sends one request and judges its answer.</summary>
    protected async Task<DeliveryOutcome> Exchange(HttpRequestMessage request, Func<HttpAnswer, DeliveryOutcome> judge,
        CancellationToken cancellation)
    {
        var (answer, error) = await context.Http.Send(request, settings.Http, cancellation);
        var outcome = answer is null ? DeliveryOutcome.Failed(error!) : judge(answer);
        var secrets = request.Headers.Authorization?.Parameter is { } credentials
            ? settings.Secrets.Append(new(credentials)).ToArray() : [.. settings.Secrets];
        return outcome with { Error = Named(outcome.Error, secrets), Answer = Named(outcome.Answer, secrets) };
    }

    protected static HttpContent ContentOf(Payload payload)
    {
        var content = new ByteArrayContent(payload.Bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(payload.ContentType);
        return content;
    }

    private IEnumerable<Payload> Payloads(string id, Notification notification, byte[]? picture, Func<bool> isPlain)
    {
        Payload? last = null;
        for (var step = 0; Compose(id, notification, new(step, picture, isPlain())) is { } payload; step++)
        {
            if (payload.IsTooLong || payload.Bytes.Length > MaxBytes || last?.Bytes.AsSpan().SequenceEqual(payload.Bytes) is true) continue;
            yield return last = payload;
        }
    }

    // An answer may repeat the address or the token.
    private string? Named(string? text, Secret[] secrets) => text is null ? null : $"{Destination}: {Secret.Remove(text, secrets)}";
}
