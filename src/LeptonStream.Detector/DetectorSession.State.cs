using System.Globalization;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector;

/// <content>The state that outlives this owner: taking it over, the journal, and snapshots.</content>
internal sealed partial class DetectorSession
{
    // At the end, leaving the group takes its time, too.
    private static readonly TimeSpan LastSnapshots = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    // The description of the layout, for the headers.
    private readonly byte[] _layout;

    // By partition number, as the tasks: a partition is in one of them.
    private readonly Dictionary<int, PartitionRestore> _restores = [];

    // Tasks that begin empty and read nothing before a first snapshot says where: else an owner that dies at once leaves nothing to replay.
    private readonly HashSet<int> _founding = [];

    // Tasks that wait for the client's first word: of a record, or of the log's end.
    private readonly HashSet<int> _unconfirmed = [];
    private readonly List<(int Partition, JournalEntry Entry)> _journal = [];
    private readonly Dictionary<int, long> _snapshotsDue = [];
    private readonly StateProducer _states;
    private SnapshotWrite? _snapshot;

    // The partition whose snapshot was given up because policies were adopted.
    private int? _gaveWay;

    // Events and dead letters of gaps, until the batch at hand takes them.
    private readonly List<(PartitionTask Task, AlertEvent Event)> _told = [];
    private readonly List<Message<byte[]?, byte[]?>> _lost = [];

    // Partitions whose next offset is gone, the client's words, and the topics as they were known then: they begin again when the records
    // before are judged and committed.
    private readonly Dictionary<int, (string Reason, IReadOnlyDictionary<string, TopicFacts>? Topics)> _gone = [];

    /// <summary>Gives the partitions whose state is found now to their tasks. To be called in every round.</summary>
    public void TakeOver()
    {
        foreach (var (partition, restore) in _restores.ToList())
        {
            if (!restore.IsDone) continue;
            _restores.Remove(partition);
            TakeOver(restore.Subject, restore.Outcome, _time.GetElapsedTime(restore.Began));
            restore.Dispose();
        }

        ReportRestores();
    }

    /// <summary>
    /// Tells of gaps: in the state of partitions that were taken over, and of batches that can't be decoded, behind which reading goes on.
    /// </summary>
    /// <param name="events">Takes the events of those that are still this member's.</param>
    public void TellGaps(List<AlertEvent> events)
    {
        PassBy();
        events.AddRange(_told.Where(told => Owns(told.Task)).Select(told => told.Event));
        foreach (var letter in _lost) Deliveries.Add(new TopicPartition(_topics.DeadLetters, Partition.Any), letter);
        _told.Clear();
        _lost.Clear();
    }

    /// <summary>Ends the replays that have come to their end.</summary>
    /// <param name="events">Takes the events of clocks that were not published yet.</param>
    public void EndReplays(List<AlertEvent> events)
    {
        foreach (var task in _tasks.Values.Where(task => task.IsReplaying))
        {
            // Each by itself: under load records of some partition always wait.
            if (task.EndReplay(_membership.Holds(task.Partition), events) is not { } replay) continue;
            _metrics.ReplayDiffers(replay.Missing, replay.Differing);
            if (replay.Missing + replay.Differing > 0)
                Log.ReplayDiffers(_logger, task.Partition.Name(), replay.Missing, replay.Differing);
        }
    }

    /// <summary>Says it to all tasks where the topic has more partitions than they know of.</summary>
    /// <param name="events">Takes the events.</param>
    public void CountPartitions(List<AlertEvent> events)
    {
        if (_known.Metrics is not { } known) return;
        foreach (var task in _tasks.Values)
            if (!task.IsReplaying && task.OnPartitions(known.Partitions, events) is { } entry) Note(task, entry);
    }

    /// <summary>Whether the next session finds the state of all partitions.</summary>
    public bool KeepsState => Homeless == 0;

    /// <summary>Moves the journal's new entries to <see cref="Deliveries"/>; false where there are none.</summary>
    public bool TakeJournal()
    {
        foreach (var (partition, entry) in _journal)
            Deliveries.Add(new(_topics.State, partition), new() { Key = StateKeys.Bytes(entry.Key), Value = entry.Write() });
        var any = _journal.Count > 0;
        _journal.Clear();
        return any;
    }

    /// <summary>
    /// Goes on with the snapshot that is being written, or begins the next that is due. To be called at the end of a round.
    /// </summary>
    public void KeepState()
    {
        var homeless = Homeless;
        var words = homeless == 0 ? null
            : $"{_topics.State} has no place for {homeless} partitions, so a restart forgets what is known of them: 'lepton topics create' "
                + "makes it";
        _troubles.Set("state", words);
        _health.SetDegraded(Concern.State, words);
        BeginAgainWhereGone();
        // The next owner may have written a newer one.
        if (!_membership.IsLost) Advance();
    }

