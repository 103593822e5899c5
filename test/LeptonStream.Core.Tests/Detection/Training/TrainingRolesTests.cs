using LeptonStream.Detection.Training;

namespace LeptonStream.Core.Tests.Detection.Training;

public sealed class TrainingRolesTests
{
    [TestCase("loss", TrainingRole.Loss)]
    [TestCase("lm loss", TrainingRole.Loss)]
    [TestCase("train/loss", TrainingRole.Loss)]
    [TestCase("loss_metrics/global_avg_loss", TrainingRole.Loss)]
    [TestCase("grad-norm", TrainingRole.GradientNorm)]
    [TestCase("grad_2.0_norm_total", TrainingRole.GradientNorm)]
    [TestCase("learning_rate", TrainingRole.LearningRate)]
    [TestCase("lr-AdamW", TrainingRole.LearningRate)]
    [TestCase("lr-AdamW/pg1", TrainingRole.LearningRate)]
    [TestCase("params-norm", TrainingRole.ParameterNorm)]
    [TestCase("update_norm", TrainingRole.UpdateNorm)]
    [TestCase("throughput(tps)", TrainingRole.Throughput)]
    [TestCase("device/samples_per_sec", TrainingRole.Throughput)]
    [TestCase("step_time_ms", TrainingRole.StepTime)]
    [TestCase("iteration-time", TrainingRole.StepTime)]
    [TestCase("train.step_time_s", TrainingRole.StepTime)]
    [TestCase("train.tokens_per_s", TrainingRole.Throughput)]
    [TestCase("train.lr", TrainingRole.LearningRate)]
    [TestCase("time_metrics/end_to_end(s)", TrainingRole.StepTime)]
    [TestCase("eval_loss", TrainingRole.EvaluationLoss)]
    [TestCase("lm loss validation", TrainingRole.EvaluationLoss)]
    [TestCase("validation_metrics/loss", TrainingRole.EvaluationLoss)]
    [TestCase("Val_Acc", TrainingRole.EvaluationAccuracy)]
    [TestCase("data_stage", TrainingRole.DataStage)]
    [TestCase("batch-size", TrainingRole.BatchSize)]
    [TestCase("max_steps", TrainingRole.PlannedSteps)]
    [TestCase("train_finished", TrainingRole.Finished)]
    [TestCase("lr-AdamW-momentum", TrainingRole.None)]
    [TestCase("lr-AdamW-weight_decay", TrainingRole.None)]
    [TestCase("grad_2.0_norm/layer.0.weight", TrainingRole.None)]
    [TestCase("loss-scale", TrainingRole.None)]
    [TestCase("DCGM_FI_DEV_GPU_UTIL", TrainingRole.None)]
    [TestCase("", TrainingRole.None)]
    public void Of_NamesOfTheFrameworks_TellTheRole(string metric, TrainingRole role) =>
        Assert.That(TrainingRoles.Of(metric), Is.EqualTo(role));

    [Test]
    public void Of_AVeryLongName_IsNone() => Assert.That(TrainingRoles.Of(new string('x', 10_000)), Is.EqualTo(TrainingRole.None));

    [Test]
    public void Set_TwoMetricsOfOneRole_TakesTheFirst()
    {
        var row = new TrainingRow();
        row.Begin(default, 1, default);
        row.Set(TrainingRole.Loss, 2);
        row.Set(TrainingRole.Loss, 3);
        Assert.That(row[TrainingRole.Loss], Is.EqualTo(2));
        row.Begin(default, 2, default);
        Assert.That(row.Has(TrainingRole.Loss), Is.False);
    }
}
