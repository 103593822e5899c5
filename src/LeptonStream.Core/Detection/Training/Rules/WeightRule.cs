using LeptonStream.Alerts;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Weights that something other than the optimizer wrote. By the triangle inequality |‖w‖ − ‖w′‖| ≤ ‖w − w′‖, the norm of all weights can't
/// change by more than the update's norm; beyond that a bit flipped, a tensor was overwritten or scaled. Real updates are nearly at right
/// angles to the weights and use less than a third of that room. Without an update norm, a jump of ten times what is usual and a percent of
/// the norm.
/// </summary>
internal sealed class WeightRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double Room = Tuning.WeightsRoom;

    // Norms are logged with six digits or so: this share of one is no difference.
    private static readonly double Rounding = Tuning.WeightsRounding;
    private static readonly double UsualMargin = Tuning.WeightsUsualMargin;
    private static readonly double BareMargin = Tuning.WeightsBareMargin;
    private static readonly double BareLeast = Tuning.WeightsBareLeast;
    private static readonly double CertainScore = Tuning.WeightsPageScore;
    private static readonly double CertainShare = Tuning.WeightsPageShare;
    private static readonly double StaysFrom = Tuning.WeightsStaysFrom;

    // Two odd norms in a row may be alike: so many calm rows make one ordinary.
    private const int CalmRows = 8;
    private const int Window = 128;
    private const int Enough = 40;

    private readonly Series.WindowMemory _usual = new(Window);
    private readonly FindingTracker _jump;
    private double _norm = double.NaN;
    private double _update = double.NaN;
    private bool _hasUpdate;

    // The last norm that nothing was wrong with; while a jump is reported: the norm before it, and how far it went.
    private double _ordinary = double.NaN;
    private double _before = double.NaN;
    private double _jumped;
    private int _calmRows;

    public WeightRule()
        : base("weight")
    {
        _jump = Alert(TrainingKind.WeightsJump, TrainingRole.ParameterNorm);
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (!row.IsPositive(TrainingRole.ParameterNorm))
        {
            if (row.Has(TrainingRole.ParameterNorm)) (_norm, _calmRows) = (double.NaN, 0);
            return;
        }

        var norm = row[TrainingRole.ParameterNorm];
        var before = phase.IsResume ? double.NaN : _norm;
        var update = row[TrainingRole.UpdateNorm];
        _hasUpdate |= double.IsFinite(update);
        var change = Math.Abs(norm - before);
        // A norm that is known as a rule and missing now says nothing of this step.
        var isKnown = !double.IsNaN(change) && (double.IsFinite(update) || !_hasUpdate);
        if (isKnown) Report(report, norm, before, change, Raw(norm, change, update, phase.StepDelta), phase.IsWarm);
        else Follow(report, norm, 0, AlertSeverity.Warning, before);
        _norm = norm;
        _update = update;
    }

    protected override void SaveState(StateWriter state)
    {
        _usual.Save(state);
        state.Write(_norm);
        state.Write(_update);
        state.Write(_hasUpdate);
        state.Write(_ordinary);
        state.Write(_before);
        state.Write(_jumped);
        state.Write(_calmRows);
    }

    protected override void LoadState(ref StateReader state)
    {
        _usual.Load(ref state);
        _norm = state.ReadDouble();
        _update = state.ReadDouble();
        _hasUpdate = state.ReadBoolean();
        _ordinary = state.ReadDouble();
        _before = state.ReadDouble();
        _jumped = state.ReadDouble();
        _calmRows = state.ReadCount(CalmRows);
    }

    // The share of the room that a change used; without an update norm the share of the weights.
    private double Raw(double norm, double change, double update, long steps)
    {
        if (!_hasUpdate) return change / norm;
        var largest = double.IsFinite(_update) ? Math.Max(update, _update) : update;
        return Math.Max(0, change - (Rounding * norm)) / Math.Max(Room * largest * steps, Rounding * norm);
    }

    private void Report(FindingReport report, double norm, double before, double change, double raw, bool isWarm)
    {
        var usual = _usual.Window.Count == 0 ? 0 : _usual.Window.Quantile(0.98);
        var line = _hasUpdate ? Math.Max(1, UsualMargin * usual) : Math.Max(BareLeast, BareMargin * usual);
        var score = isWarm && _usual.Window.Count >= Enough ? raw / line : 0;
        var certain = _hasUpdate && score >= CertainScore && change >= CertainShare * before;
        Follow(report, norm, score, certain ? AlertSeverity.Critical : AlertSeverity.Warning, before);
        _calmRows = score < 1 && double.IsFinite(raw) ? Math.Min(_calmRows + 1, CalmRows) : 0;
        if (_calmRows == 0) return;
        _usual.Window.Push(raw);
        if (!_jump.IsOpen && _calmRows == CalmRows) _ordinary = norm;
    }

    // A jump is one row; the trouble lasts until the norm is nearer to where it was than to where it jumped, as after a resume from before
    // it.
    private void Follow(FindingReport report, double norm, double score, AlertSeverity severity, double before)
    {
        if (_jump.IsOpen) score = Math.Max(score, Math.Abs(norm - _before) >= StaysFrom * _jumped ? 1 / report.Sensitivity : 0);
        else if (score * report.Sensitivity >= 1)
        {
            _before = double.IsNaN(_ordinary) ? before : _ordinary;
            _jumped = Math.Max(Math.Abs(norm - before), Math.Abs(norm - _before));
        }

        _jump.Observe(report, score, severity, norm, _jump.IsOpen ? _before : before);
    }
}
