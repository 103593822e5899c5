using LeptonStream.Alerts;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detection.Store;
using LeptonStream.Detection.Training;
using LeptonStream.Drift;
using LeptonStream.Feedback;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;
using LeptonStream.Updates;

namespace LeptonStream.Detection;

/// <summary>
/// Everything that is known of one input partition: its series, and the way of one record through them. One owner, one thread.
/// </summary>
public sealed partial class PartitionPipeline
{
    private readonly string _topic;
    private readonly UInt128 _topicId;
    private readonly int _partition;
    private readonly NativeJsonFormat _format;
    private readonly SampleBatch _batch = new();
    private readonly SeriesRegistry _series;
    private readonly DriftRegistry _drift;
    private readonly VersionRegistry _versions;

    private readonly RunJudge _runs;
    private readonly OpenAlerts _open;
    private readonly AlertPublisher _publisher;
    private readonly EventQueue _queue;
    private readonly GapWatch _gaps = new();
    private readonly DetectionPolicy _policy;

    // The last record that was taken.
    private RecordPosition _last;

    // The entity of the message at hand.
    private EntityState? _entity;
    private int _cuts;
    private readonly long[] _refusals = new long[Enum.GetValues<SampleRefusal>().Length];

    /// <summary>Makes an empty pipeline for one partition.</summary>
    /// <param name="topic">The input topic's name, for the events.</param>
    /// <param name="partition">The input partition's number.</param>
    /// <param name="policy">Settings that hold for all series: alert timing, limits of the partition, budgets.</param>
    /// <param name="policies">Rules for single series; null for <see cref="PolicySet.Default"/>.</param>
    /// <param name="topicId">The input topic's own id, of which alert ids are made; null where it is not known, and its name must
    /// do.</param>
    public PartitionPipeline(string topic, int partition, DetectionPolicy policy, PolicySet? policies = null, Guid? topicId = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _topic = topic;
        _partition = partition;
        _policy = policy;
        _queue = new(policy.EventsPerRecord);
        _format = new(policy.Limits);
        _series = new(policy, policies ?? PolicySet.Default);
        _drift = new(policy);
        _versions = new(policy);
        _runs = new(_series.Entities);
        _topicId = topicId is { } id ? AlertIds.OfTopic(id) : AlertIds.OfTopic(topic);
        _open = new(policy.Timing);
        _publisher = new(_open);
    }

    /// <summary>Number of series known now, from 0 to <see cref="SeriesLimit"/>.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>Number of series that it may hold.</summary>
    public int SeriesLimit => _policy.SeriesPerPartition;

    /// <summary>Estimated bytes that its series, entities, runs, distributions and versions take.</summary>
    public long Bytes => _series.Bytes + _drift.Bytes + _versions.Bytes;

    /// <summary>Number of bytes that they may take.</summary>
    public long BytesLimit => _policy.BytesPerPartition;

    /// <summary>Number of series forgotten because they were silent, since the pipeline began.</summary>
    public long SeriesForgotten => _series.Forgotten;

    /// <summary>
    /// Number of events that found no room because records led to many more than <see cref="DetectionPolicy.EventsPerRecord"/>, since the
    /// pipeline began: updates with newer points, and others only where 64 MB of events wait.
    /// </summary>
    public long EventsDropped => _queue.Dropped;

    /// <summary>
    /// Whether <see cref="Tick"/> has anything to do: whether anything that it knows can be silent for too long, or events wait.
    /// </summary>
    public bool WatchesSilence => SilenceEvery is not null;

    /// <summary>
    /// How often <see cref="Tick"/> is to be called at least; null where it has nothing to do. Of an alert that is open nobody waits for
    /// the end by the second.
    /// </summary>
    public TimeSpan? SilenceEvery =>
        _queue.IsWaiting || _open.AwaitsEnd || _series.Entities.Runs.Exists(entity => entity.Run is { IsOver: false })
            ? TimeSpan.FromSeconds(1)
            : _open.HasAny ? OpenAlerts.Every : null;

