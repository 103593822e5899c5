using LeptonStream.Forecasting;

namespace LeptonStream.Detection.Weights;

/// <summary>
/// The noise that a denominator n leaves in its quotient. Of a share p: √(p(1 − p)/n) + 1/n, the standard error of a binomial share and one
/// count, since where nothing ever failed the first is 0. Of a mean: as usual at the usual n, and with 1/√n.
/// </summary>
internal readonly struct DenominatorNoise
{
    // The value of a full share; 0 of a mean.
    private readonly double _whole;
    private readonly double _spread;
    private readonly double _usualCount;

    private DenominatorNoise(double whole, double spread, double usualCount)
    {
        (_whole, _spread, _usualCount) = (whole, spread, usualCount);
        Usual = At(usualCount);
    }

    /// <summary>The noise at the usual denominator, in the series' unit; NaN where it is not known yet.</summary>
    public double Usual { get; }

    /// <summary>The least scale on which a difference counts, in the series' unit: of a share, a quarter of the usual noise.</summary>
    public double Least => _whole > 0 ? Usual / 4 : 0;

    /// <summary>The noise of a series.</summary>
    /// <param name="unit">Its unit: <c>1</c> and <c>%</c> are shares, all others are taken as means.</param>
    /// <param name="forecast">The forecast of the sample at hand.</param>
    /// <param name="usualCount">The usual denominator, above 0.</param>
    public static DenominatorNoise Of(string? unit, in Forecast forecast, double usualCount)
    {
        var whole = unit switch { "1" => 1.0, "%" => 100, _ => 0 };
        if (whole == 0) return new(0, forecast.Scale * Math.Sqrt(usualCount), usualCount);
        var share = Math.Clamp(forecast.Expected / whole, 0, 1);
        return new(whole, whole * Math.Sqrt(share * (1 - share)), usualCount);
    }

    /// <summary>
    /// The part of a deviation that counts, 0 to 1: all of it from the usual denominator on, and where it leaves no noise.
    /// </summary>
    public double WeightOf(double count) => count >= _usualCount || !(At(count) > 0) ? 1 : Math.Min(1, Usual / At(count));

    /// <summary>Whether a denominator carries a deviation: of a share, whatever it is; of a mean, a small one.</summary>
    public bool Carries(double count, double deviation) =>
        (_whole == 0 && count >= _usualCount) || Math.Abs(deviation) > WeightPlan.CarriesFrom * At(count);

    private double At(double count) => (_spread / Math.Sqrt(count)) + (_whole / count);
}
