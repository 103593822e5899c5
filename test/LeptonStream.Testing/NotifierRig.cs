using Dapper;
using LeptonStream.Alerts;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Reload;
using LeptonStream.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Testing;

/// <summary>An embedded broker, a journal, a webhook receiver, and notifiers on them as their own hosts.</summary>
public sealed class NotifierRig : IAsyncDisposable
{
    public const string Group = "lepton-notifier";

    private readonly Dictionary<string, string?> _settings;
    private readonly List<IHost> _hosts = [];
    private readonly TestDatabase? _owned;

    private NotifierRig(string connectionString, TestDatabase? owned, WebhookSink sink, int partitions)
    {
        _owned = owned;
        Database = Database.Of(connectionString);
        Sink = sink;
        Broker = EmbeddedBroker.Start();
        Options = new KafkaOptions { BootstrapServers = Broker.BootstrapServers, SessionTimeoutMs = 6_000 };
        Topics = TopicNames.Of(Options);
        Broker.CreateTopics(Topics, partitions);
        Probe = new TopicProbe(Options);
        _settings = new()
        {
            ["Kafka:BootstrapServers"] = Options.BootstrapServers,
            ["Kafka:SessionTimeoutMs"] = "6000",
            ["Storage:ConnectionString"] = connectionString,
            ["Notifier:WebhookUrl"] = sink.Url(),
            ["Notifier:AllowedTargets"] = "loopback",
            // Tests that count notifications get them one by one.
            ["Notifier:StormLimit"] = "0",
            ["Notifier:GroupWait"] = "300ms",
            ["Notifier:GroupInterval"] = "1s",
        };
    }

    public EmbeddedBroker Broker { get; }

    public KafkaOptions Options { get; }

    public TopicNames Topics { get; }

    public TopicProbe Probe { get; }

    public WebhookSink Sink { get; }

    public Database Database { get; }

    /// <summary>On a SQLite file of its own.</summary>
    public static async Task<NotifierRig> Create(int partitions = 2)
    {
        var database = await TestDatabase.Create(DatabaseKind.Sqlite);
        return new(database.ConnectionString, database, await WebhookSink.Start(), partitions);
    }

    /// <summary>On a database that is there already.</summary>
    public static async Task<NotifierRig> CreateOn(string connectionString, int partitions = 2) =>
        new(connectionString, null, await WebhookSink.Start(), partitions);

    public IHost Start(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings) _settings[name] = value;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.AddProvider(new TestLog());
        builder.Services.AddSingleton(new ConsoleOutput(TextWriter.Null));
        builder.Services.AddNotifier(builder.Configuration);
        var host = builder.Build();
        _hosts.Add(host);
        host.Start();
        return host;
    }

    public async Task Stop(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>What SIGHUP does.</summary>
    public static async Task Reload(IHost host)
    {
        foreach (var file in host.Services.GetServices<IReloadable>()) await file.Reload(CancellationToken.None);
    }

    public void Publish(int partition, params AlertEvent[] alerts) =>
        Probe.Produce(Topics.Alerts, partition, alerts.Select(AlertRecord.Of));

    public async Task<T> Scalar<T>(string sql)
    {
        await using var connection = await Database.Open();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    public async Task<T[]> Rows<T>(string sql)
    {
        await using var connection = await Database.Open();
        return [.. await connection.QueryAsync<T>(sql)];
    }

    /// <summary>Waits until so many events are in the journal.</summary>
    public async Task Recorded(int events)
    {
        // The notifier makes the tables when it starts; whoever comes first makes them.
        await DatabaseSchema.Apply(Database);
        await Eventually.True(() => Scalar<long>("select count(*) from alert_event").GetAwaiter().GetResult() >= events,
            $"{events} events in the journal");
    }

    public static IRoleHealth HealthOf(IHost host) => host.Services.GetRequiredService<IRoleHealth>();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        Probe.Dispose();
        Broker.Dispose();
        await Sink.DisposeAsync();
        await Database.DisposeAsync();
        if (_owned is not null) await _owned.DisposeAsync();
    }
}
