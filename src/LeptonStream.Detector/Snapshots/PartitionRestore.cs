using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detector.Policies;
using LeptonStream.Kafka;
using LeptonStream.State;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The search for the state of one partition, on a thread of its own, so that the worker stays a member of its group meanwhile:
/// the newest whole snapshot, then the journal behind it, then the events that were published since. Disposing of it ends the search.
/// </summary>
internal sealed partial class PartitionRestore : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // So many partitions are restored at a time: each holds chunks in memory.
    private static readonly SemaphoreSlim Slots = new(Math.Max(2, Environment.ProcessorCount));

    // Of some thousand alerts, with their charts.
    private const long MaxAlertBytes = 32 << 20;

    // The header is near the log's end; where many chunks of the next snapshot follow it, farther back.
    private const long FirstReach = 64;

    private readonly CancellationTokenSource _abort = new();
    private readonly RestoreSubject _subject;
    private readonly KafkaOptions _kafka;
    private readonly TopicNames _topics;
    private readonly DetectionPolicy _policy;
    private readonly PoliciesInForce _policies;
    private readonly ILogger _logger;
    private readonly Task<RestoreOutcome> _work;

    public PartitionRestore(RestoreSubject subject, KafkaOptions kafka, TopicNames topics, DetectionPolicy policy,
        PoliciesInForce policies, ILogger logger)
    {
        _subject = subject;
        _kafka = kafka;
        _topics = topics;
        _policy = policy;
        _policies = policies;
        _logger = logger;
        _work = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What is searched for.</summary>
    public RestoreSubject Subject => _subject;

    /// <summary>When it began, by the worker's clock.</summary>
    public required long Began { get; init; }

    /// <summary>Whether the search has ended.</summary>
    public bool IsDone => _work.IsCompleted;

    /// <summary>What was found, once it has ended.</summary>
    public RestoreOutcome Outcome => _work.GetAwaiter().GetResult();

    public void Dispose()
    {
        _abort.Cancel();
        // Whoever reads notices within a fraction of a second.
        BoundedClose.After(_work);
    }

    private TopicPartition Of(string topic) => new(topic, _subject.Partition.Partition);

    private RestoreOutcome Run()
    {
        while (true)
        {
            // One that waits for a broker leaves its place to the others.
            Slots.Wait(_abort.Token);
            try
            {
                using var log = new LogReader(_kafka, _logger);
                return Search(log);
            }
            catch (KafkaException failure) when (!failure.Error.EndsClient())
            {
                Log.Again(_logger, _subject.Partition.Name(), failure.Error.Words());
            }
            finally
            {
                Slots.Release();
            }

            if (_abort.Token.WaitHandle.WaitOne(Pause)) throw new OperationCanceledException(_abort.Token);
        }
    }

    private RestoreOutcome Search(LogReader log)
    {
        var input = log.Ends(_subject.Partition);
        var place = StatePlace(log);
        var found = new FoundHeaders();
        var loss = _subject.Loss;
        foreach (var header in place is { } all ? Headers(log, all, found) : [])
        {
            // Of those that may not be used the number counts.
            if (_subject.Loss is not null) break;
            try
            {
                return LoadAt(log, header, input, place!.Value) with { LastNumber = found.Newest };
            }
            catch (Exception unusable) when (unusable is not (KafkaException or OperationCanceledException or OutOfMemoryException))
            {
                // Whatever is wrong with it: the partition must be read on.
                var reason = $"the snapshot of offset {header.Next} can't be used: {unusable.Message}";
                Log.Unusable(_logger, unusable is SnapshotCorruptException ? null : unusable, _subject.Partition.Name(), reason);
                loss ??= new(CauseOf(header, input), reason);
            }
        }

        loss ??= found.Refused is { } refused ? new(StateGapCause.SnapshotUnusable, refused)
            : _subject.Committed is { } committed ? new(StateGapCause.NoSnapshot, place is null
                ? $"offset {committed} is committed, and {_topics.State} has no place for a snapshot"
                : $"offset {committed} is committed, and there is no snapshot")
            : null;
        return BeginEmpty(log, loss, input) with { HasTopic = place is not null, LastNumber = found.Newest };
    }

    // Null where there is none.
    private (long Low, long High)? StatePlace(LogReader log)
    {
        try
        {
            return log.Ends(Of(_topics.State));
        }
        catch (KafkaException missing) when (missing.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition
            or ErrorCode.Local_UnknownTopic)
        {
            // Taken for missing, a topic that is there would cost all that is known.
            if (log.Exists(Of(_topics.State), _abort.Token)) throw;
            return null;
        }
    }

    private StateGapCause CauseOf(SnapshotHeader header, (long Low, long High) input) =>
        _subject.TopicId is { } id && header.MetricsId is { } other && id != other ? StateGapCause.TopicReplaced
            : header.Next < input.Low ? StateGapCause.RecordsGone
            : StateGapCause.SnapshotUnusable;

    private RestoreOutcome BeginEmpty(LogReader log, StateLoss? loss, (long Low, long High) input)
    {
        // Offsets of a topic that is no more mean nothing.
        var wanted = loss?.Cause == StateGapCause.TopicReplaced ? null : _subject.Committed;
        var start = wanted is { } offset && offset >= input.Low && offset <= input.High ? offset : input.Low;
        if (loss is null) return new(null, null, [], HasTopic: true, start);
        var isGone = wanted < input.Low;
        var from = isGone ? wanted!.Value : start;
        var alerts = OpenAlerts(log);
        if (alerts.LeftOut > 0) Log.StayOpen(_logger, _subject.Partition.Name(), alerts.LeftOut);
        var gap = new StateGap(
            isGone ? StateGapCause.RecordsGone : loss.Cause, from, Math.Max(from, start), TimeNear(log, start, input), loss.Detail);
        return new(null, gap, alerts.Open(_subject.Partition.Topic, _subject.Partition.Partition.Value), HasTopic: true, start);
    }

    private PublishedAlerts OpenAlerts(LogReader log)
    {
        var alerts = new PublishedAlerts(MaxAlertBytes);
        var place = Of(_topics.Alerts);
        var ends = log.Ends(place);
        foreach (var record in log.Read(place, ends.Low, ends.High, _abort.Token)) alerts.Take(record.Message.Value);
        return alerts;
    }

    // Of the record where reading goes on, or the last before; so it is the same whenever somebody looks.
    private Samples.Timestamp TimeNear(LogReader log, long start, (long Low, long High) input)
    {
        var from = Math.Max(input.Low, Math.Min(start, input.High - 1));
        foreach (var record in log.Read(_subject.Partition, from, input.High, _abort.Token))
            return Samples.Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs);
        return Samples.Timestamp.FromDateTimeOffset(_subject.Now);
    }

    // The newest first; what lies farther back is read only when another is asked for, since the newest is of no use.
    private IEnumerable<SnapshotHeader> Headers(LogReader log, (long Low, long High) ends, FoundHeaders found)
    {
        foreach (var part in Backwards(ends))
        {
            // By number and offset: of two with the same number, one is from an owner that did not know that it was none any more.
            var here = new SortedDictionary<(long, long), SnapshotHeader>();
            foreach (var record in log.Read(Of(_topics.State), part.From, part.To, _abort.Token))
            {
                if (!StateKeys.IsHeader(record.Message.Key) || record.Message.Value is not { } value) continue;
                found.Newest = Math.Max(found.Newest, SnapshotHeader.NumberOf(value));
                try
                {
                    var header = SnapshotHeader.Read(value);
                    here[(header.Number, record.Offset.Value)] = header;
                }
                catch (SnapshotCorruptException unusable)
                {
                    found.Refused = $"the snapshot of record {record.Offset.Value} can't be used: {unusable.Message}";
                    Log.Unusable(_logger, null, _subject.Partition.Name(), found.Refused);
                }
            }

            foreach (var header in here.Values.Reverse()) yield return header;
        }
    }

    /// <summary>The parts of a log from its end back to its beginning, each as long as all behind it.</summary>
    internal static IEnumerable<OffsetRange> Backwards((long Low, long High) ends)
    {
        var to = ends.High;
        for (var reach = FirstReach; to > ends.Low; reach *= 2)
        {
            var from = Math.Max(ends.Low, ends.High - reach);
            yield return new(from, to);
            to = from;
        }
    }

    private RestoreOutcome LoadAt(LogReader log, SnapshotHeader found, (long Low, long High) input, (long Low, long High) ends)
    {
        var header = Whole(log, found, ends);
        // Of the same topic, the log has been that long: the cluster lost its end. No snapshot goes beyond what is committed.
        var reached = _subject.Committed ?? 0;
        var isCut = reached > input.High && header.Next <= reached && _subject.TopicId is { } id && header.MetricsId == id;
        if (!isCut) return new(Load(log, header, input, ends, isCut), null, [], HasTopic: true, header.Next);
        var state = Load(log, header with { Next = Math.Min(header.Next, input.High) }, input, ends, isCut);
        var gap = new StateGap(StateGapCause.LogCut, input.High, input.High, new(header.LogTime),
            $"offset {reached} was reached, and the log ends at {input.High}");
        return new(state, gap, OpenedBehind(log, header, input.High), HasTopic: true, state.Header.Next);
    }

    // Alerts that the records which are lost opened after the snapshot: nobody else knows of them.
    private List<AlertEvent> OpenedBehind(LogReader log, SnapshotHeader header, long end)
    {
        var place = Of(_topics.Alerts);
        var ends = log.Ends(place);
        var opened = new HashSet<string>();
        foreach (var record in log.Read(place, Math.Clamp(header.AlertsFrom, ends.Low, ends.High), ends.High, _abort.Token))
            if (AlertEventJson.TryRead(record.Message.Value, out var made, out _) && made is { Type: AlertEventType.Opened }
                && made.SourceOffset >= Math.Max(header.Next, end)) opened.Add(made.AlertId);
        if (opened.Count == 0) return [];
        return OpenAlerts(log).Open(_subject.Partition.Topic, _subject.Partition.Partition.Value)
            .FindAll(alert => opened.Contains(alert.AlertId));
    }

    private static partial class Log
    {
        [LoggerMessage(1102, LogLevel.Error, "{Partition}: {Count} more alerts are open than fit into memory; nobody ends them")]
        public static partial void StayOpen(ILogger logger, string partition, int count);

        [LoggerMessage(1100, LogLevel.Warning, "The state of {Partition} can't be read now and is tried again: {Reason}")]
        public static partial void Again(ILogger logger, string partition, string reason);

        [LoggerMessage(1101, LogLevel.Error, "State of {Partition}: {Reason}")]
        public static partial void Unusable(ILogger logger, Exception? defect, string partition, string reason);
    }

    private sealed class FoundHeaders
    {
        // Why one was refused; null where none was.
        public string? Refused { get; set; }

        // The number of the newest, usable or not; −1 for none.
        public long Newest { get; set; } = -1;
    }
}

/// <summary>The partition whose state is searched for.</summary>
/// <param name="Partition">The input partition.</param>
/// <param name="Committed">The group's offset; null where none was ever committed.</param>
/// <param name="TopicId">The input topic's id; null where it is not known.</param>
/// <param name="AlertsId">The alerts topic's id; null where it is not known.</param>
/// <param name="Now">The wall clock.</param>
/// <param name="Loss">Why no snapshot may be used; null where one may.</param>
internal sealed record RestoreSubject(
    TopicPartition Partition, long? Committed, Guid? TopicId, Guid? AlertsId, DateTimeOffset Now, StateLoss? Loss = null);

/// <summary>Why a partition's state is lost.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Detail">The same in plain words.</param>
internal sealed record StateLoss(StateGapCause Cause, string Detail);
