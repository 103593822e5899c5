namespace LeptonStream.Detection;

/// <summary>How the alert of a series opens, goes on and ends; counted in samples of the series where nothing else is said.</summary>
public sealed record AlertTiming
{
    /// <summary>The timing that needs no setting.</summary>
    public static readonly AlertTiming Default = new();

    /// <summary>
    /// How long a series must stay anomalous, one lapse forgiven, before an alert opens; counted in samples of the usual interval, at least one.
    /// <value>The default value is 45 seconds (three samples at 15 s, one at a minute).</value>
    /// </summary>
    public TimeSpan OpenAfter { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>A score that opens an alert at once. <value>The default value is 2.</value></summary>
    public double OpenAtOnce { get; init; } = 2;

    /// <summary>Below this score a sample counts as back to normal (hysteresis: between this and 1.0 an open alert stays open). <value>The default value is 0.7.</value></summary>
    public double CalmBelow { get; init; } = 0.7;

    /// <summary>Calm samples in a row that resolve an alert. <value>The default value is 5.</value></summary>
    public int ResolveAfter { get; init; } = 5;

    /// <summary>Samples after a resolve in which only an <see cref="OpenAtOnce"/> score opens again (refractory). <value>The default value is 30.</value></summary>
    public int Refractory { get; init; } = 30;

    /// <summary>An open alert is told again when its worst score has grown by this factor. <value>The default value is 2.</value></summary>
    public double UpdateFactor { get; init; } = 2;

    /// <summary>Anomalous samples in a row after which the new level is accepted as normal. <value>The default value is 120.</value></summary>
    public int AcceptAfter { get; init; } = 120;
}
