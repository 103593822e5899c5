using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Rules;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>
/// Watches one training run, row by row: an entity whose messages carry a step. Knows warm-up, resumes and declared changes, and tells what
/// is wrong and when it is over. A function of the rows, the ticks, their order and the policy only; allocates nothing per row.
/// </summary>
/// <remarks>
/// <code>
///  1 source      whose row is it: one job's, or that of another under the same name
///  2 order       a row older than the source's last is not judged; one of the same step adds what the step had not yet
///  3 phase       warm-up, resume, declared change: what may be compared with what
///  4 judge       every rule scores before it learns; 1.0 is the line
///  5 end         a declared end closes what is open and ends the wait for more rows
/// </code>
/// </remarks>
public sealed class TrainingMonitor
{
    private readonly TrainingPolicy _policy;
    private readonly FindingReport _report;
    private readonly RunSources _sources;
    private readonly SharedNameRule _shared = new();
    private SilenceRule _silence;

    /// <summary>Makes the monitor of a run that has not been seen yet.</summary>
    /// <param name="policy">Settings of training mode.</param>
    public TrainingMonitor(TrainingPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _report = new(policy);
        _sources = new(policy);
        _silence = new(policy);
    }

    /// <summary>Whether the run has ended, and says nothing by being silent.</summary>
    public bool IsOver => _silence.IsOver;

    /// <summary>Event time of the newest row.</summary>
    internal Timestamp LastTime => _sources.Active.LastTime;

    /// <summary>Whether an alert of the run is open.</summary>
    public bool HasOpen => _sources.HasOpen || _silence.HasOpen || _shared.HasOpen;

    /// <summary>Whether the run has been silent for so long that nobody waits for it any more.</summary>
    /// <param name="now">The clock of <see cref="TrainingRow.LogTime"/>.</param>
    public bool IsForgotten(Timestamp now) => _silence.IsForgotten(now);

    /// <summary>Sets the clock of its silence back.</summary>
    /// <param name="to">The clock of <see cref="TrainingRow.LogTime"/> from now on.</param>
    internal void SetBack(Timestamp to) => _silence.SetBack(to);

    /// <summary>Ends the watch over a run that <see cref="IsForgotten"/>.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<TrainingFinding> Forget() => Close(_silence.ForgottenAt, AlertChange.Gone);

    /// <summary>Ends the watch: closes what is open.</summary>
    /// <param name="time">Event time of the end.</param>
    /// <param name="reason">Reason of the end.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<TrainingFinding> Close(Timestamp time, AlertChange reason)
    {
        _report.Begin(time, _sources.Active.Phase.LastStep);
        CloseAll(reason);
        return _report.Findings;
    }

    /// <summary>Takes a row and returns the findings that it changed.</summary>
    /// <param name="row">The row, in order of time; it is not kept.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<TrainingFinding> Observe(TrainingRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _report.Begin(row.Time, row.Step);
        var isEnd = row.Has(TrainingRole.Finished) && row[TrainingRole.Finished] != 0;

        // 1 source
        if (IsLate(row) && !isEnd) return _report.Findings;
        if (_sources.Route(row, _report)) _shared.Return(row.LogTime);

        // 2 order
        var rules = _sources.Active;
        if (row.Time > rules.LastTime) rules.LastTime = row.Time;
        if (row.Step == rules.Phase.LastStep)
        {
            row.Drop(rules.Measured);
            rules.Measured |= row.Measured;
            rules.JudgeRest(row, _report);
        }
        else
        {
            Judge(row, rules);
        }

        _sources.Note(row);

        // 5 end
        if (!isEnd) return _report.Findings;
        CloseAll(AlertChange.Superseded);
        _silence.Finish();
        return _report.Findings;
    }

    /// <summary>Moves the clock on, so that silence is noticed.</summary>
    /// <param name="now">The clock of <see cref="TrainingRow.LogTime"/>: the newest log time of the partition, or the time of the worker
    /// once it has read everything.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<TrainingFinding> OnTick(Timestamp now)
    {
        _report.Begin(now, _sources.Active.Phase.LastStep);
        _silence.Tick(now, _report);
        return _report.Findings;
    }

    /// <summary>Ends the watch over the silence of a run that is silent now, until it speaks again: it writes elsewhere.</summary>
    /// <param name="now">The clock of <see cref="TrainingRow.LogTime"/>.</param>
    public void ExcuseSilence(Timestamp now) => _silence.Excuse(now);

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _sources.Save(state);
        _shared.Save(state);
        _silence.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a monitor of the same policy.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _sources.Load(ref state);
        _shared.Load(ref state);
        _silence.Load(ref state);
    }

    // Its clock, or that of one row before it, is wrong; the run goes on all the same.
    private bool IsLate(TrainingRow row)
    {
        if (row.Time >= _sources.LastTimeOf(row)) return false;
        if (row.Step > _sources.Active.Phase.LastStep) _silence.Alive(row);
        return true;
    }

    private void Judge(TrainingRow row, RunRules rules)
    {
        // 3 phase
        rules.Measured = row.Measured;
        rules.Phase.Observe(row);
        if (rules.Phase.StartsOver) rules = StartOver(row, rules);

        // 4 judge
        rules.Judge(row, _report);
        _shared.Judge(row, rules.Phase, _report);
        _silence.Expect(rules.IsBroken);
        _silence.Judge(row, rules.Phase, _report);
    }

    private RunRules StartOver(TrainingRow row, RunRules before)
    {
        before.Close(_report, AlertChange.Superseded);
        _silence.Close(_report, AlertChange.Superseded);
        _silence = new(_policy);
        _sources.StartOver();
        var rules = _sources.Active;
        rules.LastTime = row.Time;
        rules.Measured = row.Measured;
        rules.Phase.Observe(row);
        return rules;
    }

    private void CloseAll(AlertChange reason)
    {
        _sources.Close(_report, reason);
        _shared.Close(_report, reason);
        _silence.Close(_report, reason);
    }
}
