using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a training alert in English: fixed sentences, filled with the facts of the story.</summary>
internal static class EnglishTrainingText
{
    public static Explanation Explain(FindingFacts story) => new(Summary(story), Description(story), Actions(story));

    private static string Summary(FindingFacts story)
    {
        var (key, finding) = (story.Key, story.Finding);
        var where = LabelText.InEnglish(key.Labels);
        var run = $"{key.Model}{where}, step {finding.Step}: ";
        return run + (finding.Change switch
        {
            AlertChange.Recovered when finding.Kind == TrainingKind.RunDead => "the run is making progress again",
            AlertChange.Recovered when finding.Kind == TrainingKind.SharedName => "one source writes this run again",
            AlertChange.Recovered => $"the {Name(finding.Kind)} is over, {key.Metric} is as usual again",
            var end when end.IsEnd() => $"the {Name(finding.Kind)} is closed without a recovery: " + (end switch
            {
                AlertChange.Superseded => "the run ended, started over or declared a change",
                AlertChange.Gone => "the run has sent nothing for a day",
                AlertChange.PolicyChanged => "the policy no longer watches this run",
                _ => $"it has lasted so long that it counts as normal for {key.Metric}",
            }),
            _ => finding.Kind switch
            {
                TrainingKind.NonFinite => $"{key.Metric} is not a finite number ({story.Value})",
                TrainingKind.LossSpike => $"{key.Metric} jumped to {story.Value}{Instead(story)}",
                TrainingKind.LossHigh => $"{key.Metric} stays high at {story.Value}{Instead(story)}",
                TrainingKind.LossDiverging => $"{key.Metric} diverges: {story.Value}{Instead(story)}",
                TrainingKind.GradientExplosion => $"{key.Metric} explodes: {story.Value}{Instead(story)}",
                TrainingKind.GradientVanishing => $"{key.Metric} vanishes: {story.Value}{Instead(story)}",
                TrainingKind.FrozenWeights => "steps change no weight any more",
                TrainingKind.OptimizerShock => $"one step changed the weights far more than its gradient and learning rate explain ({key.Metric} {story.Value}{Instead(story)})",
                TrainingKind.WeightsJump => $"the weights changed by more than the step's update ({key.Metric} {story.Value}{Instead(story)})",
                TrainingKind.EvaluationBroken => $"{key.Metric} broke while training goes on as before: {story.Value}{Instead(story)}",
                TrainingKind.Overfitting => $"{key.Metric} gets worse while the training loss falls: {story.Value}{Instead(story)}",
                TrainingKind.RepeatedData => $"{key.Metric} has lost its noise at {story.Value}: the same data may come again and again",
                TrainingKind.Plateau => $"{key.Metric} has not improved for long: {story.Value}",
                TrainingKind.DataStall => $"many steps take several times as long ({key.Metric} {story.Value}{Instead(story)})",
                TrainingKind.StepTimeDrift => $"steps get slower and slower ({key.Metric} {story.Value}{Instead(story)})",
                TrainingKind.LossStuck => $"{key.Metric} is exactly {story.Value} on every row{Instead(story)}",
                TrainingKind.SharedName => $"two sources write this run: its steps go back every {Numbers.Show(finding.Value)} s",
                _ => $"no progress for {Numbers.Show(finding.Value)} s, and no declared end",
            },
        });
    }

