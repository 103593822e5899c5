using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Text.Json;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Health;
using LeptonStream.Resilience;
using LeptonStream.Storage;
using LeptonStream.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Dashboard.Live;

/// <summary>Asks the journal what changed, once for all open pages, and hands it to each.</summary>
/// <remarks>
/// A page subscribes first and reads what it missed second. Whatever was committed after it subscribed comes over the feed, whatever
/// was committed before lies in what it reads: nothing falls between. The journal numbers its events in commit order, so "greater
/// than the last number seen" misses none either.
/// </remarks>
internal sealed partial class LiveFeed : BackgroundService
{
    public const int MostAtOnce = 500;

    private static readonly TimeSpan RolesEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeadEvery = TimeSpan.FromSeconds(10);

    private readonly AlertQueries _journal;
    private readonly DashboardOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveFeed> _logger;
    private readonly ConcurrentDictionary<LiveClient, byte> _clients = [];
    private readonly UpDownCounter<int> _connected;
    private readonly Counter<long> _dropped;
    private long _last = -1;
    private LiveState _state = LiveState.Well;
    private readonly TroubleLog _troubles;
    private long? _askedForRoles;
    private IReadOnlyList<DeadNotifications> _dead = [];
    private long? _askedForDead;
    private bool _ended;

    public LiveFeed(
        AlertQueries journal,
        IOptions<DashboardOptions> options,
        TimeProvider time,
        IMeterFactory meters,
        IHostApplicationLifetime lifetime,
        ILogger<LiveFeed> logger)
    {
        _journal = journal;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _troubles = new(logger, time);
        var meter = meters.Create(LeptonTelemetry.Name);
        _connected = meter.CreateUpDownCounter<int>("leptonstream.dashboard.clients", "{client}", "Pages connected to the live feed");
        _dropped = meter.CreateCounter<long>(
            "leptonstream.dashboard.messages.dropped", "{message}", "Messages that a slow page did not get");

        // Before the server stops, which otherwise waits for every open page.
        lifetime.ApplicationStopping.Register(EndAll);
    }

    /// <summary>State of the journal and the roles.</summary>
    public LiveState State => Volatile.Read(ref _state);

    /// <summary>A new client, or null where there are as many as the settings allow.</summary>
    public LiveClient? Subscribe()
    {
        if (_clients.Count >= _options.MaxClients) return null;
        var client = new LiveClient(_ => _dropped.Add(1));
        if (!_clients.TryAdd(client, 0)) return null;
        _connected.Add(1);
        if (Volatile.Read(ref _ended)) client.Complete();
        return client;
    }

    public void Unsubscribe(LiveClient client)
    {
        if (_clients.TryRemove(client, out _)) _connected.Add(-1);
    }

    public static LiveMessage MessageOf(AlertRow changed) =>
        new(LiveMessage.Alert, changed.Seq, JsonSerializer.Serialize(AlertSummary.Of(changed), AlertJson.Default.AlertSummary));

    /// <summary>Knows where the journal stands before the first page can connect: what is recorded from then on is news.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AskAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = TimeSpan.FromMilliseconds(_options.PollIntervalMs);
        var heartbeat = TimeSpan.FromSeconds(_options.HeartbeatSeconds);
        var lastPing = _time.GetTimestamp();
        await Rounds.Run(async stop =>
        {
            await AskAsync(stop);
            _troubles.Report();
            if (_time.GetElapsedTime(lastPing) < heartbeat) return;
            lastPing = _time.GetTimestamp();
            Broadcast(LiveMessage.PingOf(State));
        }, interval, _time, _logger, stoppingToken);
    }

    private async Task AskAsync(CancellationToken stop)
    {
        try
        {
            var newest = await _journal.LastSeqAsync(stop);
            if (_last < 0) Begin(newest);
            if (newest < _last) StartOver(newest);
            while (_last < newest) await TellChangesAsync(newest, stop);
            await AskForRolesAsync(stop);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            _askedForRoles = null;
            _troubles.Set("roles", null);
            // A dashboard that starts first is no trouble; tables that were there and are gone are.
            var isNew = _last < 0 && _journal.Database.LacksTables(failure);
            _troubles.Note("journal", isNew
                ? $"there is no journal yet in {_journal.Database.Name}: the notifier makes it when it starts" : null);
            _troubles.Set("journal", isNew ? null : $"the journal does not answer, and open pages show a warning: {failure.Message}");
            SetState(LiveState.Unreachable);
        }
    }

    private async Task TellChangesAsync(long newest, CancellationToken stop)
    {
        var changed = await _journal.ChangedAsync(_last, MostAtOnce, stop);
        foreach (var row in changed) Broadcast(MessageOf(row));

        _last = changed.Count > 0 ? changed[^1].Seq : newest;
    }

    // Pages that connected while the journal did not answer know nothing yet.
    private void Begin(long newest)
    {
        _last = newest;
        Broadcast(LiveMessage.ResetTo(newest));
    }

    // The journal was emptied or replaced: its numbers have begun again.
    private void StartOver(long newest)
    {
        _last = newest;
        Log.JournalStartedOver(_logger, newest);
        Broadcast(LiveMessage.ResetTo(newest));
    }

    private async Task AskForRolesAsync(CancellationToken stop)
    {
        if (_askedForRoles is { } asked && _time.GetElapsedTime(asked) < RolesEvery) return;
        var (roles, now) = await _journal.RolesAsync(stop);
        var problems = RoleStatus.ProblemsOf(roles, now);
        if (DeadNotifications.ProblemOf(await DeadLately(now, stop)) is { } lost) problems = [.. problems, lost];
        _askedForRoles = _time.GetTimestamp();
        _troubles.Set("journal", null);
        _troubles.Note("journal", null);
        _troubles.Set("roles", RoleProblem.Line(problems));
        SetState(problems.Count == 0 ? LiveState.Well : LiveState.Well with { Problems = problems });
    }

    private async Task<IReadOnlyList<DeadNotifications>> DeadLately(DateTimeOffset now, CancellationToken stop)
    {
        if (_askedForDead is { } asked && _time.GetElapsedTime(asked) < DeadEvery) return _dead;
        _dead = await _journal.DeadAsync(now - DeadNotifications.Window, stop);
        _askedForDead = _time.GetTimestamp();
        return _dead;
    }

    private void SetState(LiveState now)
    {
        if (now.IsSameAs(_state)) return;
        // While it does not answer, that is a trouble of every minute.
        if (_state.Journal != now.Journal && now.Journal != LiveState.Unreachable.Journal) Log.JournalAnswersAgain(_logger);
        Volatile.Write(ref _state, now);
        Broadcast(LiveMessage.PingOf(now));
    }

    private void Broadcast(LiveMessage message)
    {
        foreach (var (client, _) in _clients) client.Offer(message);
    }

    private void EndAll()
    {
        Volatile.Write(ref _ended, true);
        foreach (var (client, _) in _clients) client.Complete();
    }

    private static partial class Log
    {
        [LoggerMessage(3002, LogLevel.Information, "The journal answers.")]
        public static partial void JournalAnswersAgain(ILogger logger);

        [LoggerMessage(3003, LogLevel.Warning, "The journal was reset and is at event {Newest} now; open pages reload their lists.")]
        public static partial void JournalStartedOver(ILogger logger, long newest);
    }
}
