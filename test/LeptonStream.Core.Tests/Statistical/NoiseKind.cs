namespace LeptonStream.Core.Tests.Statistical;

/// <summary>What a series is made of on which nothing happens.</summary>
public enum NoiseKind
{
    /// <summary>Independent and normal.</summary>
    Gaussian,

    /// <summary>Student's t with three degrees of freedom: now and then far out, as latencies are.</summary>
    HeavyTailed,

    /// <summary>Small counts.</summary>
    Poisson,

    /// <summary>A counter of what happens four times a day: corrected memory errors.</summary>
    RareCounts,

    /// <summary>Zero nineteen times out of twenty, else log-normal: errors, bursts of a disk.</summary>
    ZeroInflated,

    /// <summary>A setting: constant, with another value now and then.</summary>
    Steps,

    /// <summary>Follows the day, ten times as far as its noise.</summary>
    Seasonal,
}