    /// <summary>Writes what is not in the state topic yet, for a limited time: the worker leaves.</summary>
    public void KeepAllState(CancellationToken giveUp)
    {
        var began = _time.GetTimestamp();
        while (_time.GetElapsedTime(began) < LastSnapshots && !giveUp.IsCancellationRequested)
        {
            // Also of a partition whose snapshot was on its way when the last records came.
            _snapshotsDue.Clear();
            if (!Advance()) return;
            if (_snapshot is { IsWaiting: true }) giveUp.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5));
        }
    }

    private void Restore(TopicPartitionOffset committed) =>
        Restore(committed.TopicPartition, committed.Offset.Value >= 0 ? committed.Offset.Value : null, null);

    private void Restore(TopicPartition partition, long? committed, StateLoss? loss)
    {
        var subject = new RestoreSubject(partition, committed, TopicId, AlertsId, _time.GetUtcNow(), loss);
        _restores.Add(partition.Partition.Value,
            new(subject, _kafka, _topics, _policy, _policies, _logger) { Began = _time.GetTimestamp() });
        ReportRestores();
    }

    // What is known belongs to a past that has a gap now: as if another owner took the partition over, and found no snapshot.
    private void BeginAgain(TopicPartition partition, long? next, StateLoss loss)
    {
        foreach (var task in Remove([partition])) task.Close();
        // At the end of the log nothing is fetched that would be dropped.
        _membership.Seek(partition, Offset.End);
        Restore(partition, next, loss);
    }

    private void BeginAgainWhereGone()
    {
        foreach (var (partition, (reason, topics)) in _gone.ToList())
        {
            var task = _tasks[partition];
            if (task.ToCommit is not null || _membership.Holds(task.Partition)) continue;
            try
            {
                var end = Consumer.QueryWatermarkOffsets(task.Partition, AnswerLimit).High.Value;
                // The log of the same topic has lost its end.
                if (task.Next <= end || task.IsReplaying || task.TopicId is not { } id || id != TopicId)
                    BeginAgain(task.Partition, task.Next, new(StateGapCause.RecordsGone, reason));
                // Of a topic that was created again the watch has not heard yet, perhaps.
                else if (!ReferenceEquals(_watch.Latest, topics)) GoBackTo(task, end);
            }
            catch (KafkaException unanswered) when (!unanswered.Error.EndsClient())
            {
                // The next round asks again.
            }
        }
    }

    private void GoBackTo(PartitionTask task, long end)
    {
        var gap = new StateGap(StateGapCause.LogCut, end, end, Samples.Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
            $"offset {task.Next} was reached, and the log ends at {end}");
        _gone.Remove(task.Partition.Partition.Value);
        SayCut(task, gap, []);
        task.GoBackTo(end);
        Read(task.Partition, end);
    }

    private void SayCut(PartitionTask task, StateGap gap, IReadOnlyCollection<AlertEvent> open)
    {
        Log.LogCut(_logger, task.Partition.Name(), gap.Detail);
        _metrics.StateGap();
        Tell(task, gap, open);
        SetDue(task.Partition.Partition.Value, TimeSpan.Zero);
    }

    private void PassBy()
    {
        while (_membership.TryPassBy(out var partition, out var range))
        {
            if (!_tasks.TryGetValue(partition.Partition.Value, out var task)) continue;
            var isKnown = task.IsKnown(range.From);
            var detail = $"the records from offset {range.From} to before {range.To} can't be decoded";
            task.PassBy(range.To);
            var now = Samples.Timestamp.FromDateTimeOffset(_time.GetUtcNow());
            Tell(task, new(StateGapCause.Undecodable, range.From, range.To, now, detail), []);
            _metrics.Undecodable(range.To - range.From);
            Log.PassedBy(_logger, partition.Name(), range.From, range.To);
            _troubles.Count("records that can't be decoded", DeadLetter.Undecodable, range.To - range.From,
                new TopicPartitionOffset(partition, range.From).Name());
            if (!isKnown) Lose(partition, range, DeadLetter.Undecodable, detail);
        }
    }

    private void Tell(PartitionTask task, StateGap gap, IReadOnlyCollection<AlertEvent> open) =>
        Collect(task, events => task.Tell(gap, open, events));

    private void Lose(TopicPartition partition, OffsetRange range, string reason, string detail) =>
        _lost.Add(DeadLetter.OfLost(partition, range, reason, detail, RoleNames.ProgramOf(_health.Role)));

    private void Collect(PartitionTask task, Action<List<AlertEvent>> make)
    {
        var events = new List<AlertEvent>();
        make(events);
        _told.AddRange(events.Select(made => (task, made)));
    }

    private int Homeless => _tasks.Values.Count(task => !task.Book.HasTopic);

    private Guid? AlertsId => _watch.Latest?.GetValueOrDefault(_topics.Alerts)?.Id;

    private void ReportRestores()
    {
        if (_restores.Count == 0) _health.ClearProblem(Concern.Restore);
        else _health.ReportProblem(Concern.Restore, RoleProblem.Of(ProblemCode.Restoring,
            ("count", _restores.Count.ToString(CultureInfo.InvariantCulture))));
    }

    private void TakeOver(RestoreSubject subject, RestoreOutcome found, TimeSpan duration)
    {
        var task = new PartitionTask(subject.Partition, _policy, _policies, _known.Beginnings, subject.TopicId ?? TopicId)
        {
            LookedAt = _watched,
        };
        var start = task.Begin(found, subject.Committed);
        var partition = subject.Partition.Partition.Value;
        _tasks.Add(partition, task);
        if (found is { State: null, HasTopic: true })
        {
            _founding.Add(partition);
            _snapshotsDue[partition] = long.MinValue;
        }
        else
        {
            Read(subject.Partition, start);
            // Not all partitions at once.
            SetDue(partition, Random.Shared.NextDouble() * Interval);
        }

        if (found is { Gap: { } cut, State: not null }) SayCut(task, cut, found.Open);
        if (found is { Gap: { } gap, State: null })
        {
            if (subject.Committed is { } wanted && gap.Cause == StateGapCause.RecordsGone)
                Log.StateGap(_logger, wanted, subject.Partition.Name(), found.Start, gap.Detail);
            else Log.BeginsEmpty(_logger, subject.Partition.Name(), gap.Detail, task.Next);
            _metrics.StateGap();
            Tell(task, gap, found.Open);
            if (gap.To > gap.From) Lose(subject.Partition, new(gap.From, gap.To), DeadLetter.RecordsGone, gap.Detail);
        }
        else if (found.State is { } state)
        {
            _metrics.Restored(duration);
            Log.Restored(_logger, subject.Partition.Name(), task.SeriesCount, state.Header.Next, duration);
            if (state.Changes is { } changes)
            {
                _metrics.Migrated();
                Log.Migrated(_logger, subject.Partition.Name(), changes);
            }

            if (subject.Committed < state.Header.Next)
                Log.CommittedBefore(_logger, subject.Partition.Name(), subject.Committed.Value, state.Header.Next, _topics.State);
        }
        else
        {
            Log.Begins(_logger, subject.Partition.Name(), start.Value);
        }
    }

    private void Note(PartitionTask task, JournalEntry entry)
    {
        if (task.Book.HasTopic) _journal.Add((task.Partition.Partition.Value, entry));
    }

    private TimeSpan Interval => TimeSpan.FromSeconds(_options.SnapshotSeconds);

    // The one that waits longest.
    private PartitionTask? Due()
    {
        var now = _time.GetTimestamp();
        return _tasks.Values
            .Where(task => task.Book.HasTopic && task.ToCommit is null && task.Book.HasNews(task.Next)
                && _snapshotsDue.GetValueOrDefault(task.Partition.Partition.Value) <= now)
            .MinBy(task => _snapshotsDue.GetValueOrDefault(task.Partition.Partition.Value));
    }

    private SnapshotWrite? Cut(PartitionTask task)
    {
        var partition = task.Partition.Partition.Value;
        SetDue(partition, _founding.Contains(partition) ? TimeSpan.Zero : Again);
        try
        {
            // All that was published, and all of the journal, is acknowledged: it lies below these ends.
            var header = new SnapshotHeader
            {
                Number = task.Book.NextNumber,
                Instance = _instance,
                MetricsId = task.TopicId,
                AlertsId = AlertsId,
                Partition = partition,
                Next = task.Next!.Value,
                AlertsFrom = Consumer.QueryWatermarkOffsets(new(_topics.Alerts, partition), AnswerLimit).High.Value,
                JournalFrom = Consumer.QueryWatermarkOffsets(new(_topics.State, partition), AnswerLimit).High.Value,
                Sequence = task.Book.Sequence,
                Layout = StateLayout.FingerprintOf(_policy),
                Description = _layout,
                Policies = task.Policies.Yaml,
                Verdicts = task.Policies.Verdicts.Verdicts is { Count: > 0 } verdicts ? verdicts : null,
                FeedbackNext = task.FeedbackNext,
                FeedbackId = task.FeedbackId,
                Fingerprint = task.Policies.Set.Fingerprint,
                Chunks = [],
            };
            var began = _time.GetTimestamp();
            var chunks = new ChunkWriter();
            header = task.BeginSave(header, chunks, out var cut);
            _metrics.SnapshotPause(_time.GetElapsedTime(began));
            return new(header, cut, chunks, _states, TimeSpan.FromMilliseconds(_options.SnapshotSliceMs), _time)
            {
                IsSecond = _gaveWay == partition,
            };
        }
        catch (KafkaException unanswered) when (!unanswered.Error.EndsClient())
        {
            return null;
        }
    }

    // False where there is nothing to write now.
    private bool Advance()
    {
        if (_snapshot is null)
        {
            foreach (var task in _tasks.Values)
                if (task.ToCommit is null && !_membership.Holds(task.Partition)) task.PassToEnd();
            if (Due() is { } due) _snapshot = Cut(due);
        }

        if (_snapshot is not { } snapshot) return false;
        var began = _time.GetTimestamp();
        snapshot.Advance();
        _metrics.SnapshotPause(_time.GetElapsedTime(began));
        if (snapshot.IsGivenUp)
        {
            (_snapshot, _gaveWay) = (null, snapshot.Partition);
            SetDue(snapshot.Partition, TimeSpan.Zero);
        }
        else if (snapshot.Failure is { } failure)
        {
            (_snapshot, _gaveWay) = (null, null);
            _metrics.SnapshotFailed();
            _troubles.Count("snapshots not written", failure.Code.ToString(), example: failure.Reason);
            SetDue(snapshot.Partition, Again);
            EndFounding(snapshot.Partition);
        }
        else if (snapshot.IsWritten)
        {
            (_snapshot, _gaveWay) = (null, null);
            _metrics.SnapshotWritten(snapshot.Bytes);
            _tasks[snapshot.Partition].Book.MarkWritten(snapshot.Number, snapshot.Next, snapshot.Sequence);
            SetDue(snapshot.Partition, Interval);
            EndFounding(snapshot.Partition);
        }

        return true;
    }

    // Whoever adopts something every few seconds must not keep a large partition from ever having a snapshot.
    private int? Undisturbed => _snapshot is { IsSecond: true, IsMade: false } snapshot ? snapshot.Partition : null;

    private void EndFounding(int partition)
    {
        if (_founding.Remove(partition)) Read(_tasks[partition].Partition, _tasks[partition].Next!.Value);
    }

    private void Read(TopicPartition partition, Offset from)
    {
        _unconfirmed.Add(partition.Partition.Value);
        _membership.Seek(partition, from);
    }

    private bool IsBusyWithState => _restores.Count + _founding.Count > 0 || _snapshot is not null;

    private void SetDue(int partition, TimeSpan wait) =>
        _snapshotsDue[partition] = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);

    private static partial class Log
    {
        [LoggerMessage(1053, LogLevel.Error,
            "Offset {Wanted} of {Partition} no longer exists; resuming at {Earliest} with empty state ({Reason})")]
        public static partial void StateGap(ILogger logger, long wanted, string partition, long earliest, string reason);

        [LoggerMessage(1066, LogLevel.Error,
            "{Partition}: the records from offset {From} to before {To} can't be decoded and are skipped; a dead letter names them")]
        public static partial void PassedBy(ILogger logger, string partition, long from, long to);

        [LoggerMessage(1070, LogLevel.Error,
            "{Partition}: the log has lost its end, {Detail}; its state is kept, and reading goes on there")]
        public static partial void LogCut(ILogger logger, string partition, string detail);

        [LoggerMessage(1061, LogLevel.Information,
            "{Partition}: restored {Series} series as of offset {Offset} in {Duration}, going on from there")]
        public static partial void Restored(ILogger logger, string partition, int series, long offset, TimeSpan duration);

        [LoggerMessage(1067, LogLevel.Information,
            "{Partition}: its snapshot is of another version and was brought to this one ({Changes})")]
        public static partial void Migrated(ILogger logger, string partition, string changes);

        [LoggerMessage(1062, LogLevel.Error, "{Partition}: begins with empty state at {Offset}: {Reason}")]
        public static partial void BeginsEmpty(ILogger logger, string partition, string reason, long? offset);

        [LoggerMessage(1063, LogLevel.Information, "{Partition}: begins at offset {Offset}, nothing is known yet")]
        public static partial void Begins(ILogger logger, string partition, long offset);

        [LoggerMessage(1064, LogLevel.Error, "{Partition}: replaying its records did not make {Missing} published events again, and "
            + "{Different} with another content; the program or its settings changed in a way that snapshots do not know")]
        public static partial void ReplayDiffers(ILogger logger, string partition, int missing, int different);

        [LoggerMessage(1065, LogLevel.Warning, "{Partition}: offset {Committed} is committed but its state is of {Offset}, which holds; to "
            + "judge records again, delete the records of {Topic} while no detector runs")]
        public static partial void CommittedBefore(ILogger logger, string partition, long committed, long offset, string topic);
    }
}
