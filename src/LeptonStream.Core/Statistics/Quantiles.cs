using MathNet.Numerics.Distributions;

namespace LeptonStream.Statistics;

/// <summary>Quantiles of the normal distribution that intervals are made of.</summary>
internal static class Quantiles
{
    /// <summary>Half the width of an interval that holds 95 % of normal values, in standard deviations.</summary>
    public static readonly double TwoSided95 = Normal.InvCDF(0, 1, 0.975);
}
