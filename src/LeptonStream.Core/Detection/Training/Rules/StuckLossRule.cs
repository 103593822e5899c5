using LeptonStream.Alerts;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// A loss that is the same to the last digit, row after row. Batches differ, so their losses do; equal neighbours come from rounding and
/// from loggers that repeat a value, and how often they do is learned; a loss that usually moves by less than the logger's last digit is
/// not judged. The line is where so long a repetition is a chance of one in 10⁹. A loss that becomes exactly 0 and stays is a
/// run that blew up (its norms overflowed and were masked), and pages; another number pages when it lasts.
/// </summary>
internal sealed class StuckLossRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly int RowsBefore = Tuning.StuckRowsBefore;
    private static readonly int PageAfterSteps = Tuning.StuckPageAfterSteps;
    private static readonly double ShareAtFirst = Tuning.StuckShareAtFirst;
    private static readonly double ShareRate = 1 / Tuning.StuckMemory;

    // No share of equal neighbours counts as smaller: five rows at 0, thirteen at another number.
    private static readonly double MinShareOfZero = Tuning.StuckMinShareOfZero;
    private static readonly double MinShare = Tuning.StuckMinShare;

    // A loss that is nearly always the row before's is one that the logger repeats.
    private static readonly double MaxShare = Tuning.StuckMaxShare;

    // Usual moves from row to row, in units of the smallest one seen: below this, equal neighbours are rounding.
    private static readonly double MinDigits = Tuning.StuckMinDigits;

    // −ln 10⁻⁹.
    private const double Chance = 20.7;

    private readonly FindingTracker _stuck;
    private double _share = ShareAtFirst;
    private double _last = double.NaN;
    private double _before = double.NaN;
    private double _digit = double.PositiveInfinity;
    private double _move;
    private int _varied;
    private int _repeats;
    private long _steps;

    public StuckLossRule()
        : base("stuck-loss") =>
        _stuck = Alert(TrainingKind.LossStuck, TrainingRole.Loss, FindingTiming.Grave);

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (!row.Has(TrainingRole.Loss) || !double.IsFinite(row[TrainingRole.Loss])) return;
        var value = row[TrainingRole.Loss];
        var isSame = value == _last;
        if (!isSame) Learn(value);
        (_repeats, _steps) = isSame ? (_repeats + 1, _steps + phase.StepDelta) : (0, 0);
        _last = value;
        var share = Math.Min(MaxShare, Math.Max(_share, value == 0 ? MinShareOfZero : MinShare));
        var isJudged = _varied >= RowsBefore && _move >= MinDigits * _digit && (value == 0 || phase.IsWarm);
        var score = isJudged ? _repeats * -Math.Log(share) / Chance : 0;
        var severity = value == 0 || _steps >= PageAfterSteps ? AlertSeverity.Critical : AlertSeverity.Warning;
        _stuck.Observe(report, score, severity, value, _before);
    }

    protected override void SaveState(StateWriter state)
    {
        state.Write(_share);
        state.Write(_last);
        state.Write(_before);
        state.Write(_digit);
        state.Write(_move);
        state.Write(_varied);
        state.Write(_repeats);
        state.Write(_steps);
    }

    protected override void LoadState(ref StateReader state)
    {
        _share = state.ReadDouble();
        _last = state.ReadDouble();
        _before = state.ReadDouble();
        _digit = state.ReadDouble();
        _move = state.ReadDouble();
        _varied = state.ReadCount(RowsBefore);
        _repeats = state.ReadCount(int.MaxValue - 1);
        _steps = state.ReadInt64();
    }

    // A repetition is learned when it is over, as a whole: else it would become usual while it lasts. One that was reported is not.
    private void Learn(double value)
    {
        if (!_stuck.IsOpen)
        {
            var kept = Math.Pow(1 - ShareRate, _repeats);
            _share = (1 - ((1 - _share) * kept)) * (1 - ShareRate);
            LearnMove(Math.Abs(value - _last), kept);
            _before = _last;
        }

        if (value != 0 && _varied < RowsBefore) _varied++;
    }

    private void LearnMove(double move, double kept)
    {
        if (!double.IsFinite(move)) return;
        _digit = Math.Min(_digit, move);
        _move = _move == 0 ? move : (_move * kept) + (ShareRate * (move - (_move * kept)));
    }
}