    private static string Description(FindingFacts story) => $"Suspected since step {story.Finding.OnsetStep}, {Numbers.Clock(story.Finding.Onset)}. " + (story.Finding.Change switch
    {
        AlertChange.Recovered => "It has not been seen for a while, so this alert is closed.",
        AlertChange.Accepted => "If it is not normal, act on the cause: the alert won't return by itself.",
        var end when end.IsEnd() => "It had not recovered by then.",
        _ => story.Finding.Kind switch
        {
            TrainingKind.NonFinite => "The trainer itself reports it. Once weights are not finite, only a restart from a checkpoint helps.",
            TrainingKind.LossSpike => "Whether it comes back is not known yet; if it does, this alert closes, else it gets worse.",
            TrainingKind.LossHigh => "It is neither back nor doubled: the run is degraded.",
            TrainingKind.LossDiverging => "It is at least doubled and does not come down.",
            TrainingKind.GradientExplosion or TrainingKind.GradientVanishing => "Held against this run's own gradients before, and its loss.",
            TrainingKind.FrozenWeights => "The schedule does not say so: learning rate 0, a broken optimizer or a mask over all parameters.",
            TrainingKind.OptimizerShock => "Typical of lost optimizer state after a resume, or of a learning rate off its schedule.",
            TrainingKind.WeightsJump => "No optimizer does that: memory corruption, or somebody else wrote the weights.",
            TrainingKind.EvaluationBroken => "More likely the evaluation data or code than the model.",
            TrainingKind.Overfitting => "Held against the best evaluation so far.",
            TrainingKind.RepeatedData => "Batches differ, so a loss wavers. This one does far less than it used to.",
            TrainingKind.Plateau => "At a learning rate that should still improve it.",
            TrainingKind.DataStall => "Typical of a starved input pipeline or a slow file system.",
            TrainingKind.StepTimeDrift => "Held against the best pace of this run so far.",
            TrainingKind.LossStuck => "Batches differ, so their losses do. A loss of exactly 0 is usually a run whose norms overflowed.",
            TrainingKind.SharedName => "Each source is judged by itself. They may overwrite each other's checkpoints.",
            _ => "This is longer than the pauses that this run came back from, and than restarts, evaluations and checkpoints usually take.",
        },
    });

    private static string[] Actions(FindingFacts story) => story.Finding.Change is AlertChange.Recovered ? ["Nothing to do now; look at the chart if it comes back."] : story.Finding.Kind switch
    {
        TrainingKind.SharedName => ["Find the second job that reports under this name, and stop or rename it.", "Give each job labels of its own."],
        TrainingKind.NonFinite or TrainingKind.LossDiverging or TrainingKind.WeightsJump or TrainingKind.LossStuck =>
            ["Stop the job and resume from the last good checkpoint.", "Skip the batches around the onset, or lower the learning rate.", "If it returns on the same host, test its memory."],
        TrainingKind.LossSpike or TrainingKind.LossHigh or TrainingKind.GradientExplosion =>
            ["Compare loss, gradient norm and learning rate around the onset.", "Look at the data of those steps.", "If it does not come back, resume from the checkpoint before."],
        TrainingKind.GradientVanishing or TrainingKind.FrozenWeights =>
            ["Check learning rate, loss scale and which parameters are trained.", "Resume from a checkpoint before the onset."],
        TrainingKind.OptimizerShock => ["See whether the optimizer's state was restored with the weights.", "Compare the learning rate with its schedule."],
        TrainingKind.EvaluationBroken or TrainingKind.Overfitting => ["Check the evaluation data and their version.", "Keep the best checkpoint.", "Consider stopping, or more regularization."],
        TrainingKind.RepeatedData => ["Check the sampler and the state of the data loader after the last resume.", "Resume from before the onset with a new data order."],
        TrainingKind.Plateau => ["Compare with the runs before.", "Consider another learning rate, or ending the run."],
        TrainingKind.DataStall or TrainingKind.StepTimeDrift => ["Look for the slow rank or host: compare step time across ranks.", "Check data loading, network and GPU clocks.", "Cordon the host if it stays slow."],
        _ => ["Look at the job's status and its last log lines.", "Restart it from the last checkpoint.", "Have the job report finished: 1 when it ends by itself."],
    };

    private static string Name(TrainingKind kind) => kind switch
    {
        TrainingKind.NonFinite => "non-finite value",
        TrainingKind.LossHigh => "high loss",
        TrainingKind.LossDiverging => "divergence",
        TrainingKind.GradientVanishing => "vanishing of the gradient",
        TrainingKind.FrozenWeights => "standstill of the weights",
        TrainingKind.WeightsJump => "jump of the weights",
        TrainingKind.EvaluationBroken => "break of the evaluation",
        TrainingKind.RunDead => "silence",
        TrainingKind.LossStuck => "constant loss",
        _ => TrainingKinds.NameOf(kind).Replace('-', ' '),
    };

    private static string Instead(FindingFacts story) => story.Expected is { } expected ? $", expected {expected}" : "";
}
