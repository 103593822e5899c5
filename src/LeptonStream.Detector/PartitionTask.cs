using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector.Policies;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;
using LeptonStream.Samples;

namespace LeptonStream.Detector;

/// <summary>
/// One input partition while this worker owns it: its pipeline, and how far it is read, published and committed.
/// Used by the worker's thread only.
/// <code>
/// Created ─▶ Restoring ─▶ Running ─▶ Suspended ─▶ Closed
///                            ▲ └────── lost ────────▲
/// </code>
/// </summary>
internal sealed partial class PartitionTask(TopicPartition partition, DetectionPolicy policy, PoliciesInForce policies,
    Dictionary<int, int> beginnings, Guid? topicId)
{
    private readonly PartitionCounts _counts = new();

    // Those of this process.
    private readonly PoliciesInForce _own = policies;
    private PoliciesInForce _policies = policies;
    private SnapshotBook _book = new(hasTopic: false, -1, 0, null);
    private PartitionPipeline? _pipeline;
    private TimeSpan _silence;
    private bool _wasRead;
    private int? _leaderEpoch;
    private long? _read;
    private long _end;
    private Samples.Timestamp? _firstLogTime;
    private Samples.Timestamp _logTime;
    private long? _published;
    private long? _committed;

    public TopicPartition Partition { get; } = partition;

    public PartitionTaskState State { get; private set; } = PartitionTaskState.Created;

    /// <summary>The id of its topic, of which those of its alerts are made; null where they are made of the topic's name.</summary>
    public Guid? TopicId { get; private set; } = topicId;

    /// <summary>The account of its snapshots.</summary>
    public SnapshotBook Book => _book;

    /// <summary>The policies in force.</summary>
    public PoliciesInForce Policies => _policies;

    /// <summary>
    /// Whether they are those of this process in place of some that it does not take: neither the snapshot nor the journal names them.
    /// </summary>
    public bool HasOwnPolicies { get; private set; }

    /// <summary>The offset of the next record to read; null where it is the first there is.</summary>
    public long? Next => _read;

    /// <summary>How far the log is read: what was skipped, such as records of an aborted transaction, is read, too.</summary>
    public long Position => Math.Max(_read ?? 0, _end);

    /// <summary>How often it needs to know that time goes on without records; null where it need not.</summary>
    public TimeSpan? SilenceEvery => _pipeline?.SilenceEvery;

    /// <summary>The session's time of the last look whether there is silence.</summary>
    public TimeSpan LookedAt { get; set; }

    public int SeriesCount => _pipeline?.SeriesCount ?? 0;

    /// <summary>Its use against its limits.</summary>
    public PartitionFill Fill => _pipeline is { } pipeline
        ? new(Partition.Partition.Value, pipeline.SeriesCount, pipeline.SeriesLimit, pipeline.Bytes, pipeline.BytesLimit)
        : default;

    /// <summary>The offset that is published but not committed yet; null where there is none.</summary>
    public TopicPartitionOffset? ToCommit =>
        _published is { } offset && offset > (_committed ?? -1) ? new(Partition, offset, _leaderEpoch) : null;

    /// <summary>
    /// Begins to write what decides, as of <see cref="Next"/>: with the same records and the journal's entries from there on, another owner
    /// makes the same events. In the middle of a replay it goes on with the rest of that.
    /// </summary>
    /// <param name="header">The header, without what the task itself knows, as it is after a replay.</param>
    /// <param name="chunks">Takes the state.</param>
    /// <param name="cut">Writes the state; records may come meanwhile.</param>
    public SnapshotHeader BeginSave(SnapshotHeader header, ChunkWriter chunks, out SnapshotCut cut)
    {
        Require(PartitionTaskState.Running);
        cut = _pipeline!.BeginSave(chunks);
        header = header with
        {
            Partitions = Partitions,
            FirstLogTime = _firstLogTime?.UnixNanoseconds,
            LogTime = _logTime.UnixNanoseconds,
            Silence = _silence.Ticks,
        };
        return _replay?.LeftIn(header) ?? header;
    }

    /// <summary>
    /// Whether a record of this offset was read by an owner before who has published what followed from it; what is refused again is known.
    /// </summary>
    public bool IsKnown(long offset) => offset < _committed;

    /// <summary>Tells of a gap in what is known.</summary>
    /// <param name="gap">The gap.</param>
    /// <param name="open">The last event of each alert that is open before it.</param>
    /// <param name="events">Takes the events that follow.</param>
    public void Tell(StateGap gap, IReadOnlyCollection<AlertEvent> open, List<AlertEvent> events)
    {
        Require(PartitionTaskState.Running);
        var before = events.Count;
        _pipeline!.Tell(gap, open, events);
        DropPublished(before, events);
    }

    /// <summary>
    /// Judges one record, the one after the last. Its time in the log is "now". Where judging it fails, the record is refused, what is
    /// known of its entities is forgotten, and the task goes on.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="events">Takes the events that follow.</param>
    /// <param name="failure">The defect that was met; null where there was none.</param>
    public RecordOutcome Process(in LogRecord record, List<AlertEvent> events, out Exception? failure)
    {
        Require(PartitionTaskState.Running);
        if (_replay is not null) ApplyJournal(record.Offset, events);
        _read = record.Offset + 1;
        _silence = TimeSpan.Zero;
        _wasRead = true;
        _leaderEpoch = record.LeaderEpoch;
        var logTime = Samples.Timestamp.FromUnixMilliseconds(record.UnixMilliseconds);
        _logTime = logTime;
        _firstLogTime ??= logTime;
        var before = events.Count;
        try
        {
            failure = null;
            var outcome = _pipeline!.Process(record.Value, record.Offset, logTime, events);
            DropPublished(before, events);
            return Count(record, outcome);
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            events.RemoveRange(before, events.Count - before);
            failure = defect;
            return Count(record, OnDefect(defect));
        }
    }

    /// <summary>
    /// Goes on behind a probe, the record after the last. No clock moves, nothing is counted: a partition is as cold or as silent as it
    /// was.
    /// </summary>
    /// <param name="record">The probe's record.</param>
    /// <param name="events">Takes the events of what the journal says before it.</param>
    public void PassProbe(in LogRecord record, List<AlertEvent> events)
    {
        Require(PartitionTaskState.Running);
        if (_replay is not null) ApplyJournal(record.Offset, events);
        _read = record.Offset + 1;
        _leaderEpoch = record.LeaderEpoch;
    }

    /// <summary>
    /// Whether the last record, which was taken, is of the model that its key names. Else others of the model may be in another partition.
    /// </summary>
    public bool IsLastOf(ReadOnlySpan<byte> key) => _pipeline!.LastRecordIsOf(key);

    /// <summary>The task's numbers as a status; who works on it, and what is wrong, others add.</summary>
    /// <param name="lag">Records not read yet.</param>
    /// <param name="now">The wall clock.</param>
    public PartitionStatus Status(long lag, DateTimeOffset now) => new()
    {
        Role = RoleNames.Detector,
        Instance = "",
        At = default,
        Topic = Partition.Topic,
        Partition = Partition.Partition.Value,
        LogTime = _firstLogTime is null ? null : _logTime.ToDateTimeOffset(),
        NextOffset = Position,
        Lag = lag,
        Series = SeriesCount,
        Restarts = beginnings.GetValueOrDefault(Partition.Partition.Value, 1) - 1,
        Cold = IsCold,
        Gap = _pipeline!.OpenGap is { } gap ? new(gap.From, gap.At.ToDateTimeOffset(), gap.Detail) : null,
        Unjudged = _counts.Unjudged(Samples.Timestamp.FromDateTimeOffset(now)),
        Total = _counts.Total(_pipeline!),
    };

    /// <summary>
    /// Whether the state covers less than half an hour of the log, so that judgements are of low confidence; not where nothing was read,
    /// since then there are none.
    /// </summary>
    public bool IsCold => _firstLogTime is { } first && _logTime - first < StateGap.WarmAfter;

    /// <summary>Forgets what is known of the entities of the last record, because the program could not go on with it.</summary>
    /// <returns>The outcome of that record.</returns>
    public RecordOutcome OnDefect(Exception defect)
    {
        _pipeline!.ForgetLastEntities();
        return new(RejectReason.InternalError, $"internal error {StackFingerprint.Of(defect)}: {defect.GetType().Name}: {defect.Message}",
            0);
    }

    /// <summary>Time went on, and there was no record to read. What went by while nobody could know that does not count.</summary>
    /// <returns>The journal's entry of it.</returns>
    public JournalEntry Tick(TimeSpan passed, List<AlertEvent> events)
    {
        Require(PartitionTaskState.Running);
        // Since the last record it was less.
        if (!_wasRead) _silence += passed;
        _wasRead = false;
        _pipeline!.Tick(_silence, events);
        return _book.Note(_read ?? 0) with { Silence = _silence.Ticks };
    }

    /// <summary>The client has come to the end of the log, which lies here.</summary>
    public void MarkEnd(long offset) => _end = offset;

    /// <summary>Judges by other policies from the next record on.</summary>
    /// <returns>The journal's entry of it.</returns>
    public JournalEntry Adopt(PoliciesInForce policies)
    {
        Require(PartitionTaskState.Running);
        HasOwnPolicies = false;
        JudgeBy(policies);
        return _book.Note(_read ?? 0) with { Policies = new(policies.Yaml) };
    }

    /// <summary>Adds the samples that were not judged since the last call to the counters.</summary>
    public void CountRefused(DetectorMetrics metrics, TroubleLog troubles) => _counts.Report(_pipeline!, metrics, troubles);

    /// <summary>All that followed from the records read so far is acknowledged.</summary>
    public void MarkPublished() => _published = _read;

    /// <summary>The group knows the offset.</summary>
    public void MarkCommitted(long offset) => _committed = offset;

    /// <summary>The partition goes to another owner in order.</summary>
    public void Suspend()
    {
        Require(PartitionTaskState.Running);
        State = PartitionTaskState.Suspended;
    }

    /// <summary>Drops the state.</summary>
    public void Close()
    {
        _pipeline = null;
        _published = null;
        State = PartitionTaskState.Closed;
    }

    private RecordOutcome Count(in LogRecord record, RecordOutcome outcome)
    {
        _counts.Count(record, outcome, _logTime);
        return outcome;
    }

    // The file changes, and the verdicts stay.
    private void JudgeBy(PoliciesInForce policies)
    {
        _policies = policies.With(_policies.Verdicts);
        _pipeline!.Adopt(_policies.Set);
    }

    private void Require(PartitionTaskState state)
    {
        if (State != state) throw new InvalidOperationException($"The task of {Partition.Name()} is {State}, not {state}.");
    }
}
