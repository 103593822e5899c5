namespace LeptonStream.Detection.Lifecycle;

/// <summary>How the alert of a series opens, goes on and ends; counted in samples of the series where nothing else is said.</summary>
public sealed record AlertTiming
{
    /// <summary>The timing that needs no setting.</summary>
    public static readonly AlertTiming Default = new();

    /// <summary>
    /// How much evidence opens an alert: the scores of its anomalous samples, one lapse forgiven, add up to this time divided by the usual interval.
    /// So at 15 s it takes three samples of score 1 or one of score 3, at a minute and above a single one. <value>The default value is 45 seconds.</value>
    /// </summary>
    public TimeSpan OpenAfter { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>The same for a series that is younger than <see cref="YoungFor"/>: what it does every hour has not been seen yet. <value>The default value is 10 minutes.</value></summary>
    public TimeSpan OpenYoungAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// From which score on a slow finding (of shape, level or hour) opens an alert: what lies between 1 and this is told in the score only. In the alert it counts
    /// in parts of this, so that 1.0 is where the alert opens. <value>The default value is 2.</value>
    /// </summary>
    public double SlowAlertScore { get; init; } = 2;

    /// <summary>How long a series counts as young. <value>The default value is 1 day.</value></summary>
    public TimeSpan YoungFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Below this score a sample counts as back to normal (hysteresis: between this and 1.0 an open alert stays open). <value>The default value is 0.7.</value></summary>
    public double CalmBelow { get; init; } = 0.7;

    /// <summary>Calm samples in a row that resolve an alert; as many more each time it came back within <see cref="Refractory"/>, up to six times (flap damping). <value>The default value is 5.</value></summary>
    public int ResolveAfter { get; init; } = 5;

    /// <summary>Samples after a resolve in which twice the evidence is needed to open again (refractory). <value>The default value is 30.</value></summary>
    public int Refractory { get; init; } = 30;

    /// <summary>An open alert is told again when its worst score has grown by this factor. <value>The default value is 2.</value></summary>
    public double UpdateFactor { get; init; } = 2;

    /// <summary>Anomalous samples in a row after which the new level is accepted as normal. <value>The default value is 60.</value></summary>
    public int AcceptAfter { get; init; } = 60;

    /// <summary>The evidence that opens an alert: a sum of scores, at least 1.</summary>
    /// <param name="age">How long the series, or the entity, is known.</param>
    /// <param name="intervalSeconds">The usual time between two of its samples, in seconds.</param>
    internal double EnoughEvidence(TimeSpan age, double intervalSeconds) =>
        Math.Max(1, (age < YoungFor ? OpenYoungAfter : OpenAfter).TotalSeconds / Math.Max(intervalSeconds, 1e-3));
}
