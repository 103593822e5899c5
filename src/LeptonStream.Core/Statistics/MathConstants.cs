namespace LeptonStream.Statistics;

/// <summary>
/// Factors between measures of spread of normal values, each in one place. They are constants, so that hot paths and snapshots have the
/// same bits on every machine; tests hold them against MathNet's distributions.
/// </summary>
internal static class MathConstants
{
    /// <summary>1/Φ⁻¹(3/4): the standard deviation over the median absolute deviation.</summary>
    public const double MadToSigma = 1.482602218505602;

    /// <summary>√(π/2): the standard deviation over the mean absolute deviation.</summary>
    public const double AbsoluteToSigma = 1.2533141373155003;

    /// <summary>√(π/2)/√6: the standard deviation over the mean absolute second difference of independent values.</summary>
    public const double SecondDifferenceToSigma = 0.5116633539732443;

    /// <summary>Φ⁻¹(95/100): so many standard deviations above the mean lies the 95 % quantile.</summary>
    public const double Quantile95 = 1.6448536269514722;
}
