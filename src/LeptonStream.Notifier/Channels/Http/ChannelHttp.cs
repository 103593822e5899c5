using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using LeptonStream.Notifier.Egress;

namespace LeptonStream.Notifier.Channels.Http;

/// <summary>
/// The one way of all channels to HTTP: connections through the guard, no redirects, no cookies, answers in bounds, and errors that name
/// the other side by scheme, host and port only.
/// </summary>
internal sealed class ChannelHttp(EgressGuard guard, Uri? proxy, TimeProvider time) : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    private static readonly ProductInfoHeaderValue Agent =
        new("LeptonStream", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));

    // A client for all channels with the same proxy and certificates: connections are kept by host, and none is so old that a change of DNS
    // is missed. A certificate that is renewed, or comes late, makes another one.
    private readonly ConcurrentDictionary<(HttpOptions Options, DateTime Certificates), HttpClient> _clients = new();
    private readonly Lock _making = new();

    /// <summary>Sends a request; anything that may go wrong at the other end is an error and no exception.</summary>
    /// <returns>The answer, or null and the error.</returns>
    public async Task<(HttpAnswer? Answer, string? Error)> Send(HttpRequestMessage request, HttpOptions options,
        CancellationToken cancellation)
    {
        request.Headers.UserAgent.Add(Agent);
        request.Headers.Authorization ??= Authorization(request.RequestUri!, options);
        try
        {
            // Here and not when the proxy is connected: that connection serves other targets as well.
            if ((options.Proxy ?? proxy) is not null) guard.CheckBehindProxy(request.RequestUri!.IdnHost);
            using var response = await ClientOf(options).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return (new HttpAnswer(response.StatusCode, await Body(response, cancellation), RetryAfter(response)), null);
        }
        catch (HttpRequestException unreachable)
        {
            return (null, unreachable.InnerException is EgressBlockedException blocked ? blocked.Message : unreachable.Message);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, broken.Message);
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }

    private static AuthenticationHeaderValue? Authorization(Uri url, HttpOptions options)
    {
        if (options.Credentials is { } credentials) return new(options.Scheme, credentials.Value);
        var user = options.User is { } name ? $"{name}:{options.Password?.Value}" : Uri.UnescapeDataString(url.UserInfo);
        return user.Length == 0 ? null : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
    }

    private HttpClient ClientOf(HttpOptions options)
    {
        var key = options with { User = null, Password = null, Credentials = null, Scheme = "", Proxy = options.Proxy ?? proxy };
        var current = (key, TlsOptions.ChangedAt(key));
        if (_clients.TryGetValue(current, out var client)) return client;
        lock (_making)
        {
            // The one with the certificates of before goes when its last request has ended.
            foreach (var old in _clients.Keys.Where(made => made.Options == key && made != current)) _clients.TryRemove(old, out _);
            return _clients.GetOrAdd(current, made => Make(made.Options));
        }
    }

    private HttpClient Make(HttpOptions options) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // Never by the environment: http_proxy of a shell decides nothing here.
        UseProxy = options.Proxy is not null,
        Proxy = options.Proxy is { } address ? new WebProxy(WithoutUser(address)) { Credentials = CredentialsOf(address) } : null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        SslOptions = TlsOptions.Of(options),
        ConnectCallback = (context, cancellation) => Connect(context, options.Proxy, cancellation),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, Uri? proxy, CancellationToken cancellation)
    {
        if (proxy is null) return await guard.Connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation);
        // The proxy is the operator's own and may be anywhere; the target behind it was checked.
        return await guard.Dial(await guard.Resolve(context.DnsEndPoint.Host, cancellation), context.DnsEndPoint.Port, cancellation);
    }

    // An error of the proxy names its address.
    private static Uri WithoutUser(Uri proxy) => new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;

    private static NetworkCredential? CredentialsOf(Uri proxy) => proxy.UserInfo.Split(':', 2) is [{ Length: > 0 } user, ..] parts
        ? new(Uri.UnescapeDataString(user), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "")
        : null;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static async Task<string> Body(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var start = new byte[LargestAnswer];
        var length = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(start, 0, length);
    }
}
