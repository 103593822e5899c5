using System.Diagnostics;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detector.Policies;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Output;
using LeptonStream.Resilience;
using LeptonStream.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

/// <summary>
/// One loop of the detector: a member of the consumer group on <c>lepton.metrics</c> that publishes alert events on
/// <c>lepton.alerts</c>.
/// </summary>
/// <remarks>
/// The whole of it is on one thread. One round of it, in <see cref="Round"/>:
/// <code>
///   lepton.metrics ─▶ (1) gather ─▶ (2) judge ─▶ (3) fence ─▶ (4) publish ─▶ lepton.alerts, lepton.deadletters
///                                                                 └──▶ (5) commit ─▶ the group's offsets, (6) adopt
///                                                                      (7) keep ───▶ lepton.state
/// </code>
/// <para>(1) Gather: take what comes, up to a batch. Partitions are assigned and revoked here and nowhere else.</para>
/// <para>(2) Judge: each record goes through its partition's task, which yields alert events or a dead letter.
/// Partitions that are read to their end are ticked, so that their time goes on. A round ends early where it has enough samples, and
/// publishes in between where it has too many bytes.</para>
/// <para>(3) Fence: where the process stood still in any step of the round, or the group has not heard of it, others may own the
/// partitions. Publish nothing, drop the state, join again.</para>
/// <para>(4) Publish: send all of it and wait until the broker has acknowledged every record.</para>
/// <para>(5) Commit: only now the offsets. What a worker has read but not committed when it dies is read again by the next owner.</para>
/// <para>(6) Adopt: where the policies have changed, they change here, when nothing that was judged can be judged again.</para>
/// <para>(7) Keep: now and then the whole state of a partition goes to the state topic, as of one offset. Decisions that no record holds
/// (a clock's, an operator's) go there before their events are published. Whoever takes the partition over begins with the newest snapshot,
/// and replays the records since.</para>
/// <para>
/// A round that fails is never patched up: the session ends with all its state, and a new one begins at the committed offsets.
/// An error after which the client can't go on ends the process.
/// </para>
/// </remarks>
internal sealed partial class DetectorWorker(
    DetectorLoop loop,
    DetectorSessionFactory sessions,
    IOptions<DetectorOptions> options,
    BatchBounds bounds,
    TopicNames topics,
    DetectorMetrics metrics,
    PolicySource policies,
    RoleExit exit,
    TimeProvider time,
    ILogger<DetectorWorker> logger)
{
    // A round under way when the process is asked to stop may still end well within this time.
    private static readonly TimeSpan LastRound = TimeSpan.FromSeconds(4);

    // Between two attempts to publish; the fence ends them.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = loop.Mark(logger);
    private readonly Fence _fence = new(TimeSpan.FromMilliseconds(loop.Kafka.SessionTimeoutMs / 2.0), time);
    private readonly List<AlertEvent> _events = [];
    private readonly BatchTally _tally = new();
    private readonly BatchLimit _limit = new(options.Value.BatchSize);
    private readonly HashSet<string> _defects = [];
    private readonly BackOff _backOff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <summary>Begins to work, until it is asked to stop or can't go on.</summary>
    /// <remarks>The native client blocks its caller, so the loop has a thread of its own.</remarks>
    public Task Start(CancellationToken stop) =>
        Task.Factory.StartNew(() => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stop)
    {
        using var giveUp = new CancellationTokenSource();
        using var registration = stop.Register(() => giveUp.CancelAfter(LastRound));
        try
        {
            while (!stop.IsCancellationRequested)
            {
                RunSession(stop, giveUp.Token);
                stop.WaitHandle.WaitOne(_backOff.Delay);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.GaveUpLastRound(_log, ElapsedText.Of(LastRound));
        }
        catch (Exception failure)
        {
            Log.Failed(_log, failure);
            exit.Fail(loop.Health.Role, failure.Message);
        }
    }

    private void RunSession(CancellationToken stop, CancellationToken giveUp)
    {
        using var session = sessions.Join(loop);
        _fence.Reset();
        try
        {
            while (!stop.IsCancellationRequested) Round(session, stop, giveUp);
            session.KeepAllState(giveUp);
        }
        catch (SessionLostException lost)
        {
            if (lost.IsFenced) _limit.Halve();
            DropSession(lost.Reason, lost.Message);
        }
        catch (KafkaException failure) when (failure.Error.MayPass())
        {
            DropSession("client_error", failure.Error.Words());
        }
    }

    private void Round(DetectorSession session, CancellationToken stop, CancellationToken giveUp)
    {
        // :: (1) Gather.
        _fence.Pass();
        var began = time.GetTimestamp();
        session.Gather(_limit.Records, stop);
        session.ThrowIfBroken();
        _fence.Check();
        session.WatchTopics();
        session.TakeOver();
        session.HearVerdicts();
        if (session.Gathered > 0) Failpoints.Pass(Failpoint.AfterGather);
        loop.Health.Heartbeat();
        using var span = session.Gathered == 0 ? null : StartSpan(session.Gathered);

        // :: (2) Judge, and publish already as often as there is too much to hold.
        Judge(session, giveUp);
        if (_tally.Records > 0 || session.Deliveries.Count > 0)
        {
            // :: (3) Fence and (4) publish, which may have to be tried again as long as the fence allows.
            Publish(session, giveUp);
            session.MarkPublished();
            Failpoints.Pass(Failpoint.AfterAcks);
            Account(time.GetElapsedTime(began));
        }

        // :: (5) Commit.
        session.Commit(giveUp);
        _fence.Pass();

        // :: (6) Adopt.
        Adopt(session, giveUp);
        _fence.Pass();

        // :: (7) Keep.
        session.KeepState();
        span?.SetTag("leptonstream.events", _tally.Events).SetStatus(ActivityStatusCode.Ok);
        session.Measure();
        loop.Troubles.Report();
    }

    // One span a batch, in OpenTelemetry's words for messaging; nothing where nobody listens. One that ends without a status has failed.
    private Activity? StartSpan(int records)
    {
        var span = LeptonTelemetry.Spans.StartActivity($"process {topics.Metrics}", ActivityKind.Consumer);
        return span?
            .SetTag("messaging.system", "kafka")
            .SetTag("messaging.operation.name", "process")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.destination.name", topics.Metrics)
            .SetTag("messaging.batch.message_count", records);
    }

    private void Add(DetectorSession session, AlertEvent alert, CancellationToken giveUp)
    {
        session.Deliveries.Add(AlertRecord.PlaceOf(alert, topics), AlertRecord.Of(alert));
        _tally.Add(alert.Type);
        PublishIfMuch(session, giveUp);
    }

    private void PublishIfMuch(DetectorSession session, CancellationToken giveUp)
    {
        if (session.Deliveries.Bytes < bounds.PublishBytes) return;
        Publish(session, giveUp);
        session.Deliveries.Clear();
        session.KeepAlive();
        session.ThrowIfBroken();
        _fence.Pass();
        loop.Health.Heartbeat();
    }

    // Uncommitted records are judged again by the next owner of their partition: by the policies of the first time.
    private void Adopt(DetectorSession session, CancellationToken giveUp)
    {
        if (session.IsSettled)
        {
            policies.Refresh();
            session.Adopt(policies.Current);
            PublishJournal(session, giveUp);
        }

        loop.Health.SetRefusal(loop.Troubles, "policies", policies.Refusal);
    }

    private void Publish(DetectorSession session, CancellationToken giveUp)
    {
        for (var attempt = 1; ; attempt++)
        {
            _fence.Check();
            session.ThrowIfLost();
            var began = time.GetTimestamp();
            if (session.Send(OnRefused, giveUp) is not { } failure)
            {
                // The attempts together may take longer than the fence allows; one alone ends well before.
                _fence.Pass(began);
                return;
            }

            session.ThrowIfBroken();
            if (failure.IsFatal) throw new KafkaException(failure.Error);
            // Another session reads which of the events are there, and publishes the others.
            if (failure.MayBeKept && failure.Topic == topics.Alerts && session.KeepsState) throw SessionLostException.Uncertain(failure);
            // The second attempt also tells a refused record from a client that can take none any more.
            if (!failure.IsTransient && attempt > 1) throw SessionLostException.Refused(failure);
            Log.PublishingAgain(_log, failure.Topic, failure.Error.Reason, attempt);
            giveUp.WaitHandle.WaitOne(BackOff.After(attempt, FirstPause, LongestPause));
        }
    }

    // The events after an entry may be published only when another owner can find the entry.
    private void PublishJournal(DetectorSession session, CancellationToken giveUp)
    {
        if (!session.TakeJournal()) return;
        Publish(session, giveUp);
        session.Deliveries.Clear();
        Failpoints.Pass(Failpoint.AfterJournal);
    }

    private void OnRefused(string topic, string reason)
    {
        metrics.RefusedByBroker(isAlert: topic == topics.Alerts);
        loop.Troubles.Count($"records refused by {topic}", DeadLetter.RefusedByBroker, example: reason);
    }

    private void Account(TimeSpan duration)
    {
        _backOff.Reset();
        _limit.Grow();
        loop.Health.ClearProblem(Concern.Round);
        _tally.Count(metrics);
        metrics.BatchDone(duration);
    }

    private void DropSession(string reason, string message)
    {
        var pause = _backOff.NextDelay();
        loop.Health.ReportProblem(Concern.Round, message);
        metrics.SessionLost(reason);
        Log.SessionDropped(_log, message, ElapsedText.Of(pause));
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Warning, "{Topic} did not acknowledge ({Reason}): sending again, attempt {Attempt}")]
        public static partial void PublishingAgain(ILogger logger, string topic, string reason, int attempt);

        [LoggerMessage(1001, LogLevel.Error, "Dropped all partition state without committing: {Message}. Rejoining the group in {Pause}")]
        public static partial void SessionDropped(ILogger logger, string message, string pause);

        [LoggerMessage(1002, LogLevel.Warning,
            "Stopped in the middle of a batch after {Limit}; its records are not committed and will be read again")]
        public static partial void GaveUpLastRound(ILogger logger, string limit);

        [LoggerMessage(1004, LogLevel.Error, "Judging {Record} failed inside the detector (fingerprint {Fingerprint}); the record is "
            + "dead-lettered and its entities begin again")]
        public static partial void Defect(ILogger logger, Exception failure, string record, string fingerprint);

        [LoggerMessage(1003, LogLevel.Critical, "Detector stopped by an unrecoverable error")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
