using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>
/// Takes what a message says of a training run to the run's monitor, and the findings to the sink. A message with a step is a row: what
/// it lacks was not measured. One for a partition, used by one thread.
/// </summary>
internal sealed class RunJudge(EntityRegistry entities)
{
    // Silence is looked for as often as this, by the clock of the log.
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    // Runs that are to be forgotten are looked for as seldom as this.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(10);

    // After a hole in the log producers get as long as it took to come back, and no longer than this.
    private static readonly TimeSpan MaxPatience = TimeSpan.FromMinutes(10);

    // Clients notice new partitions within five minutes (metadata.max.age.ms).
    private static readonly TimeSpan MoveTime = TimeSpan.FromMinutes(6);

    private readonly TrainingRow _row = new();
    private EntityState? _entity;
    private Timestamp _clock = Timestamp.Never;
    private Timestamp _ticked = Timestamp.Zero;
    private Timestamp _swept = Timestamp.Zero;

    // Silence before this time is no run's fault.
    private Timestamp _judgedFrom = Timestamp.Never;
    private bool _mayHaveMoved;

    /// <summary>The newest log time.</summary>
    public Timestamp Clock => _clock;

    /// <summary>The holes between records.</summary>
    public LogHoles Holes { get; } = new();

    /// <summary>Whether the clock is right.</summary>
    public ClockWatch Watch { get; } = new();

    /// <summary>Sets the clock back.</summary>
    public void SetBack(Timestamp to)
    {
        _clock = to;
        (_ticked, _swept, _judgedFrom) =
            (Timestamp.Earlier(_ticked, to), Timestamp.Earlier(_swept, to), Timestamp.Earlier(_judgedFrom, to));
        Holes.Clear();
        foreach (var entity in entities.Runs) entity.Run!.SetBack(to);
    }

    /// <summary>Moves the clock on to a record's log time, and reports the runs that were silent for too long before it.</summary>
    public void Advance(Timestamp logTime, in EventSink sink)
    {
        if (Holes.IsOne(_clock, logTime))
            _judgedFrom = Timestamp.Later(_judgedFrom, Timestamp.Earlier(logTime + (logTime - _clock), logTime + MaxPatience));
        if (logTime > _clock) _clock = logTime;
        if (entities.Runs.Count > 0 && _clock.UnixNanoseconds - _ticked.UnixNanoseconds >= TickEvery.Ticks * 100) Tick(_clock, sink);
    }

    /// <summary>Reports the runs that are silent for too long at a time.</summary>
    public void Tick(Timestamp now, in EventSink sink)
    {
        _ticked = now;
        var judgesSilence = now >= _judgedFrom;
        for (var i = entities.Runs.Count - 1; i >= 0; i--)
        {
            // Many runs that die together are reported with the next tick, too: a death that finds no room is never paged.
            if (!sink.HasRoom) return;
            var entity = entities.Runs[i];
            var run = entity.Run!;
            if (entity.Pipeline.Policy.Ignore)
            {
                End(entity, run, AlertChange.PolicyChanged, sink);
                continue;
            }

            if (judgesSilence) JudgeSilence(entity, run, now, sink);
            if (run.IsForgotten(now)) Forget(entity, run, sink);
        }

        if (judgesSilence) _mayHaveMoved = false;
        entities.MakeRoom();
        if (now - _swept < SweepEvery) return;
        _swept = now;
        foreach (var entity in entities.SilentRuns(now)) End(entity, entity.Run!, AlertChange.Gone, sink);
    }

    /// <summary>Producers may write to other partitions from now on.</summary>
    public void OnPartitionsAdded()
    {
        if (_clock.IsNever) return;
        _judgedFrom = Timestamp.Later(_judgedFrom, _clock + MoveTime);
        _mayHaveMoved = true;
    }

    /// <summary>Begins the row of an entity's message.</summary>
    public void Begin(in SampleBatch.Entity message)
    {
        _entity = null;
        if (message.Step != Sample.NoStep) _row.Begin(message.Time, message.Step, _clock);
    }

    /// <summary>Takes a metric of a message with a step into its row.</summary>
    /// <returns>Whether training mode alone judges it.</returns>
    public bool Take(SeriesState series, double value)
    {
        if (series.Role == TrainingRole.None || !entities.TryBecomeRun(series.Entity!)) return false;
        _entity = series.Entity;
        _row.Set(series.Role, value);
        // An alert from before the entity carried a step is followed to its end by the pipeline that opened it.
        return series.Role.GoesByStep() && !series.HasOpenAlert;
    }

    /// <summary>Judges the row, if there is one.</summary>
    /// <param name="whole">The entity of the message, or null.</param>
    /// <param name="sink">Takes the events.</param>
    public void Judge(EntityState? whole, in EventSink sink)
    {
        if (_entity is { } entity) Publish(entity, entity.Run!.Observe(_row), sink);
        else if (whole is { Run: { } run, Row.HasRoles: false }) End(whole, run, AlertChange.PolicyChanged, sink);
        _entity = null;
    }

    /// <summary>Ends a run of which nothing can be known any more, and its alerts where the run can still say them.</summary>
    public void Abandon(EntityState entity, in EventSink sink)
    {
        try
        {
            Publish(entity, entity.Run!.Close(entity.Row.Time, AlertChange.Superseded), sink);
        }
        // The caller reports the defect, which may be the run's own: then this is the same once more.
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
        }

        entities.EndRun(entity);
    }

    /// <summary>Writes the clocks.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_clock.UnixNanoseconds);
        state.Write(_ticked.UnixNanoseconds);
        state.Write(_swept.UnixNanoseconds);
        state.Write(_judgedFrom.UnixNanoseconds);
        state.Write(_mayHaveMoved);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void Load(ref StateReader state)
    {
        _clock = new(state.ReadInt64());
        _ticked = new(state.ReadInt64());
        _swept = new(state.ReadInt64());
        _judgedFrom = new(state.ReadInt64());
        _mayHaveMoved = state.ReadBoolean();
    }

    private void JudgeSilence(EntityState entity, TrainingMonitor run, Timestamp now, in EventSink sink)
    {
        if (_mayHaveMoved && !run.IsOver) run.ExcuseSilence(now);
        if (!run.IsOver) Publish(entity, run.OnTick(now), sink);
    }

    // Nobody waits for it any more: its place is free for another.
    private void Forget(EntityState entity, TrainingMonitor run, in EventSink sink)
    {
        Publish(entity, run.Forget(), sink);
        entities.EndRun(entity);
    }

    // Nothing else would close the open alerts.
    private void End(EntityState entity, TrainingMonitor run, AlertChange reason, in EventSink sink)
    {
        Publish(entity, run.Close(entity.Row.Time, reason), sink);
        entities.EndRun(entity);
    }

    private static void Publish(EntityState entity, ReadOnlySpan<TrainingFinding> findings, in EventSink sink)
    {
        foreach (ref readonly var finding in findings) sink.Add(TrainingEvents.Of(sink, entity, finding));
    }
}
