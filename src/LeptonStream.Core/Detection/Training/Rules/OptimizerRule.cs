using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Statistics;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// An update that neither the learning rate nor the gradient explains. The norm of an update over the learning rate moves slowly, for
/// momentum averages over ten steps and more: one row at 1.6 times the row before, and at 1.6 times the level, beyond what its gradient
/// lies above the usual one, is a learning rate off its schedule or an optimizer that lost its state.
/// Also the logged learning rate that jumps above everything it was.
/// </summary>
internal sealed class OptimizerRule : TrainingRule
{
    private const int Window = 128;
    private const int Enough = 40;

    private static readonly TrainingTuning Tuning = TrainingTuning.Default;

    // Where jumps are common (plain SGD on small batches) a shock must be this many times the 98 % quantile of them.
    private static readonly double JumpMargin = Tuning.OptimizerJumpMargin;

    // Optimizers that fold the learning rate into their momentum jump when the rate does.
    private static readonly int RowsAfterChange = Tuning.OptimizerRowsAfterChange;
    private static readonly double Line = Math.Log(1 + Tuning.OptimizerLeast);
    private static readonly double SparseLine = Math.Log(1 + Tuning.OptimizerSparseLeast);

    private readonly StepWindow _levels = new(Window);
    private readonly WindowMemory _jumps = new(Window);
    private readonly GradientRule _gradient;
    private readonly FindingTracker _shock;
    private readonly FindingTracker _rate;
    private double _last = double.NaN;
    private double _highestUpdate;

    /// <param name="gradient">The rule of the gradient norm, which was judged before.</param>
    public OptimizerRule(GradientRule gradient)
        : base("optimizer")
    {
        _gradient = gradient;
        _shock = Alert(TrainingKind.OptimizerShock, TrainingRole.UpdateNorm);
        _rate = Alert(TrainingKind.OptimizerShock, TrainingRole.LearningRate);
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (row.Has(TrainingRole.LearningRate)
            && _rate.Observe(report, phase.RateAbove, AlertSeverity.Warning, row[TrainingRole.LearningRate],
                phase.HighestRate) == AlertChange.Accepted)
        {
            phase.AcceptRate();
        }

        if (phase.IsResume)
        {
            // A row after a resume is compared with the rows before its step: lost state shows there.
            _levels.Rewind(row.Step, Enough);
            if (_levels.Count > 0) _last = _levels.Last;
        }

        if (!row.IsPositive(TrainingRole.UpdateNorm)) return;
        var knowsRate = row.Has(TrainingRole.LearningRate);
        if (knowsRate && !row.IsPositive(TrainingRole.LearningRate)) return;
        var update = row[TrainingRole.UpdateNorm];
        // Not the logarithm of the quotient, which can overflow.
        var log = Math.Log(update) - (knowsRate ? Math.Log(row[TrainingRole.LearningRate]) : 0);
        var explained = !row.Has(TrainingRole.GradientNorm) ? 0 : _gradient.IsKnown ? _gradient.Excess : double.PositiveInfinity;
        Judge(row.Step, phase, report, explained, update, log, knowsRate);
    }

    protected override void SaveState(StateWriter state)
    {
        _levels.Save(state);
        _jumps.Save(state);
        state.Write(_last);
        state.Write(_highestUpdate);
    }

    protected override void LoadState(ref StateReader state)
    {
        _levels.Load(ref state);
        _jumps.Load(ref state);
        _last = state.ReadDouble();
        _highestUpdate = state.ReadDouble();
    }

    private void Judge(long step, RunPhase phase, FindingReport report, double explained, double update, double log, bool knowsRate)
    {
        var jump = double.IsNaN(_last) ? 0 : log - _last;
        var center = _levels.Count == 0 ? log : _levels.Median;
        var line = phase.StepDelta > 1 ? SparseLine : Line;
        var level = (log - center) / line;
        // Without a learning rate a restart of the schedule looks the same, but ends where updates were before.
        var isNew = knowsRate || update > 1.5 * _highestUpdate;
        var isJudged = phase.IsWarm
            && _levels.Count >= Enough
            && _jumps.Window.Count >= Enough
            && phase.SinceChange >= RowsAfterChange
            && isNew;
        var jumped = isJudged
            ? Math.Min((jump - explained) / Math.Max(line, JumpMargin * _jumps.Window.Quantile(0.98)), level - (explained / line))
            : 0;
        var expected = update * Math.Exp(center - log);
        var change = _shock.Observe(report, _shock.IsOpen ? level : jumped, AlertSeverity.Warning, update, expected);
        if (change == AlertChange.Accepted) _levels.Clear();
        _last = log;
        if (_shock.IsOpen) return;
        _levels.Push(step, log);
        _jumps.Window.Push(Math.Abs(jump));
        _highestUpdate = Math.Max(_highestUpdate, update);
    }
}
