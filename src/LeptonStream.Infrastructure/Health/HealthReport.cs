namespace LeptonStream.Health;

/// <summary>One answer to a probe.</summary>
/// <param name="IsHealthy">Whether all is well.</param>
/// <param name="Detail">What is so, in plain words.</param>
public readonly record struct HealthReport(bool IsHealthy, string Detail)
{
    public static HealthReport Well(string detail) => new(true, detail);

    public static HealthReport Ill(string detail) => new(false, detail);
}
