using LeptonStream.Detection.Training;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>What a run of a story would report of a step; a story changes it before it is reported. Null is not measured.</summary>
internal sealed class Reading
{
    public required long Step { get; set; }

    public double? Loss { get; set; }

    public double? Gradient { get; set; }

    public double? Rate { get; set; }

    public double? Norm { get; set; }

    public double? Update { get; set; }

    public double? Throughput { get; set; }

    public double? StepTime { get; set; }

    public double? EvaluationLoss { get; set; }

    public double? Accuracy { get; set; }

    public double? Stage { get; set; }

    public double? Planned { get; set; }

    public void To(TrainingRow row)
    {
        Set(TrainingRole.Loss, Loss);
        Set(TrainingRole.GradientNorm, Gradient);
        Set(TrainingRole.LearningRate, Rate);
        Set(TrainingRole.ParameterNorm, Norm);
        Set(TrainingRole.UpdateNorm, Update);
        Set(TrainingRole.Throughput, Throughput);
        Set(TrainingRole.StepTime, StepTime);
        Set(TrainingRole.EvaluationLoss, EvaluationLoss);
        Set(TrainingRole.EvaluationAccuracy, Accuracy);
        Set(TrainingRole.DataStage, Stage);
        Set(TrainingRole.PlannedSteps, Planned);

        void Set(TrainingRole role, double? value)
        {
            if (value is { } measured) row.Set(role, measured);
        }
    }
}
