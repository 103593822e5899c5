using LeptonStream.State;

namespace LeptonStream.Forecasting;

/// <summary>
/// How far the values of a series usually lie from their mean, over its last few thousand samples: exponentially weighted mean and mean absolute
/// deviation (λ = 1/2000). It learns anomalous samples too, cut at ten deviations, so that a series that is zero nine times in ten
/// keeps a scale on which its bursts are no miracles.
/// </summary>
public sealed class LongDeviation
{
    private const double Rate = 1.0 / 2000;
    // One count more or less of something that is counted is one scale at most, however quiet it has been.
    private const double CountScale = 1;

    private double _mean;
    private double _deviation;
    private bool _isFractional;
    private int _count;

    /// <summary>The mean absolute deviation, in the series' unit; 0 before the second sample.</summary>
    public double Value => _deviation;

    /// <summary>
    /// The smallest scale on which a difference counts, in the series' unit: a quarter of the deviation, since the window of a quiet hour is too
    /// strict, and one count where every value so far was a whole number.
    /// </summary>
    public double LeastScale => Math.Max(_deviation / 4, _isFractional ? 0 : CountScale);

    /// <summary>Takes a finite value in.</summary>
    public void Learn(double value)
    {
        if (_count < int.MaxValue) _count++;
        _isFractional |= value != Math.Truncate(value);
        if (_count == 1)
        {
            _mean = value;
            return;
        }

        var rate = Math.Max(Rate, 1.0 / _count);
        var distance = value - _mean;
        if (_deviation > 0) distance = Math.Clamp(distance, -10 * _deviation, 10 * _deviation);
        _deviation += rate * (Math.Abs(distance) - _deviation);
        _mean += rate * distance;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_mean);
        state.Write(_deviation);
        state.Write(_isFractional);
        state.Write(_count);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _mean = state.ReadDouble();
        _deviation = state.ReadDouble();
        _isFractional = state.ReadBoolean();
        _count = state.ReadCount(int.MaxValue);
    }
}
