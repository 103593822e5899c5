using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a training alert in English: fixed sentences, filled with the facts.</summary>
internal static class EnglishTrainingText
{
    public static Explanation Explain(FindingFacts facts) => new(Summary(facts), Description(facts),
        Endings.AdviceInEnglish(facts.Finding.Change) ?? EnglishAdvice.ForFinding(facts.Finding.Kind));

    private static string Summary(FindingFacts facts)
    {
        var (key, finding) = (facts.Key, facts.Finding);
        var where = LabelText.InEnglish(key.Labels);
        var run = $"{key.Model}{where}, step {finding.Step}: ";
        return run + (finding.Change switch
        {
            AlertChange.Recovered when finding.Kind == TrainingKind.RunDead => "the run is making progress again",
            AlertChange.Recovered when finding.Kind == TrainingKind.SharedName => "one source writes this run again",
            AlertChange.Recovered => $"the {Name(finding.Kind)} is over; {key.Metric} is at {facts.Value}{Instead(facts)}",
            var end when end.IsEnd() => $"the {Name(finding.Kind)} did not recover, alert closed: " + (end switch
            {
                AlertChange.Superseded => "the run ended, started over or declared a change",
                AlertChange.Gone when facts.LastSeen is { } last => $"the run has sent nothing since {Numbers.Clock(last)}",
                AlertChange.Gone => "the run sends nothing any more",
                AlertChange.PolicyChanged => "the policy no longer watches this run",
                _ => $"{key.Metric} is still at {facts.Value}",
            }),
            _ => finding.Kind switch
            {
                TrainingKind.NonFinite when double.IsFinite(finding.Value) =>
                    $"{key.Metric} is finite again, and the alert closes if that lasts: {facts.Value}",
                TrainingKind.NonFinite => $"{key.Metric} is {(facts.IsStill ? "still " : "")}{Numbers.NonFiniteInEnglish(finding.Value)}",
                _ when facts.IsStill => $"the {Name(finding.Kind)} is not over yet; {key.Metric} is at {facts.Value}{Instead(facts)}",
                TrainingKind.LossSpike => $"{key.Metric} jumped to {facts.Value}{Instead(facts)}",
                TrainingKind.LossHigh => $"{key.Metric} stays high at {facts.Value}{Instead(facts)}",
                TrainingKind.LossDiverging => $"{key.Metric} diverges: {facts.Value}{Instead(facts)}",
                TrainingKind.GradientExplosion => $"{key.Metric} explodes: {facts.Value}{Instead(facts)}",
                TrainingKind.GradientVanishing => $"{key.Metric} vanishes: {facts.Value}{Instead(facts)}",
                TrainingKind.FrozenWeights => "steps no longer change the weights",
                TrainingKind.OptimizerShock => $"one step changed the weights far more than its gradient and learning rate explain "
                    + $"({key.Metric} {facts.Value}{Instead(facts)})",
                TrainingKind.WeightsJump =>
                    $"the weights changed by more than the step's update ({key.Metric} {facts.Value}{Instead(facts)})",
                TrainingKind.EvaluationBroken => $"{key.Metric} broke while training continues as before: {facts.Value}{Instead(facts)}",
                TrainingKind.Overfitting => $"{key.Metric} gets worse while the training loss falls: {facts.Value}{Instead(facts)}",
                TrainingKind.RepeatedData => $"{key.Metric} has lost its noise at {facts.Value}: the same data may be repeating",
                TrainingKind.Plateau => $"{key.Metric} has not improved for a long time: {facts.Value}",
                TrainingKind.DataStall => $"many steps take several times as long as usual ({key.Metric} {facts.Value}{Instead(facts)})",
                TrainingKind.StepTimeDrift => $"steps keep getting slower ({key.Metric} {facts.Value}{Instead(facts)})",
                TrainingKind.LossStuck => $"{key.Metric} is exactly {facts.Value} on every row{Instead(facts)}",
                TrainingKind.SharedName => $"two sources write this run: its steps go back every {Length(finding.Value)}",
                _ => $"no progress for {Length(finding.Value)}; the run did not report its end",
            },
        });
    }

    private static string Description(FindingFacts facts) =>
        $"First seen at step {facts.Finding.OnsetStep}, {Numbers.Clock(facts.Finding.Onset)}. " + (facts.Finding.Change switch
    {
        var end when end.IsEnd() => Endings.InEnglish(end, facts.Span),
        _ when facts.IsStill => "This alert closes when it has not been seen for a while.",
        _ => facts.Finding.Kind switch
        {
            TrainingKind.NonFinite when facts.Finding.Severity == AlertSeverity.Info =>
                "During warm-up, loss scaling searches for its scale, and gradients may overflow. This is for the record only.",
            TrainingKind.NonFinite => "The trainer itself reports it. Once weights are NaN or Inf, only a restart from a checkpoint helps.",
            TrainingKind.LossSpike =>
                "It is too early to say whether the loss recovers. If it does, this alert closes; if not, it becomes more severe.",
            TrainingKind.LossHigh => "The loss has not recovered and has not doubled: the run may be degraded.",
            TrainingKind.LossDiverging => "The loss has at least doubled and does not come down.",
            TrainingKind.GradientExplosion or TrainingKind.GradientVanishing => "Compared with this run's earlier gradients and loss.",
            TrainingKind.FrozenWeights =>
                "The schedule does not explain it. Usual causes: learning rate 0, a broken optimizer, or all parameters frozen.",
            TrainingKind.OptimizerShock => "Usual causes: optimizer state lost after a resume, or a learning rate off its schedule.",
            TrainingKind.WeightsJump => "No optimizer does this. Usual causes: corrupted memory, or another process wrote the weights.",
            TrainingKind.EvaluationBroken => "The cause is more likely in the evaluation data or code than in the model.",
            TrainingKind.Overfitting => "Compared with the best evaluation so far.",
            TrainingKind.RepeatedData => "Batches differ, so a loss is noisy. This loss is far less noisy than before.",
            TrainingKind.Plateau => "The learning rate should still improve it.",
            TrainingKind.DataStall => "Usual causes: a starved input pipeline or a slow file system.",
            TrainingKind.StepTimeDrift => "Compared with the best pace of this run so far.",
            TrainingKind.LossStuck => "Batches differ, so their losses differ. A loss of exactly 0 usually means that the run overflowed.",
            TrainingKind.SharedName => "Each source is judged by itself. They may overwrite each other's checkpoints.",
            _ => "That is longer than any pause this run recovered from. Restarts, evaluations and checkpoints usually take less.",
        },
    });

    private static string Name(TrainingKind kind) => kind switch
    {
        TrainingKind.NonFinite => "non-finite value",
        TrainingKind.LossHigh => "high loss",
        TrainingKind.LossDiverging => "divergence",
        TrainingKind.GradientVanishing => "vanishing gradient",
        TrainingKind.FrozenWeights => "frozen weights",
        TrainingKind.WeightsJump => "weights jump",
        TrainingKind.EvaluationBroken => "broken evaluation",
        TrainingKind.RunDead => "dead run",
        TrainingKind.LossStuck => "constant loss",
        _ => TrainingKinds.NameOf(kind).Replace('-', ' '),
    };

    private static string Instead(FindingFacts facts) => facts.Expected is { } expected ? $", expected {expected}" : "";

    private static string Length(double seconds) =>
        double.IsFinite(seconds) ? Durations.ExactInEnglish(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9))) : "a long time";
}
