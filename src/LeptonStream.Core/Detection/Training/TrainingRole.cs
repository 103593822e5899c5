namespace LeptonStream.Detection.Training;

/// <summary>
/// The role of a metric in a training run, whatever its framework calls it. See <see cref="TrainingRoles"/> for the names.
/// </summary>
public enum TrainingRole
{
    /// <summary>Training mode has no use for it.</summary>
    None = 0,

    /// <summary>Training loss of a step or of the steps since the last row; any unit, above 0.</summary>
    Loss = 1,

    /// <summary>Norm of the gradient, before clipping.</summary>
    GradientNorm = 2,

    /// <summary>Learning rate, as scheduled.</summary>
    LearningRate = 3,

    /// <summary>Norm of all weights after the step.</summary>
    ParameterNorm = 4,

    /// <summary>Norm of the change that the step made to the weights.</summary>
    UpdateNorm = 5,

    /// <summary>Tokens, samples or floating-point operations per second.</summary>
    Throughput = 6,

    /// <summary>Duration of a step; any unit of time.</summary>
    StepTime = 7,

    /// <summary>Loss on held-out data, above 0.</summary>
    EvaluationLoss = 8,

    /// <summary>Share of held-out data that is answered right.</summary>
    EvaluationAccuracy = 9,

    /// <summary>Declared stage of the data: another number, other data.</summary>
    DataStage = 10,

    /// <summary>Declared size of a batch.</summary>
    BatchSize = 11,

    /// <summary>Declared last step of the run.</summary>
    PlannedSteps = 12,

    /// <summary>Declared end of the run: anything but 0 means that it is over and will be silent.</summary>
    Finished = 13,
}
