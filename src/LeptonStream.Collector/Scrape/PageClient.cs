using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using LeptonStream.Output;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// Reads pages of one job. Private addresses are allowed, since exporters are there; a link-local address is not, where clouds keep their
/// credentials, and no redirect is followed.
/// </summary>
internal sealed class PageClient : IDisposable
{
    private readonly ScrapeJob _job;
    private readonly TargetTls _tls;
    private readonly HttpClient _http;

    public PageClient(ScrapeJob job, TimeProvider time)
    {
        (_job, _tls) = (job, new(job.Tls, time));
        // With TLS of its own: that of the handler keeps the certificates that it began with, and shows none between.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = async (context, stop) =>
            {
                var connection = await Connect(context, stop);
                return context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps
                    ? await _tls.Secure(connection, context.DnsEndPoint.Host, stop) : connection;
            },
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 2,
        };
        _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Reason for which renewed certificates of the job are not in force; null where they are.</summary>
    public string? Refusal => _tls.Refusal is { } refusal ? $"tls_config of {_job.Name}: {refusal}; those before stay in force" : null;

    /// <summary>Reads a page.</summary>
    /// <exception cref="HttpRequestException">It can't be had; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The time is over.</exception>
    public async Task<Page> Read(Uri url, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", _job.Accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        request.Headers.TryAddWithoutValidation("User-Agent", "lepton-collector");
        request.Headers.TryAddWithoutValidation("X-Prometheus-Scrape-Timeout-Seconds",
            _job.Timeout.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        // Read each time: tokens of Kubernetes change every hour.
        if (_job.CredentialsFile is { } file)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, stop)).Trim());
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException($"it answers {(int)answer.StatusCode}, and only 200 counts (redirects are not followed)");
        if (answer.Content.Headers.ContentLength > _job.BodyLimit) throw TooLarge();
        await using var stream = await answer.Content.ReadAsStreamAsync(stop);
        var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, stop)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > _job.BodyLimit) throw TooLarge();
        }

        return new(bytes.ToArray(), answer.Content.Headers.ContentType?.ToString() ?? "",
            string.Join(',', answer.Content.Headers.ContentEncoding));
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestException TooLarge() => new($"the page has more than {_job.BodyLimit} bytes (body_size_limit)");

    internal static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, stop);
        foreach (var address in addresses)
            if (AddressClass.Of(address) is AddressKind.LinkLocal or AddressKind.Metadata)
                throw new HttpRequestException($"{host} is {AddressClass.Words(AddressClass.Of(address))}, which is never asked");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A page as it came.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="ContentType">The header <c>Content-Type</c>.</param>
/// <param name="Encoding">The header <c>Content-Encoding</c>.</param>
internal sealed record Page(byte[] Bytes, string ContentType, string Encoding);
