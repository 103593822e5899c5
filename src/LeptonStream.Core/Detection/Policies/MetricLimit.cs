namespace LeptonStream.Detection.Policies;

/// <summary>A limit that a metric must not reach, and how far ahead to look for it.</summary>
/// <param name="Value">The limit, in the series' unit; finite.</param>
/// <param name="IsFloor">Whether the metric falls towards it (free memory, time left) instead of growing towards it. <value>The default
/// value is false.</value></param>
/// <param name="Horizon">Greatest time to a breach that is reported, above zero. <value>The default value is 4 hours.</value></param>
public sealed record MetricLimit(double Value, bool IsFloor, TimeSpan Horizon)
{
    /// <summary>The horizon where none is given.</summary>
    public static readonly TimeSpan DefaultHorizon = TimeSpan.FromHours(4);

    /// <summary>A limit from above with the default horizon.</summary>
    public static MetricLimit Ceiling(double value) => new(value, IsFloor: false, DefaultHorizon);

    /// <summary>A limit from below with the default horizon.</summary>
    public static MetricLimit Floor(double value) => new(value, IsFloor: true, DefaultHorizon);
}