    /// <summary>The gap in the knowledge of the partition whose alert is open; null where there is none.</summary>
    public StateGap? OpenGap => _gaps.Open;

    /// <summary>Log time: the newest of all records, its own or those of the state that it was loaded from.</summary>
    public Timestamp LogTime => _runs.Clock;

    /// <summary>Gets every judged sample. <value>The default value is null.</value></summary>
    public JudgedSampleObserver? Observer { get; set; }

    /// <summary>
    /// Gets every sample that the rules of a training run judge; its score and band are NaN. <value>The default value is null.</value>
    /// </summary>
    public JudgedSampleObserver? RunObserver { get; set; }

    /// <summary>Gets every judged row of an entity. <value>The default value is null.</value></summary>
    public JudgedRowObserver? EntityObserver { get; set; }

    /// <summary>
    /// Number of labels of accepted records left out because their entities had more than they may, since the pipeline began.
    /// </summary>
    public long LabelsLeftOut { get; private set; }

    /// <summary>
    /// Number of entities of accepted records judged at an earlier time than they gave, which lay further ahead of the log than
    /// <see cref="FormatLimits.Skew"/>, since the pipeline began.
    /// </summary>
    public long TimesSetBack { get; private set; }

    /// <summary>Number of samples of accepted records not judged for this reason, since the pipeline began.</summary>
    public long RefusedSamples(SampleRefusal reason) => _refusals[(int)reason];

    /// <summary>
    /// Judges by other policies from the next record on, known series too. What they have learned stays, but for a series whose numbers
    /// mean something else now. An alert that the new policies do not ask for ends at the next record, with
    /// <see cref="EndedReason.Policy"/>. A snapshot that is not written to its end is given up: all series change.
    /// </summary>
    public void Adopt(PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        _series.Cut?.Abandon();
        _series.Adopt(policies);
        _open.AdoptPolicies();
    }

    /// <summary>
    /// Takes one record: reads it, judges each of its samples and appends the events that follow to <paramref name="events"/>.
    /// Never throws on any bytes. Depends on the records, their order and the policy only.
    /// </summary>
    /// <param name="value">The record's value, in the native JSON format.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="logTime">The record's own timestamp in the log: "now" for every decision.</param>
    /// <param name="events">Takes the events, in order.</param>
    public RecordOutcome Process(ReadOnlySpan<byte> value, long offset, Timestamp logTime, List<AlertEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        _queue.Begin();
        if (_runs.Watch.Take(_runs.Clock, logTime) is { } right) SetBack(right, offset, events);
        // The clock moves on whatever the record says.
        var before = new EventSink(_last, _topicId, _queue);
        _runs.Advance(logTime, before);
        Sweep(_runs.Clock, before);
        _series.Advance(_runs.Clock);
        _drift.Advance(_runs.Clock, _series.Cut);
        if (_last.Topic is not null) _versions.Advance(_runs.Clock, before, _series.Cut);
        if (_gaps.Open is not null) _gaps.Advance(_runs.Clock, new(new(_topic, _partition, offset), _topicId, _queue));
        _queue.Keep();
        var outcome = Take(value, offset, logTime);
        _queue.Release(events);
        return outcome;
    }

