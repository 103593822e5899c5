using LeptonStream.Collector;
using LeptonStream.Collector.Http;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Reload;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>An embedded broker with the topics, and the real collector on it, on free ports.</summary>
internal sealed class CollectorRig : IDisposable
{
    private readonly List<IHost> _hosts = [];
    private readonly Dictionary<string, string?> _settings = [];

    public CollectorRig(params (string Name, string Value)[] settings)
    {
        Broker = EmbeddedBroker.Start();
        Kafka = new KafkaOptions { BootstrapServers = Broker.BootstrapServers, SessionTimeoutMs = 6_000 };
        Topics = TopicNames.Of(Kafka);
        Broker.CreateTopics(Topics, partitions: 3);
        Probe = new TopicProbe(Kafka);
        _settings["Kafka:BootstrapServers"] = Kafka.BootstrapServers;
        _settings["Kafka:SessionTimeoutMs"] = "6000";
        _settings["Collector:HttpUrl"] = _settings["Collector:GrpcUrl"] = "http://127.0.0.1:0";
        foreach (var (name, value) in settings) _settings[name] = value;
    }

    public EmbeddedBroker Broker { get; }

    public KafkaOptions Kafka { get; }

    public TopicNames Topics { get; }

    public TopicProbe Probe { get; }

    public HttpClient Http { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    public IHost Host => _hosts[^1];

    public IRoleHealth Health => Host.Services.GetRequiredService<IRoleHealth>();

    public CollectorRig Start(TimeProvider? time = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.AddProvider(new TestLog());
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddCollector(builder.Configuration);
        var host = builder.Build();
        host.Start();
        _hosts.Add(host);
        var server = host.Services.GetRequiredService<CollectorServer>();
        Http = new HttpClient { BaseAddress = server.HttpAddress };
        Grpc = server.GrpcAddress!;
        return this;
    }

    public async Task Reload()
    {
        foreach (var file in Host.Services.GetServices<IReloadable>()) await file.Reload(default);
    }

    public Task<HttpResponseMessage> Post(string path, byte[] body, string? type, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, body, type, headers);

    public Task<HttpResponseMessage> Send(
        HttpMethod method, string path, byte[] body, string? type, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        return Http.SendAsync(request);
    }

    /// <summary>The values of the metrics topic, as text.</summary>
    public List<string> Values(int atLeast = 0) =>
        [.. Probe.Read(Topics.Metrics, atLeast).Select(record => System.Text.Encoding.UTF8.GetString(record.Message.Value!))];

    public void Dispose()
    {
        Http?.Dispose();
        foreach (var host in _hosts)
        {
            host.StopAsync().Wait(TimeSpan.FromSeconds(20));
            host.Dispose();
        }

        Probe.Dispose();
        Broker.Dispose();
    }
}
