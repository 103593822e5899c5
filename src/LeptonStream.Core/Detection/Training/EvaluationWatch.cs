using LeptonStream.Alerts;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>
/// Evaluations that break while training goes on (half above the worst of the last three, and five scales of their own noise), and evaluations that
/// get worse while the training loss falls (the median of three, half above the best). Another stage of data is another evaluation.
/// </summary>
internal sealed class EvaluationWatch(TrackerSet trackers)
{
    private const int Kept = 8;
    private const int Enough = 4;
    private const double BrokenScales = 5;
    private const double OverfitScales = 6;
    private const double AccuracyShare = 0.25;
    private static readonly double Half = Math.Log(1.5);

    private readonly FindingTracker _broken = trackers.Add(TrainingKind.EvaluationBroken, TrainingRole.EvaluationLoss, resolveAfter: 2, acceptAfter: 10);
    private readonly FindingTracker _wrong = trackers.Add(TrainingKind.EvaluationBroken, TrainingRole.EvaluationAccuracy, resolveAfter: 2, acceptAfter: 10);
    private readonly FindingTracker _overfit = trackers.Add(TrainingKind.Overfitting, TrainingRole.EvaluationLoss, resolveAfter: 3, acceptAfter: 40);
    private readonly RecentValues _losses = new(Kept);
    private readonly RecentValues _accuracies = new(Kept);
    private double _best = double.NaN;
    private double _trainingAtBest;

    public void Judge(TrainingRow row, RunPhase phase, LossWatch loss, FindingReport report)
    {
        if (phase.StageChanged) Rebase();
        if (row.IsPositive(TrainingRole.EvaluationLoss)) JudgeLoss(row[TrainingRole.EvaluationLoss], phase, loss, report);
        if (row.IsPositive(TrainingRole.EvaluationAccuracy)) JudgeAccuracy(row[TrainingRole.EvaluationAccuracy], phase, loss, report);
    }

    public void Save(StateWriter state)
    {
        _losses.Save(state);
        _accuracies.Save(state);
        state.Write(_best);
        state.Write(_trainingAtBest);
    }

    public void Load(ref StateReader state)
    {
        _losses.Load(ref state);
        _accuracies.Load(ref state);
        _best = state.ReadDouble();
        _trainingAtBest = state.ReadDouble();
    }

    private void JudgeLoss(double value, RunPhase phase, LossWatch loss, FindingReport report)
    {
        var log = Math.Log(value);
        var isJudged = phase.IsWarm && _losses.Count >= Enough;
        var noise = _losses.Noise();
        var usual = _losses.Count == 0 ? log : _losses.HighestOf(3);
        // What the training loss shows too is no fault of the evaluation.
        var score = isJudged && !loss.IsHigh ? (log - usual) / Math.Max(Half, BrokenScales * noise) : 0;
        if (_broken.Observe(report, score, AlertSeverity.Warning, value, Math.Exp(usual)) == AlertChange.Accepted) Rebase();
        if (score >= 1 || _broken.IsOpen) return;
        _losses.Push(log);
        if (_losses.Count >= Enough) JudgeOverfitting(loss, report, value, noise, phase.IsWarm);
    }

    private void JudgeOverfitting(LossWatch loss, FindingReport report, double value, double noise, bool isWarm)
    {
        var level = _losses.MedianOfThree();
        if (!(level >= _best)) (_best, _trainingAtBest) = (level, loss.Level);
        var fell = loss.Level < _trainingAtBest;
        var score = isWarm && fell ? (level - _best) / Math.Max(Half, OverfitScales * noise) : 0;
        _overfit.Observe(report, score, AlertSeverity.Warning, value, Math.Exp(_best));
    }

    private void JudgeAccuracy(double value, RunPhase phase, LossWatch loss, FindingReport report)
    {
        var usual = _accuracies.Count == 0 ? value : _accuracies.LowestOf(3);
        var isJudged = phase.IsWarm && _accuracies.Count >= Enough && !loss.IsHigh;
        var score = isJudged ? (usual - value) / (AccuracyShare * usual) : 0;
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
