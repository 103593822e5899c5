namespace LeptonStream.Detection.Training;

/// <summary>The settings of training mode. Immutable.</summary>
public sealed record TrainingPolicy
{
    /// <summary>The policy that needs no setting.</summary>
    public static readonly TrainingPolicy Default = new();

    /// <summary>
    /// Silence that no restart explains: a run that makes no progress for so long, and has declared no end, is taken for dead, once its
    /// pauses are known.
    /// <value>The default value is 40 seconds.</value>
    /// </summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>
    /// Silence that counts as death in the first <see cref="PauseSteps"/> steps that are seen of a run: nobody knows yet how long
    /// its checkpoints and evaluations take.
    /// <value>The default value is 4.5 minutes.</value>
    /// </summary>
    public TimeSpan DeadEarlyAfter { get; init; } = TimeSpan.FromMinutes(4.5);

    /// <summary>
    /// Steps in which a run shows its pauses: trainers save and evaluate every 500 or 1,000 steps where nobody asks for anything else.
    /// <value>The default value is 1,200.</value>
    /// </summary>
    public int PauseSteps { get; init; } = 1200;

    /// <summary>
    /// Length of a finding after which it is accepted; critical ones never are. <value>The default value is 24
    /// hours.</value>
    /// </summary>
    public TimeSpan AcceptAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Silence, by the clock of the log, after which a run is forgotten, whether it was reported as dead or had ended. <value>The default
    /// value is 24 hours.</value>
    /// </summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Least length of a silence that counts as death, in usual intervals between two rows; from 1. <value>The default value is 20.</value>
    /// </summary>
    public int DeadIntervals { get; init; } = 20;

    /// <summary>
    /// Steps in which only what can't be normal is reported (non-finite values, silence). <value>The default value is 200.</value>
    /// </summary>
    public int WarmUpSteps { get; init; } = 200;

    /// <summary>
    /// Rows in which only what can't be normal is reported, for runs that don't log every step. <value>The default value is 48.</value>
    /// </summary>
    public int WarmUpRows { get; init; } = 48;

    /// <summary>Factor of every score, above 0: 0.5 alarms at twice the deviation. <value>The default value is 1.</value></summary>
    public double Sensitivity { get; init; } = 1;
}
