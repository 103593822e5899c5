using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Http;

/// <summary>
/// Listens for payloads: HTTP and OTLP on one port, gRPC on another. A host of its own, so that it is the last of the role to start and the
/// first to stop: what it took is in Kafka before the role ends.
/// </summary>
internal sealed partial class CollectorServer(
    IOptions<CollectorOptions> options, HttpIntake http, GrpcIntake grpc, ServerTls serverTls, CollectorMetrics metrics,
    ILogger<CollectorServer> logger) : IHostedService,
    IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // A sender that is slower holds a connection for nothing.
    private const double LeastBytesPerSecond = 240;

    private readonly List<WebApplication> _apps = [];

    /// <summary>Where HTTP is served, once it is started; null where it is off.</summary>
    public Uri? HttpAddress { get; private set; }

    /// <summary>Where gRPC is served, once it is started; null where it is off.</summary>
    public Uri? GrpcAddress { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        HttpAddress = await Start(options.Value.HttpUrl, HttpProtocols.Http1AndHttp2, http.Map, cancellationToken);
        GrpcAddress = await Start(options.Value.GrpcUrl, HttpProtocols.Http2, grpc.Map, cancellationToken);
        if (HttpAddress is not null) Log.Listening(logger, "HTTP", HttpAddress);
        if (GrpcAddress is not null) Log.Listening(logger, "gRPC", GrpcAddress);
        if (options.Value is { TokensFile: not { Length: > 0 }, ClientCaFile: not { Length: > 0 } } && _apps.Count > 0
            && _apps.Any(app => app.Urls.Any(url => !new Uri(url).IsLoopback))) Log.Open(logger);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DrainLimit);
        await Task.WhenAll(_apps.Select(app => app.StopAsync(limit.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps) await app.DisposeAsync();
        _apps.Clear();
    }

    private async Task<Uri?> Start(string url, HttpProtocols protocols, Action<WebApplication> map, CancellationToken cancellation)
    {
        // The options are checked.
        var address = ListenAddress.Of(url, out _)!;
        if (!address.IsOn) return null;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, address, protocols));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainLimit);
        var app = builder.Build();
        map(app);
        await app.StartAsync(cancellation);
        _apps.Add(app);
        return new Uri(app.Urls.First().Replace("://[::]", "://localhost").Replace("://0.0.0.0", "://localhost"));
    }

    private void Configure(KestrelServerOptions kestrel, ListenAddress address, HttpProtocols protocols)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.Value.MaxBodyBytes;
        limits.MaxConcurrentConnections = options.Value.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.MinRequestBodyDataRate = new(LeastBytesPerSecond, Grace);
        limits.MinResponseDataRate = new(LeastBytesPerSecond, Grace);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.Http2.MaxStreamsPerConnection = 100;
        var share = new ConnectionShare(options.Value.MaxConnections, metrics);
        if (address.Address is { } ip) kestrel.Listen(ip, address.Port, Listen);
        else kestrel.ListenAnyIP(address.Port, Listen);
        return;

        void Listen(ListenOptions listen)
        {
            listen.Use(next => connection => share.Take(connection, next));
            listen.Use(next => connection => HalfClosed.Serve(connection, next));
            // Without TLS nothing is agreed upon, and a connection speaks HTTP/1.1 or, where gRPC is served, HTTP/2.
            listen.Protocols = address.HasTls || protocols == HttpProtocols.Http2 ? protocols : HttpProtocols.Http1;
            if (address.HasTls) listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(serverTls.Options()) });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5010, LogLevel.Information, "Metrics by {Protocol} are taken at {Address}")]
        public static partial void Listening(ILogger logger, string protocol, Uri address);

        [LoggerMessage(5011, LogLevel.Warning,
            "Whoever reaches this address may send metrics: set Collector:TokensFile or Collector:ClientCaFile to change that")]
        public static partial void Open(ILogger logger);
    }
}
