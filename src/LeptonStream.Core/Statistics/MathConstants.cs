namespace LeptonStream.Statistics;

/// <summary>Factors between measures of spread, each in one place.</summary>
internal static class MathConstants
{
    /// <summary>1/Φ⁻¹(3/4): the standard deviation of normal values over their median absolute deviation.</summary>
    public const double MadToSigma = 1.482602218505602;

    /// <summary>√(π/2): the standard deviation of normal values over their mean absolute deviation.</summary>
    public const double AbsoluteToSigma = 1.2533141373155003;

    /// <summary>ln 2.</summary>
    public const double Ln2 = 0.6931471805599453;

    /// <summary>log₁₀ e: decades of a natural logarithm.</summary>
    public const double Log10E = 0.4342944819032518;
}