    private RecordOutcome Take(ReadOnlySpan<byte> value, long offset, Timestamp logTime)
    {
        var reason = _format.Read(value, logTime, _batch, out var detail);
        if (reason != RejectReason.None) return new(reason, detail, 0);

        LabelsLeftOut += _batch.LabelsLeftOut;
        TimesSetBack += _batch.TimesSetBack;
        _last = new(_topic, _partition, offset);
        var sink = new EventSink(_last, _topicId, _queue);
        var judged = 0;
        var lost = SampleRefusal.None;
        List<SeriesState>? ahead = null;
        foreach (ref readonly var entity in _batch.Entities)
        {
            KeepForSnapshot(entity);
            BeginVersion(entity, sink);
            _runs.Begin(entity);
            var metrics = _batch.MetricsOf(entity);
            var waiting = 0;
            var (next, afterNext) = (Ask(metrics, 0), Ask(metrics, 1));
            next?.Pipeline.Prefetch(next);
            for (var i = 0; i < metrics.Length; i++)
            {
                var asked = next;
                (next, afterNext) = (afterNext, Ask(metrics, i + 2));
                // Its memory is known only once the series itself has come.
                next?.Pipeline.Prefetch(next);
                if (i == metrics.Length - 1) AskForNextMessage();
                if (_drift.Count > 0 && IsDistance(entity, metrics[i]))
                {
                    Count(SampleRefusal.DriftName, ref judged, ref lost);
                    continue;
                }

                var refusal = SampleRefusal.None;
                // A metric before it may have needed its room.
                var series = asked is { IsForgotten: false } ? asked : _series.Find(_batch, entity, metrics[i], out refusal);
                if (series is { AwaitsOthers: true })
                {
                    waiting++;
                    continue;
                }

                if (series is not null) refusal = Judge(series, entity, metrics[i].Value, sink, ref ahead);
                Count(refusal, ref judged, ref lost);
            }

            for (var i = 0; waiting > 0 && i < metrics.Length; i++)
            {
                if (_series.Find(metrics[i].Id.Value) is not { AwaitsOthers: true } series || IsDistance(entity, metrics[i])) continue;
                Count(Judge(series, entity, metrics[i].Value, sink, ref ahead), ref judged, ref lost);
                waiting--;
            }

            if (entity.DistributionCount > 0) judged += JudgeDrift(entity, sink, ref lost);
            if (entity.EndedCount > 0) End(entity);
            if (_entity is { IsJudged: true } whole) JudgeEntity(whole, sink);
            _runs.Judge(_entity, sink);
            _entity = null;
        }

        if (ahead is not null)
            foreach (var series in ahead) ForgetAhead(series, sink);
        return new(RejectReason.None, null, judged) { Lost = judged == 0 ? lost : SampleRefusal.None };
    }

    /// <summary>
    /// Tells of a gap: appends an event that opens its alert, and one that ends each alert that is open for others and that this pipeline
    /// knows nothing of. The gap's alert ends when <see cref="StateGap.WarmAfter"/> of the log is known again, or at once where the state
    /// is kept. The ids are functions of topic id, partition, offset and alert.
    /// </summary>
    /// <param name="gap">The gap. Its time is that of the log where this pipeline has seen one.</param>
    /// <param name="open">The last event of each alert that the alerts topic shows as open for this partition; may be empty.</param>
    /// <param name="events">Takes the events, in order.</param>
    public void Tell(StateGap gap, IReadOnlyCollection<AlertEvent> open, List<AlertEvent> events)
    {
        ArgumentNullException.ThrowIfNull(gap);
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(events);
        if (!_runs.Clock.IsNever) gap = gap with { At = _runs.Clock };
        _gaps.Tell(gap, new(_topic, _partition, gap.From), _topicId, open, events);
    }

    /// <summary>
    /// Takes a person's verdict: judges by other policies from the next record on, ends an alert that was accepted, and appends the events
    /// that say so. The ids are functions of topic id, partition and the verdict's own id. A snapshot that is not written to its end is
    /// given up.
    /// </summary>
    /// <param name="verdict">The change.</param>
    /// <param name="policies">The policies with the lines that follow.</param>
    /// <param name="isNews">Whether an event tells of the change; an alert that ends has its event whatever this says.</param>
    /// <param name="events">Takes the events, in order.</param>
    public void Adopt(VerdictChange verdict, PolicySet policies, bool isNews, List<AlertEvent> events)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(events);
        if (policies.Fingerprint != _series.Policies.Fingerprint) Adopt(policies);
        _queue.Begin();
        var now = _runs.Clock.IsNever ? verdict.Feedback.At : _runs.Clock;
        var sink = new EventSink(_last.Topic is null ? new(_topic, _partition, 0) : _last, _topicId, _queue);
        if (isNews) sink.Add(VerdictEvents.Of(sink, verdict, AlertChange.Opened, now));
        if (verdict.Denies || verdict.Accepts) _series.Cut?.Abandon();
        if (verdict.Denies)
        {
            _series.Find(verdict.Feedback.Key)?.DenyFault(now);
            _series.Entities.Find(verdict.Feedback.Key)?.DenyFault();
        }

