using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Channels;

/// <summary>Makes the channel for its settings.</summary>
internal sealed class ChannelFactory(ConsoleOutput console, IOptions<NotifierOptions> options, TimeProvider time) : IDisposable
{
    // One client for all: connections are kept by host, and none is so old that a change of DNS is missed.
    private readonly HttpClient _http =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Uri _externalUrl = new(options.Value.ExternalUrl);

    public INotificationChannel Make(ChannelSettings settings) => settings switch
    {
        WebhookSettings webhook => new WebhookChannel(_http, webhook, _externalUrl, time),
        ConsoleSettings => new ConsoleChannel(console),
        _ => throw new UnreachableException($"no channel for {settings.GetType().Name}"),
    };

    public void Dispose() => _http.Dispose();
}
