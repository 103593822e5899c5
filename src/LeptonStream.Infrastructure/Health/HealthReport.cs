namespace LeptonStream.Health;

/// <summary>One answer to a probe.</summary>
/// <param name="IsHealthy">Whether all is well.</param>
/// <param name="Detail">The state in plain words.</param>
public readonly record struct HealthReport(bool IsHealthy, string Detail)
{
    public static HealthReport Healthy(string detail) => new(true, detail);

    public static HealthReport Unhealthy(string detail) => new(false, detail);
}
