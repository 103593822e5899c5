using System.Runtime.InteropServices;
using LeptonStream.Statistics;

namespace LeptonStream.Forecasting;

/// <summary>
/// Level, trend and error scale of one additive Holt-Winters recursion: level ℓ ← ℓ + b + αe, trend b ← b + β(ℓ − ℓ′ − b), where e is the
/// error of the forecast ℓ + b + s for the season's share s. The scale is an exponentially weighted mean absolute error (λ = 0.002; the
/// first errors count fully); an error beyond ten scales is cut before anything learns from it (but the first one after a constant, which
/// has no scale). All zeros is the state of a series that was never seen.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(float))]
internal struct HoltWintersState
{
    private const int Settled = 10;

    private static readonly ForecastTuning Tuning = ForecastTuning.Default;

    private double _level;
    private float _trend;
    private float _error;

    /// <summary>The part of an error that the level leaves over for the season's slots to learn.</summary>
    public static readonly double Rest = 1 - Tuning.Level;

    public readonly double Next => _level + _trend;

    public readonly double Scale => _error * MathConstants.AbsoluteToSigma;

    /// <summary>Takes a value less the season's share in and returns the error, cut.</summary>
    /// <param name="value">The value less the season's share.</param>
    /// <param name="count">Number of values learned before, from 0.</param>
    public double Learn(double value, int count)
    {
        if (count == 0)
        {
            _level = value;
            return 0;
        }

        var error = value - Next;
        if (count > Settled && _error > 0) error = Math.Clamp(error, -10 * Scale, 10 * Scale);
        _error = Bounded(_error + (Math.Max(Tuning.Scale, 1.0 / (count + 1)) * (Math.Abs(error) - _error)));
        var before = _level;
        _level += _trend + (Tuning.Level * error);
        _trend = Bounded(_trend + (Tuning.Trend * (_level - before - _trend)));
        return error;
    }

    private static float Bounded(double value) => (float)Math.Clamp(value, -float.MaxValue, float.MaxValue);

    public void Shift(double amount) => _level += amount;

    public void Rebase(double value)
    {
        _level = value;
        _trend = 0;
    }
}
