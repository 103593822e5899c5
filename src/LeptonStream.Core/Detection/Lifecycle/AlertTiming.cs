namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// How an alert opens, goes on and ends. Times are event time; a least number of samples stands beside each that one sample must not
/// decide.
/// </summary>
public sealed record AlertTiming
{
    /// <summary>The timing that needs no setting.</summary>
    public static readonly AlertTiming Default = new();

    /// <summary>
    /// How much evidence opens an alert: the scores of its anomalous samples add up to this time divided by the usual interval. At 15 s it
    /// takes three samples of score 1 or one of score 3, at a minute and above a single one. <value>The default value is 45
    /// seconds.</value>
    /// </summary>
    public TimeSpan OpenAfter { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// The same for a series that is younger than <see cref="YoungFor"/>: what it does every hour has not been seen yet. A large change
    /// that lasts does not wait (<see cref="YoungChange"/>). <value>The default value is 10 minutes.</value>
    /// </summary>
    public TimeSpan OpenYoungAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A pending alert is dropped after so long without an anomalous sample, and two samples. <value>The default value is 30
    /// seconds.</value>
    /// </summary>
    public TimeSpan LapseAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// From which score on a slow finding (of shape, level or hour) opens an alert; scores between 1 and this are published but open no
    /// alert. In the alert it counts in parts of this, so that 1.0 is where the alert opens. <value>The default value is 2.5.</value>
    /// </summary>
    public double SlowAlertScore { get; init; } = 2.5;

    /// <summary>Time for which a series counts as young. <value>The default value is 1 day.</value></summary>
    public TimeSpan YoungFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Below this score an observation counts as back to normal (hysteresis: between this and 1.0 an open alert stays open). <value>The
    /// default value is 0.7.</value>
    /// </summary>
    public double CalmBelow { get; init; } = 0.7;

    /// <summary>
    /// So long, and two samples, must an open alert be back to normal before it ends; one sample in ten may lie outside. Flap damping: as
    /// much longer each time it came back within <see cref="Refractory"/>, up to six times. <value>The default value is 5 minutes.</value>
    /// </summary>
    public TimeSpan ResolveAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After the end of an alert, twice the evidence is needed to open again for so long. <value>The default value is 30 minutes.</value>
    /// </summary>
    public TimeSpan Refractory { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// An open alert is reported again when its worst score has grown by this factor. <value>The default value is 2.</value>
    /// </summary>
    public double UpdateFactor { get; init; } = 2;

    /// <summary>
    /// After anomalous samples for so long, and <see cref="RelearnSamples"/> of them, the detectors learn the new level, so that a further
    /// change is seen. An alert is not ended by that. <value>The default value is 1 hour.</value>
    /// </summary>
    public TimeSpan RelearnAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>See <see cref="RelearnAfter"/>. <value>The default value is 60.</value></summary>
    public int RelearnSamples { get; init; } = 60;

    /// <summary>
    /// An open alert whose series was silent for so many of its usual intervals, and <see cref="GoneAfter"/>, ends as gone, by the clock of
    /// the log.
    /// <value>The default value is 20.</value>
    /// </summary>
    public int GoneIntervals { get; init; } = 20;

    /// <summary>See <see cref="GoneIntervals"/>. <value>The default value is 10 minutes.</value></summary>
    public TimeSpan GoneAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// An open alert whose series ended, as its producer said, and was silent for so many of its usual intervals since, and
    /// <see cref="EndedAfter"/>, ends as gone: a scrape that failed once ends the series, too. <value>The default value is 3.</value>
    /// </summary>
    public int EndedIntervals { get; init; } = 3;

    /// <summary>See <see cref="EndedIntervals"/>. <value>The default value is 1 minute.</value></summary>
    public TimeSpan EndedAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The evidence that opens an alert: a sum of scores, at least 1.</summary>
    /// <param name="age">Age of the series or the entity: the time since its first sample.</param>
    /// <param name="intervalSeconds">The usual time between two of its samples, in seconds.</param>
    internal double EnoughEvidence(TimeSpan age, double intervalSeconds) =>
        Math.Max(1, (age < YoungFor ? OpenYoungAfter : OpenAfter).TotalSeconds / Math.Max(intervalSeconds, 1e-3));

    /// <summary>After how long a silence the series of an open alert is gone.</summary>
    /// <param name="intervalSeconds">The usual time between two of its samples, in seconds.</param>
    internal TimeSpan GoneFor(double intervalSeconds) =>
        Silence(GoneAfter, GoneIntervals * intervalSeconds);

    /// <summary>After how long a silence the series of an open alert is gone, where its producer said that it ended.</summary>
    /// <param name="intervalSeconds">The usual time between two of its samples, in seconds.</param>
    internal TimeSpan EndedFor(double intervalSeconds)
    {
        var (ended, gone) = (Silence(EndedAfter, EndedIntervals * intervalSeconds), GoneFor(intervalSeconds));
        return ended < gone ? ended : gone;
    }

    private static TimeSpan Silence(TimeSpan least, double seconds) =>
        TimeSpan.FromSeconds(Math.Max(least.TotalSeconds, Math.Min(seconds, TimeSpan.FromDays(30).TotalSeconds)));
}
