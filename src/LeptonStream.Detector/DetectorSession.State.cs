using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Output;
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
    private readonly List<(int Partition, JournalEntry Entry)> _journal = [];
    private readonly Dictionary<int, long> _snapshotsDue = [];
    private readonly StateProducer _states;
    private SnapshotWrite? _snapshot;

    // The partition whose snapshot was given up because policies were adopted.
    private int? _gaveWay;

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

    private int Homeless => _tasks.Values.Count(task => !task.Book.HasTopic);

    private Guid? AlertsId => _watch.Latest?.GetValueOrDefault(_topics.Alerts)?.Id;

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
        public static partial void Restored(ILogger logger, string partition, int series, long offset, string duration);

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