        if (verdict.Accepts)
        {
            _open.Accept(verdict.Feedback.AlertId, now, sink);
            foreach (var series in _open.Ended) _series.Release(series);
        }

        if (isNews) sink.Add(VerdictEvents.Of(sink, verdict, AlertChange.Recovered, now));
        _queue.Release(events);
    }

    /// <summary>
    /// Moves the clock on without a record, so that training runs that are silent for too long are found. To be called while everything is
    /// read, at most about once a second. What follows is as if by the last record; the ids depend on the alert, not on the moment of the
    /// call.
    /// </summary>
    /// <param name="elapsed">The time since the last record.</param>
    /// <param name="events">Takes the events, in order.</param>
    public void Tick(TimeSpan elapsed, List<AlertEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (_last.Topic is null) return;
        _queue.Begin();
        var sink = new EventSink(_last, _topicId, _queue);
        _runs.Tick(_runs.Clock + elapsed, sink);
        Sweep(_runs.Clock + elapsed, sink);
        _queue.Release(events);
    }

    // By the clock of the log: whose series says nothing any more is gone.
    private void Sweep(Timestamp now, in EventSink sink)
    {
        if (_last.Topic is not null) _open.Sweep(now, sink);
        foreach (var series in _open.Ended) _series.Release(series);
    }

    /// <summary>
    /// Whether all entities of the last record are of one model of this name: the key that its producer is to give it. Allocates nothing.
    /// </summary>
    /// <param name="model">UTF-8. Only to be asked when the record was taken.</param>
    public bool LastRecordIsOf(ReadOnlySpan<byte> model)
    {
        foreach (ref readonly var entity in _batch.Entities)
            if (!_batch.BytesOf(entity.Model).SequenceEqual(model)) return false;
        return true;
    }

    /// <summary>
    /// Says that producers may write to other partitions from now on. No run's silence is judged for some minutes; who is silent at their
    /// end has moved, and is watched again as soon as it speaks here.
    /// </summary>
    public void OnPartitionsAdded() => _runs.OnPartitionsAdded();

    /// <summary>
    /// Forgets all that is known of the entities of the last record, which begin again as if never seen. For a caller to whom
    /// <see cref="Process"/> has thrown, or that could not use an event of it: half of what the record said may be in their state.
    /// </summary>
    public void ForgetLastEntities()
    {
        _entity = null;
        _version = null;
        _queue.GiveUp();
        foreach (ref readonly var entity in _batch.Entities)
        {
            KeepForSnapshot(entity);
            // Nobody else ends the alerts of a run.
            if (_series.Entities.Find(entity.Id.Value) is { Run: not null } run) _runs.Abandon(run, new(_last, _topicId, _queue));
            _series.Forget(entity.Id);
            ForgetDrift(entity);
            _versions.Restart(_batch.BytesOf(entity.Model), _series.Cut);
        }

        _queue.Keep();
        _queue.GiveUp();
    }

    /// <summary>Writes all that decides, as of the last record, as <see cref="BeginSave"/> does, at once.</summary>
    public void Save(ISnapshotSink sink) => BeginSave(sink).Finish();

    /// <summary>
    /// Begins to write all that decides, as of the last record: a copy that reads it and takes the same records, ticks and policies makes
    /// the same events. To be called between records; the pipeline may take further ones while it is written. It is given up where
    /// another is begun, or policies are adopted, before it is done.
    /// </summary>
    /// <param name="sink">Takes the blocks: those of series and entities that said nothing since the last snapshot have the same hash as in
    /// that.</param>
    public SnapshotCut BeginSave(ISnapshotSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _series.Cut?.Abandon();
        return _series.Cut = new(Parts, Subject, ++_cuts, sink, () => _series.Cut = null);
    }

    /// <summary>
    /// Begins to read a snapshot. To be called on a pipeline that has seen nothing, made with the topic id and the policies that the
    /// snapshot was written under. One of another layout is migrated; after that, or where its writer read the policies otherwise, its
    /// series are judged by the policies as this program reads them, as if those were adopted.
    /// </summary>
    /// <param name="layout">The layout of the snapshot; null for that of this program.</param>
    /// <param name="policies">The fingerprint that its writer gave the policies; null for that of this program.</param>
    public PartitionLoader Load(WrittenLayout? layout = null, string? policies = null)
    {
        var (own, written) = (Subject, layout ?? new(StateLayout.FingerprintOf(_policy), null));
        var isOther = written.Migration is not null || (policies is not null && policies != own.Policies);
        return new(Parts, own with { Policies = policies ?? own.Policies }, written,
            offset => _last = offset < 0 ? default : new(_topic, _partition, offset), isOther ? () => Adopt(_series.Policies) : null);
    }

    private PartitionParts Parts => new(_policy, _series, _runs, _open, _queue, _gaps, _drift, _versions);

    private SnapshotSubject Subject => new(_topicId, _partition, _series.Policies.Fingerprint, _last.Topic is null ? -1 : _last.Offset);

    // Before anything of an entity changes: a message may touch series of its row that it does not name.
    private void KeepForSnapshot(in SampleBatch.Entity message)
    {
        if (_series.Cut is { } cut && _series.Entities.Find(message.Id.Value) is { } entity) cut.Keep(entity);
    }

    private void Count(SampleRefusal refusal, ref int judged, ref SampleRefusal lost)
    {
        if (refusal == SampleRefusal.None) judged++;
        else _refusals[(int)refusal]++;
        if (refusal.IsLoss()) lost = refusal;
    }

    private SampleRefusal Judge(
        SeriesState series, in SampleBatch.Entity entity, double value, in EventSink sink, DriftReading? drift = null)
    {
        _series.Cut?.Keep(series);
        var before = series.Heard;
        series.Heard = _runs.Clock;
        var sample = new Sample(entity.Time, value, entity.Step);
        if (entity.Step != Sample.NoStep && _runs.Take(series, value))
        {
            var recorded = series.Pipeline.Record(series, sample);
            if (recorded.IsOld()) series.Heard = before;
            if (recorded == SampleRefusal.None && series.Limit is { } watched) _publisher.Watch(watched, series, sample, sink);
            if (recorded == SampleRefusal.None)
                RunObserver?.Invoke(new(series.Key, sample, double.NaN, series.Alert.IsPublished, double.NaN, double.NaN, double.NaN));
            _series.Release(series);
            return recorded;
        }

        var refusal = series.Pipeline.Judge(series, sample, out var judgement);
        // Else a record that is sent again and again would keep an alert open without end, and so would a share whose denominator is 0.
        if (refusal.IsOld() || (series.HasOpenAlert && series.NothingOf is not null)) series.Heard = before;
        if (judgement.Change != AlertChange.None) _publisher.Publish(series, judgement, sink, drift, QualityOf(series, entity));
        if (refusal == SampleRefusal.CounterFound) _series.TakeAsTotal(series, sample);
        if (refusal != SampleRefusal.None) return refusal;
        if (_version is not null) TakeVersion(_version, series, judgement.Sample.Value);
        if (series.Place >= 0)
        {
            _entity = series.Entity;
            _entity!.Row.Set(series.Place, judgement);
        }

        if (series.Limit is { } limit) _publisher.Watch(limit, series, judgement.Sample, sink);
        Observer?.Invoke(new(series.Key, judgement.Sample, judgement.Score, series.Alert.IsPublished,
            judgement.Band.Expected, judgement.Band.Lower, judgement.Band.Upper));
        _series.Release(series);
        return SampleRefusal.None;
    }

    private void JudgeEntity(EntityState entity, in EventSink sink)
    {
        var judgement = entity.Pipeline.Judge(entity);
        _publisher.Publish(entity, judgement, sink);
        EntityObserver?.Invoke(new(entity.Key, entity.Row.Time, judgement.Score, entity.HasAnyOpenAlert));
    }
}
