using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Rules;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>All that is known of one source of a run: where it stands, and what its rules know.</summary>
internal sealed class RunRules
{
    private readonly NonFiniteRule _nonFinite = new();
    private readonly TrainingRule[] _rules;

    public RunRules(TrainingPolicy policy)
    {
        Phase = new(policy);
        var loss = new LossRule();
        var gradient = new GradientRule(loss);
        // Those that others build on come first.
        _rules =
        [
            _nonFinite, loss, new SignedLossRule(), new StuckLossRule(), new RepetitionRule(), gradient, new OptimizerRule(gradient),
            new WeightRule(), new FreezeRule(),
            new EvaluationRule(loss), new PaceRule(),
        ];
    }

    public RunPhase Phase { get; }

    public IReadOnlyList<TrainingRule> Rules => _rules;

    /// <summary>Event time of the newest row.</summary>
    public Timestamp LastTime { get; set; } = Timestamp.Never;

    /// <summary>The roles measured at the last step, in however many messages, as bits of roles.</summary>
    public int Measured { get; set; }

    /// <summary>Whether the run is known to be broken for good.</summary>
    public bool IsBroken => _nonFinite.IsBroken;

    public bool HasOpen => Array.Exists(_rules, rule => rule.HasOpen);

    /// <summary>Judges a row that <see cref="Phase"/> has taken in, each rule before it learns.</summary>
    public void Judge(TrainingRow row, FindingReport report)
    {
        foreach (var rule in _rules) rule.Judge(row, Phase, report);
    }

    /// <summary>Judges what a later message of the same step adds.</summary>
    public void JudgeRest(TrainingRow row, FindingReport report)
    {
        foreach (var rule in _rules) rule.JudgeRest(row, Phase, report);
    }

    public void Close(FindingReport report, AlertChange reason)
    {
        foreach (var rule in _rules) rule.Close(report, reason);
    }

    public void Save(StateWriter state)
    {
        Phase.Save(state);
        state.Write(LastTime.UnixNanoseconds);
        state.Write(Measured);
        foreach (var rule in _rules) rule.Save(state);
    }

    public void Load(ref StateReader state)
    {
        Phase.Load(ref state);
        LastTime = new(state.ReadInt64());
        Measured = state.ReadCount(int.MaxValue);
        foreach (var rule in _rules) rule.Load(ref state);
    }
}
