using LeptonStream.Samples;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>The time at which a limit is expected to be reached.</summary>
/// <param name="At">The expected time.</param>
/// <param name="Earliest">The early end of the interval.</param>
/// <param name="Latest">The late end of the interval, or the end of time where it has none.</param>
public readonly record struct BreachForecast(Timestamp At, Timestamp Earliest, Timestamp Latest)
{
    /// <summary>Stands for "never".</summary>
    public static readonly Timestamp Never = new(long.MaxValue);

    /// <summary>None.</summary>
    public static readonly BreachForecast None = new(Never, Never, Never);
}
