using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Flapping;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Routing;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>A journal without Kafka: events go in by hand, time is the test's.</summary>
internal sealed class JournalRig : IAsyncDisposable
{
    public const string Topic = "lepton.alerts";

    private readonly TestDatabase _test;

    private JournalRig(TestDatabase test) => _test = test;

    public Database Database => _test.Database;

    public string ConnectionString => _test.ConnectionString;

    public static async Task<JournalRig> Create(DatabaseKind kind) => new(await TestDatabase.Create(kind));

    /// <summary>A journal as one more process would have it, ready for work.</summary>
    public Task<AlertJournal> Open(RoutingConfig? routing = null, double at = 0) => Open(RoutingOf(routing ?? ByModel()), at);

    public async Task<AlertJournal> Open(RoutingSource routing, double at = 0, FlapRule? flapping = null)
    {
        var journal = new AlertJournal(
            Database, routing, new JournalLog(TimeProvider.System, NullLogger<AlertJournal>.Instance), flapping);
        await journal.Prepare(AlertEvents.At(at), CancellationToken.None);
        return journal;
    }

    public static RoutingSource RoutingOf(RoutingConfig config)
    {
        var channels = config.Receivers.SelectMany(receiver => receiver.Channels.Select(channel => (receiver.Name, channel.Key)));
        return new(new NotifierRouting(
            new RouteTree(config), channels.ToDictionary(key => key, ChannelSettings (_) => new ConsoleSettings(true))));
    }

    /// <summary>Everything to one receiver, grouped by model: group_wait 5 s, group_interval 60 s, repeat_interval 240 s.</summary>
    public static RoutingConfig ByModel(string receiver = "ops") => new(
        new RouteConfig
        {
            Receiver = receiver,
            GroupBy = ["model"],
            GroupWait = TimeSpan.FromSeconds(5),
            GroupInterval = TimeSpan.FromSeconds(60),
            RepeatInterval = TimeSpan.FromSeconds(240),
        },
        [new("ops", [new("console/0", true)]), new("pager", [new("console/0", true)])]);

    public static JournalRecord Record(AlertEvent alert, long offset, int partition = 0) =>
        new(Topic, partition, offset, alert.DetectedAt, alert, AlertEventJson.Write(alert));

    public static Task<JournalOutcome> Apply(AlertJournal journal, double at, params JournalRecord[] records) =>
        journal.Apply(records, AlertEvents.At(at), CancellationToken.None);

    /// <summary>Lets the groups that are due be flushed.</summary>
    public static async Task Flush(AlertJournal journal, double at)
    {
        while ((await journal.Flush(AlertEvents.At(at), CancellationToken.None)).MayHaveMore)
        {
        }
    }

    /// <summary>The outbox as lines: <c>5s ops: first notification +latency</c>.</summary>
    public async Task<string[]> Told() =>
        [.. (await Rows<string>("select payload from notification order by seq"))
        .Select(payload => Line(AlertingJson.Read<Notification>(payload)))];

    public async Task<T[]> Rows<T>(string sql)
    {
        await using var connection = await Database.Open();
        return [.. await connection.QueryAsync<T>(sql)];
    }

    public async Task<T> Scalar<T>(string sql) => (await Rows<T>(sql)).Single();

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    private static string Line(Notification told)
    {
        var alerts = told.Alerts.Select(alert => (alert.IsResolved ? "-" : "+") + alert.Labels["metric"]).Order(StringComparer.Ordinal);
        return $"{(told.At - AlertEvents.Start).TotalSeconds}s {told.Receiver}: {NotifyReasons.TextOf(told.Reason)} "
            + $"{string.Join(' ', alerts)}";
    }
}
