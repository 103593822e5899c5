using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>
/// Watches one training run, row by row: an entity whose messages carry a step. Knows warm-up, resumes and declared changes, and tells what is wrong and when it
/// is over. A function of the rows, the ticks, their order and the policy only; allocates nothing per row.
/// </summary>
/// <remarks>
/// <code>
///  1 order       a row older than the last is not judged; one of the same step adds what the step had not yet
///  2 phase       warm-up, resume, declared change: what may be compared with what
///  3 judge       every watch scores before it learns; 1.0 is the line
///  4 end         a declared end closes what is open and ends the watch for silence
/// </code>
/// </remarks>
public sealed class TrainingMonitor
{
    private readonly TrainingPolicy _policy;
    private readonly FindingReport _report;
    private RunWatches _run;
    private Timestamp _lastTime = new(long.MinValue);

    // What was measured at the last step, in however many messages.
    private int _measured;

    /// <summary>Makes the monitor of a run that has not been seen yet.</summary>
    /// <param name="policy">How to judge.</param>
    public TrainingMonitor(TrainingPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _report = new(policy.Sensitivity);
        _run = new(policy);
    }

    /// <summary>Whether the run has ended, and says nothing by being silent.</summary>
    public bool IsOver => _run.Silence.IsOver;

    /// <summary>Whether something of the run is told and not over.</summary>
    public bool HasOpen => _run.HasOpen;

    /// <summary>Ends the watch: closes what is open.</summary>
    /// <param name="time">When.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<TrainingFinding> Close(Timestamp time)
    {
        _report.Begin(time, _run.Phase.LastStep);
        _run.Close(_report);
        return _report.Findings;
    }

    /// <summary>Takes a row and tells what it changed.</summary>
    /// <param name="row">The row, in order of time; it is not kept.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<TrainingFinding> Observe(TrainingRow row)
    {
        ArgumentNullException.ThrowIfNull(row);

        // 1 order
        _report.Begin(row.Time, row.Step);
        if (row.Time < _lastTime && !IsEnd(row))
        {
            // Its clock, or that of one row before it, is wrong; it goes on all the same.
            if (row.Step > _run.Phase.LastStep) _run.Silence.Alive(row);
            return _report.Findings;
        }

        if (row.Time > _lastTime) _lastTime = row.Time;
        if (row.Step == _run.Phase.LastStep)
        {
            row.Drop(_measured);
            _measured |= row.Measured;
            _run.JudgeRest(row, _report);
        }
        else
        {
            _measured = row.Measured;

            // 2 phase
            _run.Phase.Observe(row);
            if (_run.Phase.StartsOver) StartOver(row);

            // 3 judge
            _run.Judge(row, _report);
        }

        // 4 end
        if (!IsEnd(row)) return _report.Findings;
        _run.Close(_report);
        _run.Silence.Finish();
        return _report.Findings;
    }

    /// <summary>Tells the time, so that silence is noticed.</summary>
    /// <param name="now">The clock of <see cref="TrainingRow.LogTime"/>: the newest log time of the partition, or the time of the worker once it has read everything.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<TrainingFinding> OnTick(Timestamp now)
    {
        _report.Begin(now, _run.Phase.LastStep);
        _run.Silence.Tick(now, _report);
        return _report.Findings;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_lastTime.UnixNanoseconds);
        state.Write(_measured);
        _run.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a monitor of the same policy.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _lastTime = new(state.ReadInt64());
        _measured = state.ReadCount(int.MaxValue);
        _run.Load(ref state);
    }

    private static bool IsEnd(TrainingRow row) => row.Has(TrainingRole.Finished) && row[TrainingRole.Finished] != 0;

    private void StartOver(TrainingRow row)
    {
        _run.Close(_report);
        _run = new(_policy);
        _run.Phase.Observe(row);
    }
}
