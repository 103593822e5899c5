using LeptonStream.Forecasting;

namespace LeptonStream.Detection.Calibration;

/// <summary>
/// How far the values of a series usually lie from their mean, and how wide they range: exponentially weighted mean and mean absolute deviation (λ = 1/2000), and the lowest
/// and highest value, which return to the mean by 1/20,000 with every sample. It learns anomalous samples too, the deviation cut at ten deviations, so that a series
/// that is zero nine times in ten keeps a scale on which its bursts are no miracles. All zeros is the state of a series that was never seen.
/// </summary>
public struct LongDeviation
{
    private const double Rate = 1.0 / 2000;
    private const double RangeRate = 1.0 / 20_000;

    private double _mean;
    private double _lowest;
    private double _highest;
    private int _count;
    private bool _isFractional;

    /// <summary>The mean absolute deviation, in the series' unit; 0 before the second sample.</summary>
    public double Value { readonly get; private set; }

    /// <summary>The mean, in the series' unit.</summary>
    public readonly double Mean => _mean;

    /// <summary>How wide the values range, in the series' unit; what lies long ago fades.</summary>
    public readonly double Range => _highest - _lowest;

    /// <summary>Whether every value so far was a whole number.</summary>
    public readonly bool IsWhole => !_isFractional;

    /// <summary>Takes a finite value in.</summary>
    public void Learn(double value)
    {
        if (_count < int.MaxValue) _count++;
        _isFractional |= value != Math.Truncate(value);
        if (_count == 1)
        {
            _mean = _lowest = _highest = value;
            return;
        }

        var rate = Math.Max(Rate, 1.0 / _count);
        var distance = value - _mean;
        if (Value > 0) distance = Math.Clamp(distance, -10 * Value, 10 * Value);
        Value += rate * (Math.Abs(distance) - Value);
        _mean += rate * distance;
        _lowest = Math.Min(value, _lowest + (RangeRate * (_mean - _lowest)));
        _highest = Math.Max(value, _highest - (RangeRate * (_highest - _mean)));
    }
}
