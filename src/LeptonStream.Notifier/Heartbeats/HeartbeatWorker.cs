using System.Data.Common;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Explanations;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Journal;
using LeptonStream.Output;
using LeptonStream.Resilience;
using LeptonStream.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Notifier.Heartbeats;

/// <summary>
/// The dead-man's switch: while alerts get through, watchers outside hear a heartbeat; when Kafka, the detectors, the notifiers, the
/// database or the way out fails, they hear nothing and raise the alarm (docs/adr/0019-heartbeat.md).
/// </summary>
/// <remarks>
/// One round: (1) a probe goes to every partition of the metrics topic; (2) the detectors pass it on to the alerts topic, and the worker
/// records its return with the events around it; (3) once it is back through all partitions, and soon enough, the heartbeats are sent.
/// Of several notifiers any may do each step. Nothing is sent late or twice to make up for one that failed: the next round follows.
/// </remarks>
internal sealed partial class HeartbeatWorker(
    IOptions<NotifierOptions> options,
    ProbeStore store,
    ProbeProducer producer,
    ChannelFactory channels,
    JournalStart start,
    HeartbeatMetrics metrics,
    [FromKeyedServices(RoleNames.Notifier)] LoopHealth health,
    TimeProvider time,
    ILogger<HeartbeatWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    private readonly NotifierOptions _options = options.Value;
    private readonly IReadOnlyList<HeartbeatTarget> _targets = HeartbeatTarget.Of(options.Value, []);
    private readonly TimeSpan _maxDelay = TimeSpan.FromSeconds(options.Value.HeartbeatMaxDelaySeconds);
    private readonly TroubleLog _troubles = new(logger, time);
    private ProbeState _state = ProbeState.None;
    private string? _failure;
    private Timestamp _began;

    private TimeSpan Interval => TimeSpan.FromSeconds(_options.HeartbeatIntervalSeconds ?? NotifierOptions.HeartbeatInterval);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_targets.Count == 0 && _options.HeartbeatIntervalSeconds is null) return;
        try
        {
            await start.Completed.WaitAsync(stoppingToken);
            metrics.Began(Interval);
            Log.Began(logger, ElapsedText.Of(Interval), EnglishCount.Of(_targets.Count, "watcher"));
            _began = time.Now();
            await Rounds.Run(TryRound, Look, time, logger, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Whoever watches hears of it where no other notifier goes on.
        }
    }

    private async Task TryRound(CancellationToken stop)
    {
        try
        {
            await Round(stop);
        }
        catch (DbException down)
        {
            _failure = $"the journal fails: {down.Message}";
        }
        catch (KafkaException down)
        {
            _failure = $"no probe can be sent: {down.Error.Words()}";
        }

        Report(time.Now());
        _troubles.Report();
    }

    private async Task Round(CancellationToken stop)
    {
        var round = time.Now();
        if (await store.TryBeginRound(round, Interval, stop))
            await store.SetPartitions(await producer.Send(new Probe(round), stop), stop);

        (_state, var now) = (await store.Read(stop), time.Now());
        if (_state.SucceededAt is { } last) metrics.Succeeded(last);
        if (_state.Whole is not { } whole || whole <= _state.BeatenAt || now - whole > _maxDelay) return;
        if (!await store.TryBeat(whole, stop)) return;
        metrics.CameBack(now - whole);
        _failure = await Beat(stop);
        if (_failure is null) await store.SetSuccess(time.Now(), stop);
    }

    /// <summary>Sends a heartbeat to everybody.</summary>
    /// <returns>Whom it did not reach, and why; null where all took it.</returns>
    private async Task<string?> Beat(CancellationToken stop)
    {
        var failures = (await Task.WhenAll(_targets.Select(target => Beat(target, stop)))).OfType<string>().ToArray();
        return failures.Length == 0 ? null : string.Join("; ", failures);
    }

    private async Task<string?> Beat(HeartbeatTarget target, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(SendLimit);
        using var request = target.Request(time.Now(), 3 * Interval, _options.ExternalUrl);
        string? error;
        try
        {
            (var answer, error) = await channels.Http.Send(request, HttpOptions.Default, limit.Token);
            // The body may repeat the address, which may be a secret.
            if (answer is { IsSuccess: false }) error = answer.Line;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            error = $"no answer within {SendLimit.TotalSeconds:F0} s";
        }

        metrics.Attempted(target.Kind, isTaken: error is null);
        return error is null ? null : $"{target.Name}: {error}";
    }

    // Two rounds may be lost by a partition that changes hands; after that people should know, those who look here included.
    private void Report(Timestamp now)
    {
        var since = Timestamp.Later(_state.SucceededAt ?? Timestamp.Zero, _began);
        string? trouble = null;
        if (now - since > (2 * Interval) + _maxDelay)
        {
            var late = _state.Late(now - Interval - _maxDelay);
            var cause = _failure ?? (late.Length == 0 ? "probes come back too late"
                : $"no probe comes back through partition{(late.Length == 1 ? "" : "s")} {string.Join(", ", late.Take(10))}");
            trouble = $"no heartbeat for {(now - since).TotalSeconds:F0} s: {cause}";
        }

        _troubles.Set("heartbeat", trouble);
        health.SetDegraded(Concern.Heartbeat, trouble);
    }

    private static partial class Log
    {
        [LoggerMessage(2060, LogLevel.Information, "A probe goes out every {Interval}; heartbeats go to {Targets}")]
        public static partial void Began(ILogger logger, string interval, string targets);
    }
}
