using LeptonStream.Alerts;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Steps that change nothing: eight rows, or three rows over 30 steps, whose update is exactly 0, where the loss is finite. A schedule that
/// has run out is for the record only: its learning rate went to 0 by and by. Without an update norm, a learning rate of 0 as many rows, or
/// 60 rows of exactly the same weights' norm.
/// </summary>
internal sealed class FreezeRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double Rows = Tuning.FrozenRows;
    private static readonly int MinRows = Tuning.FrozenMinRows;
    private static readonly double Steps = Tuning.FrozenSteps;
    private static readonly double RowsOfSameNorm = Tuning.FrozenRowsOfSameNorm;
    private static readonly int PageAfterSteps = Tuning.FrozenPageAfterSteps;

    // The last learning rate before 0, against the highest: below this share the schedule led there.
    private static readonly double RanOut = Tuning.FrozenRanOut;

    private readonly FindingTracker _frozen;
    private readonly FindingTracker _same;
    private readonly FindingTracker _off;
    private int _rows;
    private long _steps;
    private int _sameRows;
    private double _norm = double.NaN;
    private double _lastRate = double.NaN;

    public FreezeRule()
        : base("freeze")
    {
        _frozen = Alert(TrainingKind.FrozenWeights, TrainingRole.UpdateNorm, FindingTiming.Rows(5) with { MayBeAccepted = false });
        _same = Alert(TrainingKind.FrozenWeights, TrainingRole.ParameterNorm, FindingTiming.Rows(5) with { MayBeAccepted = false });
        _off = Alert(TrainingKind.FrozenWeights, TrainingRole.LearningRate, FindingTiming.Rows(5) with { MayBeAccepted = false });
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (row.IsPositive(TrainingRole.LearningRate)) _lastRate = row[TrainingRole.LearningRate];
        var ranOut = row.Has(TrainingRole.LearningRate) && (double.IsNaN(_lastRate) || _lastRate < RanOut * phase.HighestRate);
        if (row.Has(TrainingRole.UpdateNorm))
        {
            Count(phase, row[TrainingRole.UpdateNorm] == 0 && !WasSkipped(row));
            Report(_frozen, phase, report, ranOut, row[TrainingRole.UpdateNorm]);
            return;
        }

        if (row.Has(TrainingRole.ParameterNorm)) JudgeNorm(row, phase, report, ranOut);
        if (!row.Has(TrainingRole.LearningRate)) return;
        Count(phase, row[TrainingRole.LearningRate] == 0);
        Report(_off, phase, report, ranOut, row[TrainingRole.LearningRate]);
    }

    protected override void SaveState(StateWriter state)
    {
        state.Write(_rows);
        state.Write(_steps);
        state.Write(_sameRows);
        state.Write(_norm);
        state.Write(_lastRate);
    }

    protected override void LoadState(ref StateReader state)
    {
        _rows = state.ReadCount(int.MaxValue);
        _steps = state.ReadInt64();
        _sameRows = state.ReadCount(int.MaxValue);
        _norm = state.ReadDouble();
        _lastRate = state.ReadDouble();
    }

    // A trainer that skips a step that overflowed updates nothing, and is right to.
    private static bool WasSkipped(TrainingRow row) => row.Has(TrainingRole.Loss) && !double.IsFinite(row[TrainingRole.Loss]);

    private void Count(RunPhase phase, bool isStill) => (_rows, _steps) = isStill ? (_rows + 1, _steps + phase.StepDelta) : (0, 0);

    private void Report(FindingTracker tracker, RunPhase phase, FindingReport report, bool ranOut, double value)
    {
        var score = Math.Max(_rows / Rows, _rows >= MinRows ? _steps / Steps : 0);
        tracker.Observe(report, phase.IsWarm ? score : 0, SeverityOf(_steps, ranOut), value, double.NaN);
    }

    private void JudgeNorm(TrainingRow row, RunPhase phase, FindingReport report, bool ranOut)
    {
        var norm = row[TrainingRole.ParameterNorm];
        _sameRows = norm == _norm ? _sameRows + 1 : 0;
        _norm = norm;
        _same.Observe(report, phase.IsWarm ? _sameRows / RowsOfSameNorm : 0, SeverityOf(0, ranOut), norm, double.NaN);
    }

    private static AlertSeverity SeverityOf(long steps, bool ranOut) =>
        ranOut ? AlertSeverity.Info : steps >= PageAfterSteps ? AlertSeverity.Critical : AlertSeverity.Warning;
}
