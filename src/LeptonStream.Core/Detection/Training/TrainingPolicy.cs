namespace LeptonStream.Detection.Training;

/// <summary>How to judge training runs. Immutable.</summary>
public sealed record TrainingPolicy
{
    /// <summary>The policy that needs no setting.</summary>
    public static readonly TrainingPolicy Default = new();

    /// <summary>
    /// Silence that no restart explains: a run that makes no progress for so long, and has declared no end, is taken for dead.
    /// <value>The default value is 40 seconds.</value>
    /// </summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>A silence must also be so many times the usual time between two rows. <value>The default value is 20.</value></summary>
    public int DeadIntervals { get; init; } = 20;

    /// <summary>Steps in which only what can't be normal is told (non-finite values, silence). <value>The default value is 200.</value></summary>
    public int WarmUpSteps { get; init; } = 200;

    /// <summary>The same in rows, for runs that don't log every step. <value>The default value is 48.</value></summary>
    public int WarmUpRows { get; init; } = 48;

    /// <summary>Multiplies every score: 0.5 alarms at twice the deviation. <value>The default value is 1.</value></summary>
    public double Sensitivity { get; init; } = 1;
}
