using LeptonStream.Detection.Training.Rules;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>All that is known of one run: where it stands, and what is watched.</summary>
internal sealed class RunWatches
{
    private readonly TrackerSet _trackers = new();
    private readonly NonFiniteWatch _nonFinite;
    private readonly LossWatch _loss;
    private readonly RepetitionWatch _repetition;
    private readonly GradientWatch _gradient;
    private readonly OptimizerWatch _optimizer;
    private readonly WeightWatch _weights;
    private readonly FreezeWatch _freeze;
    private readonly EvaluationWatch _evaluation;
    private readonly PaceWatch _pace;

    public RunWatches(TrainingPolicy policy)
    {
        Phase = new(policy);
        _nonFinite = new(_trackers);
        _loss = new(_trackers);
        _repetition = new(_trackers);
        _gradient = new(_trackers);
        _optimizer = new(_trackers);
        _weights = new(_trackers);
        _freeze = new(_trackers);
        _evaluation = new(_trackers);
        _pace = new(_trackers);
        Silence = new(policy, _trackers);
    }

    public RunPhase Phase { get; }

    public SilenceWatch Silence { get; }

    /// <summary>Judges a row that <see cref="Phase"/> has taken in, each watch before it learns.</summary>
    public void Judge(TrainingRow row, FindingReport report)
    {
        _nonFinite.Judge(row, Phase, report);
        _loss.Judge(row, Phase, report);
        _repetition.Judge(row, Phase, report);
        _gradient.Judge(row, Phase, _loss, report);
        _optimizer.Judge(row, Phase, _gradient, report);
        _weights.Judge(row, Phase, report);
        _freeze.Judge(row, Phase, report);
        _evaluation.Judge(row, Phase, _loss, report);
        _pace.Judge(row, Phase, report);
        Silence.Progress(row, Phase, _nonFinite.IsBroken, report);
    }

    /// <summary>Judges what a later message of the same step adds: an evaluation often comes by itself.</summary>
    public void JudgeRest(TrainingRow row, FindingReport report)
    {
        _nonFinite.JudgeRest(row, Phase, report);
        _evaluation.Judge(row, Phase, _loss, report);
    }

    public bool HasOpen => _trackers.HasOpen;

    public void Close(FindingReport report) => _trackers.Close(report);

    public void Save(StateWriter state)
    {
        _trackers.Save(state);
        Phase.Save(state);
        _nonFinite.Save(state);
        _loss.Save(state);
        _repetition.Save(state);
        _gradient.Save(state);
        _optimizer.Save(state);
        _weights.Save(state);
        _freeze.Save(state);
        _evaluation.Save(state);
        _pace.Save(state);
        Silence.Save(state);
    }

    public void Load(ref StateReader state)
    {
        _trackers.Load(ref state);
        Phase.Load(ref state);
        _nonFinite.Load(ref state);
        _loss.Load(ref state);
        _repetition.Load(ref state);
        _gradient.Load(ref state);
        _optimizer.Load(ref state);
        _weights.Load(ref state);
        _freeze.Load(ref state);
        _evaluation.Load(ref state);
        _pace.Load(ref state);
        Silence.Load(ref state);
    }
}
