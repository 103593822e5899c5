using Confluent.Kafka;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Resilience;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector.Topics;

/// <summary>
/// Reads one source topic, on a thread of its own. One round: (1) gather records, (2) convert each into records of the metrics topic, or a
/// dead letter, (3) send them until Kafka has them all, (4) commit.
/// </summary>
internal sealed partial class TopicReader(
    SourceTopic topic, KafkaOptions kafka, CollectorOptions options, TopicNames topics, IntakeMapping mapping, CollectorMetrics metrics,
    SchemaRegistry registry, LoopHealth health, TroubleLog troubles, TimeProvider time, ILogger logger)
{
    private const long MaxBatchBytes = 16 * 1024 * 1024;
    private const long MaxPendingBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastRound = TimeSpan.FromSeconds(6);

    private readonly IntakeLane _lane = new();
    private readonly BackOff _backOff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));
    private readonly FormatLimits _limits = options.LimitsOfTopics();

    private FormatDecision? _formats;

    // Those of a session that broke. The mapping has seen their points: when their records are read again it takes them for duplicates.
    private Deliveries? _unsent;

    /// <summary>Reads until it is asked to stop.</summary>
    public void Run(CancellationToken stop)
    {
        _lane.Formats.Schemas = registry.ForReader();
        _formats = new(topic, _lane.Formats, logger);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                RunSession(stop);
            }
            catch (KafkaException failure) when (failure.Error.MayPass())
            {
                OnFailure(failure.Error.Words(), stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // What is not committed is read again.
            }
        }
    }

    private void RunSession(CancellationToken stop)
    {
        using var session = new TopicSession(
            topic, kafka, options.GroupId, topics, health, partitions => mapping.Qualities.Assign(topic.Name, partitions), time, logger);
        using var giveUp = new CancellationTokenSource();
        using var registration = stop.Register(() => giveUp.CancelAfter(LastRound));
        _unsent?.MoveTo(session.Membership.Deliveries);
        // It sends no more: only its records are kept.
        _unsent = session.Membership.Deliveries;
        while (!stop.IsCancellationRequested)
        {
            // :: (1) Gather.
            session.Membership.Gather(options.BatchSize, MaxBatchBytes, IdleWait, TimeSpan.FromMilliseconds(options.BatchWaitMs), stop);
            session.Membership.ThrowIfBroken();
            session.PassBy(troubles);
            health.Heartbeat();

            // :: (2) Convert.
            while (session.Membership.TryTake(out var record))
            {
                Convert(session, record);
                session.MarkDone(record.Partition, record.Offset);
                if (session.Membership.Deliveries.Bytes < MaxPendingBytes) continue;
                // Packed records may become many times their size: what is ready goes first.
                Pass(session, stop, giveUp.Token);
                health.Heartbeat();
            }

            Pass(session, stop, giveUp.Token);
        }
    }

    private void Pass(TopicSession session, CancellationToken stop, CancellationToken giveUp)
    {
        // :: (3) Send.
        Send(session, stop, giveUp);

        // :: (4) Commit.
        session.Commit();
        session.Membership.Deliveries.Clear();
    }

    private void Convert(TopicSession session, in LogRecord record)
    {
        if (TryRefusal(record) is { } refusal)
        {
            troubles.Count($"records of {topic.Name} dead-lettered", refusal.Reason, example: $"{record.Name}: {refusal.Detail}");
            session.Membership.Deliveries.Add(new TopicPartition(topics.DeadLetters, Partition.Any), DeadLetter.Of(record.ToResult(),
                refusal.Reason, refusal.Detail, "VALUE_CONVERTER", RoleNames.ProgramOf(RoleNames.Collector), time.GetUtcNow()));
            return;
        }

        var to = new TopicPartition(topics.Metrics, Partition.Any);
        foreach (var message in _lane.Records) session.Membership.Deliveries.Add(to, message);
    }

    // A record that fails inside the program is a dead letter like one that can't be read: it must not hold up its partition.
    private (string Reason, string Detail)? TryRefusal(in LogRecord record)
    {
        try
        {
            return Refusal(record);
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            Log.Defect(logger, defect, record.Name);
            _lane.Begin();
            return ("defect", $"{defect.GetType().Name}: {defect.Message}");
        }
    }

    private (string Reason, string Detail)? Refusal(in LogRecord record)
    {
        var payload = _lane.Unpack(record.Value, FormatDecision.EncodingOf(record), _limits, out var packed);
        if (packed != RefusalReason.None) return (Refusals.NameOf(packed), "the value can't be decompressed");
        var choice = _formats!.Of(record, payload);
        if (choice.Format is null)
            return (Refusals.NameOf(payload.IsEmpty ? RefusalReason.Empty : RefusalReason.UnknownFormat), choice.Reason);

        var outcome = _lane.Read(choice.Format, payload, _limits);
        if (outcome != FormatOutcome.Refused)
        {
            if (!_lane.MayBecomeRecords(long.MaxValue, out _)) return (Refusals.NameOf(RefusalReason.TooLarge), _lane.TooMuch!);
            var from = new SourceContext(topic.Name, SourceLabels.None, record.Partition);
            mapping.Map(_lane, from, "", record.UnixMilliseconds * 1_000_000);
            _lane.Write(null);
            if (_lane.TooMuch is { } tooMuch) return (Refusals.NameOf(RefusalReason.TooLarge), tooMuch);
        }

        var rejected = Refusals.Count(_lane);
        var words = Refusals.Words(_lane, 0);
        metrics.Took(topic.Name, _lane, new(outcome == FormatOutcome.Refused ? IntakeOutcome.Refused : IntakeOutcome.Written, 0, rejected,
            words));
        if (outcome == FormatOutcome.Refused) return (Refusals.NameOf(Refusals.ReasonOf(_lane.Points)), words ?? "nothing could be read");
        troubles.Count($"points of {topic.Name} not taken", "see_example", rejected, words);
        return null;
    }

    // The mapping has seen these points: they are sent from here until Kafka has them, and not read again.
    private void Send(TopicSession session, CancellationToken stop, CancellationToken giveUp)
    {
        while (session.Membership.Send((to, reason) => troubles.Count($"records refused by {to}", "refused_by_broker", example: reason),
            giveUp) is { } failure)
        {
            if (failure.IsFatal) throw new KafkaException(failure.Error);
            OnFailure($"{failure.Topic} does not take records: {failure.Error.Words()}", stop);
            stop.ThrowIfCancellationRequested();
            session.Membership.Poll(TimeSpan.Zero);
        }

        _backOff.Reset();
        health.ClearProblem(Concern.Round);
        troubles.Set(topic.Name, null);
    }

    private void OnFailure(string reason, CancellationToken stop)
    {
        health.ReportProblem(Concern.Round, reason);
        troubles.Set(topic.Name, $"{topic.Name}: {reason}");
        troubles.Report();
        health.Heartbeat();
        stop.WaitHandle.WaitOne(_backOff.NextDelay());
    }

    private static partial class Log
    {
        [LoggerMessage(5025, LogLevel.Error, "{Record} made the collector fail, and is a dead letter")]
        public static partial void Defect(ILogger logger, Exception defect, string record);
    }
}
