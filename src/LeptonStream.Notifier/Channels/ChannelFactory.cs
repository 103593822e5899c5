using LeptonStream.Kafka;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Charts;
using LeptonStream.Notifier.Egress;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Channels;

/// <summary>Makes the channel for its settings.</summary>
internal sealed class ChannelFactory : IDisposable
{
    private readonly ChannelContext _context;

    public ChannelFactory(ConsoleOutput console, IOptions<NotifierOptions> options, IOptions<KafkaOptions> kafka, TimeProvider time,
        ActionLinks? links = null, AlertCharts? charts = null)
        : this(console, options.Value, new EgressGuard(AllowedTargets.Parse(options.Value.AllowedTargets, out _)), time, kafka.Value, links,
            charts is null ? null : charts.Of)
    {
    }

    public ChannelFactory(ConsoleOutput console, NotifierOptions options, EgressGuard guard, TimeProvider time, KafkaOptions? kafka = null,
        ActionLinks? links = null, ChartSource? charts = null)
    {
        var http = new ChannelHttp(guard, options.ProxyUrl is { Length: > 0 } proxy ? new Uri(proxy) : null, time);
        _context = new ChannelContext(
            http, guard, new KafkaWriter(kafka ?? new()), new Uri(options.ExternalUrl), links, charts, console, time, options.AllowExec);
    }

    /// <summary>The way to HTTP that all channels share.</summary>
    public ChannelHttp Http => _context.Http;

    /// <summary>The producer that all channels share.</summary>
    public KafkaWriter Kafka => _context.Kafka;

    public INotificationChannel Make(ChannelSettings settings) => settings.Make(_context);

    public void Dispose()
    {
        _context.Http.Dispose();
        _context.Kafka.Dispose();
    }
}
