using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Statistics;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Losses below zero, as those of reinforcement learning and of likelihoods: they have no logarithm, and either direction can be wrong. The
/// medians of five and of 17 rows against the level of the last 128, in its own scales. Lines are far out, for such losses wander. Where a
/// loss was always positive before, its first rows below zero are judged by what it was.
/// </summary>
internal sealed class SignedLossRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double FiveLine = Tuning.SignedLossFiveLine;
    private static readonly double SeventeenLine = Tuning.SignedLossSeventeenLine;
    private static readonly double PageScales = Tuning.SignedLossPageScales;
    private static readonly int PageAfterSteps = Tuning.SignedLossPageAfterSteps;
    private static readonly int PageAfterRows = Tuning.SignedLossPageAfterRows;

    // From this share of negative rows on the loss is one of this kind, and positive rows are judged here, too.
    private static readonly double SignedFrom = Tuning.SignedLossFrom;
    private const double ShareRate = 1.0 / 64;
    private const double StepRate = 1.0 / 64;

    // Rounded losses stand still at times: the scale is at least this part of the usual step from row to row.
    private static readonly double ScalePerStep = Tuning.SignedLossScalePerStep;

    private readonly RobustLevel _level = new(1e-12);
    private readonly FindingTracker _jump;
    private readonly FindingTracker _diverging;
    private double _share;
    private double _step;
    private double _last = double.NaN;
    private long _stepsOpen;
    private int _rowsOpen;

    public SignedLossRule()
        : base("signed-loss")
    {
        _jump = Alert(TrainingKind.LossSpike, TrainingRole.Loss);
        _diverging = Alert(TrainingKind.LossDiverging, TrainingRole.Loss);
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (phase.BreaksFrom(HasOpen)) Rebase(report);
        if (phase.IsResume) _level.Rewind(row.Step);
        if (!row.Has(TrainingRole.Loss) || !double.IsFinite(row[TrainingRole.Loss])) return;
        var value = row[TrainingRole.Loss];
        _level.Judge(value, ScalePerStep * _step);
        var isJudged = HasOpen || (phase.IsWarm && _level.IsReady && (value < 0 || _share >= SignedFrom));
        var score = isJudged ? Score() : 0;
        if (isJudged) Report(phase, report, score, value);
        if (!HasOpen && score < 1) Learn(row.Step, value);
    }

    protected override void SaveState(StateWriter state)
    {
        _level.Save(state);
        state.Write(_share);
        state.Write(_step);
        state.Write(_last);
        state.Write(_stepsOpen);
        state.Write(_rowsOpen);
    }

    protected override void LoadState(ref StateReader state)
    {
        _level.Load(ref state);
        _share = state.ReadDouble();
        _step = state.ReadDouble();
        _last = state.ReadDouble();
        _stepsOpen = state.ReadInt64();
        _rowsOpen = state.ReadCount(int.MaxValue - 1);
    }

    private double Score() => Math.Max(Math.Abs(_level.Five.Deviation) / FiveLine, Math.Abs(_level.Seventeen.Deviation) / SeventeenLine);

    private void Report(RunPhase phase, FindingReport report, double score, double value)
    {
        (_stepsOpen, _rowsOpen) = _jump.IsOpen ? (_stepsOpen + phase.StepDelta, _rowsOpen + 1) : (0, 0);
        var stays = _stepsOpen >= PageAfterSteps && _rowsOpen >= PageAfterRows;
        var far = Math.Abs(_level.Seventeen.Deviation) / PageScales;
        var accepted = _jump.Observe(report, score, AlertSeverity.Warning, value, _level.Center,
            mayAccept: !_diverging.IsOpen) == AlertChange.Accepted;
        _diverging.Observe(report, stays || _diverging.IsOpen ? far : 0, AlertSeverity.Critical, value, _level.Center);
        if (accepted) Rebase(report);
    }

    private void Learn(long step, double value)
    {
        _share += ShareRate * ((value < 0 ? 1 : 0) - _share);
        if (!double.IsNaN(_last)) _step += StepRate * (Math.Min(Math.Abs(value - _last), double.MaxValue) - _step);
        _last = value;
        _level.Learn(step, value);
    }

    private void Rebase(FindingReport report)
    {
        Close(report, AlertChange.Superseded);
        _level.Rebase();
    }
}
