using LeptonStream.Collector;
using LeptonStream.Collector.Edge;
using LeptonStream.Collector.Http;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>An embedded broker, and the real edge on it, in a folder of its own.</summary>
internal sealed class EdgeRig : IDisposable
{
    private readonly Dictionary<string, string?> _settings = [];
    private IHost? _host;

    public EdgeRig(params (string Name, string Value)[] settings)
    {
        Broker = EmbeddedBroker.Start();
        Kafka = new KafkaOptions { BootstrapServers = Broker.BootstrapServers, SessionTimeoutMs = 6_000 };
        Topics = TopicNames.Of(Kafka);
        Broker.CreateTopics(Topics, partitions: 3);
        Probe = new TopicProbe(Kafka);
        Folder = Directory.CreateTempSubdirectory("lepton-edge-").FullName;
        Set("Kafka:BootstrapServers", Kafka.BootstrapServers);
        Set("Kafka:SessionTimeoutMs", "6000");
        Set("Collector:HttpUrl", "http://127.0.0.1:0");
        Set("Edge:SpoolPath", Path.Combine(Folder, "spool"));
        Set("Edge:KernelLog", "");
        Set("Edge:InfinibandPath", "");
        foreach (var (name, value) in settings) Set(name, value);
    }

    public EmbeddedBroker Broker { get; }

    public KafkaOptions Kafka { get; }

    public TopicNames Topics { get; }

    public TopicProbe Probe { get; }

    public string Folder { get; }

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _host!.Services;

    public void Set(string name, string value) => _settings[name] = value;

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public EdgeRig Start(TimeProvider? time = null)
    {
        _host = Build(time);
        _host.Start();
        if (Services.GetRequiredService<CollectorServer>().HttpAddress is { } address) Http = new HttpClient { BaseAddress = address };
        return this;
    }

    /// <summary>The services, without anything that runs.</summary>
    public IHost Build(TimeProvider? time = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.AddProvider(new TestLog());
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddEdge(builder.Configuration);
        return builder.Build();
    }

    public void Stop()
    {
        Http?.Dispose();
        _host?.StopAsync().Wait(TimeSpan.FromSeconds(20));
        _host?.Dispose();
        _host = null;
    }

    /// <summary>The records of the metrics topic with their ids, each partition in order.</summary>
    public List<(string Id, string Value)> Records(int atLeast = 0) => [.. Probe.Read(Topics.Metrics, atLeast).Select(record =>
        (TopicProbe.Header(record, "lepton-sample-id") ?? "", System.Text.Encoding.UTF8.GetString(record.Message.Value!)))];

    public void Dispose()
    {
        Stop();
        Probe.Dispose();
        Broker.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
