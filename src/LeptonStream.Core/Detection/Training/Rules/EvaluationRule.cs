using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Statistics;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Evaluations that break while training goes on (half above the worst of the last three, and five scales of their own noise), and
/// evaluations that get worse while the training loss falls (the median of three, half above the best). Another stage of data is another
/// evaluation. Four evaluations that are equal to the last digit are weights that stand still, where no update norm tells it sooner.
/// </summary>
internal sealed class EvaluationRule : TrainingRule
{
    private const int Kept = 8;
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly int Enough = Tuning.EvaluationEnough;
    private static readonly double BrokenScales = Tuning.EvaluationBrokenScales;
    private static readonly double OverfitScales = Tuning.EvaluationOverfitScales;
    private static readonly double AccuracyShare = Tuning.EvaluationAccuracyShare;
    private static readonly double Repeats = Tuning.EvaluationRepeats;
    private static readonly double RateThatMoves = Tuning.EvaluationRateThatMoves;
    private static readonly double Half = Math.Log(1 + Tuning.EvaluationLeast);
    // One evaluation that is far too good must not become the measure of all others.
    private static readonly double MaxFall = Math.Log(Tuning.EvaluationMaxFall);
    private static readonly double Agrees = Math.Log(1 + Tuning.EvaluationAgrees);

    private readonly LossRule _loss;
    private readonly FindingTracker _broken;
    private readonly FindingTracker _wrong;
    private readonly FindingTracker _overfit;
    private readonly FindingTracker _still;
    private readonly RecentValues _losses = new(Kept);
    private readonly RecentValues _accuracies = new(Kept);
    private double _lastLoss = double.NaN;
    private int _repeats;
    private double _best = double.NaN;
    private double _trainingAtBest;

    /// <param name="loss">Whether the training loss is as usual; judged before.</param>
    public EvaluationRule(LossRule loss)
        : base("evaluation")
    {
        _loss = loss;
        _broken = Alert(TrainingKind.EvaluationBroken, TrainingRole.EvaluationLoss, FindingTiming.Rows(2));
        _wrong = Alert(TrainingKind.EvaluationBroken, TrainingRole.EvaluationAccuracy, FindingTiming.Rows(2));
        _overfit = Alert(TrainingKind.Overfitting, TrainingRole.EvaluationLoss, FindingTiming.Rows(3));
        _still = Alert(TrainingKind.FrozenWeights, TrainingRole.EvaluationLoss, FindingTiming.Rows(1) with { MayBeAccepted = false });
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (phase.StageChanged) Rebase();
        var lossAgrees = true;
        if (row.IsPositive(TrainingRole.EvaluationLoss))
        {
            lossAgrees = _losses.Count == 0 || Math.Log(row[TrainingRole.EvaluationLoss]) - _losses.HighestOf(3) >= Agrees;
            JudgeRepeats(row, phase, report);
            JudgeLoss(row[TrainingRole.EvaluationLoss], phase, report);
        }

        if (row.IsPositive(TrainingRole.EvaluationAccuracy))
            JudgeAccuracy(row[TrainingRole.EvaluationAccuracy], phase, lossAgrees && !_loss.IsHigh, report);
    }

    public override void JudgeRest(TrainingRow row, RunPhase phase, FindingReport report) => Judge(row, phase, report);

    protected override void SaveState(StateWriter state)
    {
        _losses.Save(state);
        _accuracies.Save(state);
        state.Write(_lastLoss);
        state.Write(_repeats);
        state.Write(_best);
        state.Write(_trainingAtBest);
    }

    protected override void LoadState(ref StateReader state)
    {
        _losses.Load(ref state);
        _accuracies.Load(ref state);
        _lastLoss = state.ReadDouble();
        _repeats = state.ReadCount(int.MaxValue);
        _best = state.ReadDouble();
        _trainingAtBest = state.ReadDouble();
    }

    private void JudgeRepeats(TrainingRow row, RunPhase phase, FindingReport report)
    {
        var value = row[TrainingRole.EvaluationLoss];
        _repeats = value == _lastLoss ? _repeats + 1 : 0;
        _lastLoss = value;
        var shouldMove = phase.IsWarm
            && !row.Has(TrainingRole.UpdateNorm)
            && !(row[TrainingRole.LearningRate] < RateThatMoves * phase.HighestRate);
        _still.Observe(report, shouldMove ? _repeats / Repeats : 0, AlertSeverity.Warning, value, double.NaN);
    }

    private void JudgeLoss(double value, RunPhase phase, FindingReport report)
    {
        var log = Math.Log(value);
        var isJudged = phase.IsWarm && _losses.Count >= Enough;
        var noise = _losses.Noise();
        var usual = _losses.Count == 0 ? log : _losses.HighestOf(3);
        // A rise that the training loss shows too is no fault of the evaluation.
        var score = isJudged && !_loss.IsHigh ? (log - usual) / Math.Max(Half, BrokenScales * noise) : 0;
        if (_broken.Observe(report, score, AlertSeverity.Warning, value, Math.Exp(usual)) == AlertChange.Accepted) Rebase();
        if (score >= 1 || _broken.IsOpen) return;
        _losses.Push(_losses.Count == 0 ? log : Math.Max(log, usual - MaxFall));
        if (_losses.Count >= Enough) JudgeOverfitting(report, value, noise, phase.IsWarm);
    }

    private void JudgeOverfitting(FindingReport report, double value, double noise, bool isWarm)
    {
        var level = _losses.MedianOfThree();
        if (!(level >= _best)) (_best, _trainingAtBest) = (level, _loss.Level);
        var fell = _loss.Level < _trainingAtBest;
        var score = isWarm && fell ? (level - _best) / Math.Max(Half, OverfitScales * noise) : 0;
        _overfit.Observe(report, score, AlertSeverity.Warning, value, Math.Exp(_best));
    }

    // An accuracy of few answers flickers; where the loss on them is known, it has to be worse too.
    private void JudgeAccuracy(double value, RunPhase phase, bool mayJudge, FindingReport report)
    {
        var usual = _accuracies.Count == 0 ? value : _accuracies.LowestOf(3);
        var isJudged = phase.IsWarm && _accuracies.Count >= Enough && mayJudge;
        var score = isJudged ? (usual - value) / Math.Max(AccuracyShare * usual, BrokenScales * _accuracies.Noise()) : 0;
        if (_wrong.Observe(report, score, AlertSeverity.Warning, value, usual) == AlertChange.Accepted) _accuracies.Clear();
        if (score < 1 && !_wrong.IsOpen) _accuracies.Push(value);
    }

    private void Rebase()
    {
        _losses.Clear();
        _accuracies.Clear();
        _best = double.NaN;
    }
}
