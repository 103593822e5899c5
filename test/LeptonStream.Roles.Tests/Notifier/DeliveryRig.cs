using LeptonStream.Alerting;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>
/// The delivery alone: an outbox on SQLite, real receivers, no Kafka. Each receiver <c>x</c> posts to the path <c>x</c> of the sink.
/// </summary>
internal sealed class DeliveryRig : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly Dictionary<string, string> _urls;
    private readonly List<IHost> _hosts = [];
    private long _seq;

    private DeliveryRig(TestDatabase database, WebhookSink sink, Dictionary<string, string> urls)
    {
        _database = database;
        _urls = urls;
        Sink = sink;
        Outbox = new NotificationOutbox(database.Database);
    }

    public WebhookSink Sink { get; }

    public NotificationOutbox Outbox { get; }

    public Database Database => _database.Database;

    public static async Task<DeliveryRig> Create(params string[] receivers)
    {
        var sink = await WebhookSink.Start();
        return new(await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite), sink, receivers.ToDictionary(name => name, sink.Url));
    }

    /// <summary>Lets a receiver live elsewhere.</summary>
    public void Move(string receiver, string url) => _urls[receiver] = url;

    public IHost Start(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Storage:ConnectionString", _database.ConnectionString),
            new("Notifier:AllowedTargets", "loopback"),
            // Tests that count notifications get them one by one.
            .. settings.Append(("StormLimit", "0")).DistinctBy(setting => setting.Item1)
                .Select(setting => KeyValuePair.Create($"Notifier:{setting.Item1}", (string?)setting.Item2))]);
        builder.Logging.AddProvider(new TestLog());
        builder.Services.AddNotifier(builder.Configuration);
        // Those that ask Kafka.
        foreach (var worker in builder.Services.Where(service => service.ImplementationType is { } type
            && (type == typeof(NotifierWorker) || type == typeof(StatusRecorder))).ToArray())
            builder.Services.Remove(worker);
        builder.Services.AddSingleton(new RoutingSource(Routing()));
        var host = builder.Build();
        _hosts.Add(host);
        host.Services.GetRequiredService<JournalStart>().Complete();
        host.Start();
        return host;
    }

    public async Task Stop(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>Puts a notification of a group into the outbox.</summary>
    public Task Add(string receiver, string metric, string group = "group", double hoursAgo = 0, string? severity = null) =>
        Database.Write(async transaction =>
    {
        var at = TimeProvider.System.Now() - TimeSpan.FromHours(hoursAgo);
        await NotificationOutbox.Add(transaction, [NotificationOf(receiver, metric, group, at, severity)], _seq++, at);
        await transaction.Execute("update counter set value = @_seq where name = 'notification'", new { _seq });
        return true;
    });

    /// <summary>What became of the notifications: status, attempts and last error, by metric.</summary>
    public async Task<Dictionary<string, (string Status, long Attempts, string? Error, long NextAttempt)>> States()
    {
        await using var connection = await Database.Open();
        var rows = await Dapper.SqlMapper.QueryAsync<(string Payload, string Status, long Attempts, string? Error, long NextAttempt)>(
            connection, "select payload, status, attempts, last_error, next_attempt_at from notification order by seq");
        return rows.ToDictionary(row => AlertingJson.Read<Notification>(row.Payload).Alerts[0].Labels["metric"]!,
            row => (row.Status, row.Attempts, row.Error, row.NextAttempt));
    }

    public Task Becomes(string metric, string status, TimeSpan? within = null) =>
        Eventually.True(() => States().GetAwaiter().GetResult()[metric].Status == status, $"notification {metric} is {status}", within);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        await Sink.DisposeAsync();
        await _database.DisposeAsync();
    }

    private NotifierRouting Routing()
    {
        var receivers = _urls.Keys.Select(name => new ReceiverConfig(name, [new("webhook/0", SendResolved: true)]));
        return new NotifierRouting(
            new RouteTree(new RoutingConfig(new RouteConfig { Receiver = _urls.Keys.First() }, [.. receivers])),
            _urls.ToDictionary(pair => (pair.Key, "webhook/0"),
                ChannelSettings (pair) => new WebhookSettings(true, new Uri(pair.Value), 0, null)));
    }

    private static Notification NotificationOf(string receiver, string metric, string group, Timestamp at, string? severity) => new()
    {
        GroupId = GroupKey.IdOf(group, receiver),
        GroupKey = group,
        Receiver = receiver,
        Channel = "webhook/0",
        Reason = NotifyReason.FirstNotification,
        GroupLabels = LabelSet.Empty,
        RouteLabels = LabelSet.Empty,
        Alerts = [new GroupedAlert { AlertId = metric, Annotations = LabelSet.Empty,
            Labels = severity is null ? LabelSet.Of(("metric", metric)) : LabelSet.Of(("metric", metric), ("severity", severity)),
            StartsAt = at }],
        At = at,
    };
}
