using LeptonStream.Statistics;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>
/// A straight line through points in time that a few outliers do not move: its slope is the median of the slopes between all pairs of
/// points (H. Theil, A rank-invariant method of linear and polynomial regression analysis, 1950), the interval of the slope comes from the
/// variance of Kendall's statistic (P. K. Sen, JASA 63, 1968), widened where residuals follow each other (K. H. Hamed and A. R. Rao,
/// Journal of Hydrology 204, 1998, to first order).
/// </summary>
/// <param name="Slope">The slope, per unit of time.</param>
/// <param name="Level">The line's value at the last point.</param>
/// <param name="Noise">A robust standard deviation of the points about the line.</param>
/// <param name="SlopeError">A standard deviation of the slope, from its interval; infinite where the points don't determine it.</param>
internal readonly record struct TrendFit(double Slope, double Level, double Noise, double SlopeError)
{
    public const int MaxPoints = 48;

    private const int MaxPairs = MaxPoints * (MaxPoints - 1) / 2;

    /// <summary>Fits a line to at least three points, in order of time. Allocates nothing; the square of their number in time.</summary>
    public static TrendFit Of(ReadOnlySpan<double> times, ReadOnlySpan<double> values)
    {
        Span<double> slopes = stackalloc double[MaxPairs];
        var pairs = 0;
        for (var i = 1; i < times.Length; i++)
            for (var j = 0; j < i; j++) slopes[pairs++] = (values[i] - values[j]) / (times[i] - times[j]);
        slopes = slopes[..pairs];
        var slope = Median.Of(slopes);

        Span<double> residuals = stackalloc double[MaxPoints];
        residuals = residuals[..times.Length];
        Span<double> sorted = stackalloc double[MaxPoints];
        sorted = sorted[..times.Length];
        for (var i = 0; i < times.Length; i++) residuals[i] = values[i] - (slope * (times[i] - times[^1]));
        residuals.CopyTo(sorted);
        var level = Median.Of(sorted);
        for (var i = 0; i < times.Length; i++)
        {
            residuals[i] -= level;
            sorted[i] = Math.Abs(residuals[i]);
        }

        return new(slope, level, MathConstants.MadToSigma * Median.Of(sorted), ErrorOf(slopes, times.Length, Correlation(residuals)));
    }

    private static double ErrorOf(ReadOnlySpan<double> slopes, int points, double correlation)
    {
        double n = points;
        var width = Quantiles.TwoSided95 * Math.Sqrt(n * (n - 1) * ((2 * n) + 5) / 18 * (1 + correlation) / (1 - correlation));
        var (low, high) = ((int)Math.Floor((slopes.Length - width) / 2) - 1, (int)Math.Ceiling((slopes.Length + width) / 2));
        return low < 0 || high >= slopes.Length ? double.PositiveInfinity : (slopes[high] - slopes[low]) / (2 * Quantiles.TwoSided95);
    }

    private static double Correlation(ReadOnlySpan<double> residuals)
    {
        double squares = 1e-300, products = 0;
        for (var i = 0; i < residuals.Length; i++)
        {
            squares += residuals[i] * residuals[i];
            if (i > 0) products += residuals[i] * residuals[i - 1];
        }

        return Math.Clamp(products / squares, 0, 0.8);
    }
}
