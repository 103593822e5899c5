namespace LeptonStream.Detection.Training;

/// <summary>The kinds of trouble of a training run.</summary>
public enum TrainingKind
{
    /// <summary>A loss or norm is no finite number.</summary>
    NonFinite = 0,

    /// <summary>The loss jumped; whether it comes back is not known yet.</summary>
    LossSpike = 1,

    /// <summary>The loss stays above where it was, or crept up: it has not recovered.</summary>
    LossHigh = 2,

    /// <summary>The loss is at least doubled and not coming back.</summary>
    LossDiverging = 3,

    /// <summary>The gradient norm is many times what it was.</summary>
    GradientExplosion = 4,

    /// <summary>The gradient norm fell though the loss did not.</summary>
    GradientVanishing = 5,

    /// <summary>Steps change no weight though the schedule does not say so.</summary>
    FrozenWeights = 6,

    /// <summary>
    /// One step changed the weights far more than the schedule explains: learning rate off its schedule, or optimizer state lost.
    /// </summary>
    OptimizerShock = 7,

    /// <summary>The weights changed by more than the step's update: something else wrote them.</summary>
    WeightsJump = 8,

    /// <summary>The evaluation broke while training goes on as before.</summary>
    EvaluationBroken = 9,

    /// <summary>The evaluation gets worse while the training loss falls.</summary>
    Overfitting = 10,

    /// <summary>The loss fell and lost its noise: the same data come again and again.</summary>
    RepeatedData = 11,

    /// <summary>The loss has not improved for long, at a learning rate that should improve it.</summary>
    Plateau = 12,

    /// <summary>Many steps take several times as long as usual.</summary>
    DataStall = 13,

    /// <summary>Steps have been getting slower for long.</summary>
    StepTimeDrift = 14,

    /// <summary>No progress for longer than any restart takes, and no declared end.</summary>
    RunDead = 15,

    /// <summary>The loss is the same number row after row; exactly 0 is a run that blew up.</summary>
    LossStuck = 16,

    /// <summary>Two or more sources write one run: its steps go back and forth.</summary>
    SharedName = 17,
}

/// <summary>The names of the kinds on the wire and in tables.</summary>
public static class TrainingKinds
{
    private static readonly string[] Names =
    [
        "non-finite", "loss-spike", "loss-high", "loss-diverging", "gradient-explosion", "gradient-vanishing", "frozen-weights",
        "optimizer-shock",
        "weights-jump", "evaluation-broken", "overfitting", "repeated-data", "plateau", "data-stall", "step-time-drift", "run-dead",
        "loss-stuck", "shared-name",
    ];

    /// <summary>The name of a kind, in kebab-case.</summary>
    public static string NameOf(TrainingKind kind) => Names[(int)kind];
}
