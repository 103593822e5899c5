using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Calibration;

/// <summary>
/// How far the values of a series usually lie from their mean, and how wide they range: exponentially weighted mean and mean absolute
/// deviation (λ = 1/2000), and the range in which they habitually lie (<see cref="RecurringRange"/>, with a reach of thirty deviations),
/// whose ends return to the mean by 1/20,000 with every sample. It learns anomalous samples too, the deviation cut at ten deviations, so
/// that a series that is zero nine times in ten keeps a scale on which its bursts are no miracles. All zeros is the state of a series that
/// was never seen.
/// </summary>
public struct LongDeviation
{
    private const double Rate = 1.0 / 2000;
    private const double RangeRate = 1.0 / 20_000;
    private const double Reach = 30;

    // An occasion of far values widens the range by ten times its width at most.
    private const double Grant = 10;

    // Until so many are known, all of them count.
    private const int Settled = 60;

    private WeightedLevel _level;
    private RecurringRange _range;
    private int _count;
    private bool _isFractional;

    /// <summary>The mean absolute deviation, in the series' unit; 0 before the second sample.</summary>
    public readonly double Value => _level.Deviation;

    /// <summary>The mean, in the series' unit.</summary>
    public readonly double Mean => _level.Mean;

    /// <summary>How wide the values range, in the series' unit; what lies long ago fades, what came once is not in it.</summary>
    public readonly double Range => _range.Width;

    /// <summary>Whether every value so far was a whole number.</summary>
    public readonly bool IsWhole => !_isFractional;

    /// <summary>Takes a sample in.</summary>
    /// <param name="sample">A sample within ±<see cref="Magnitude.Max"/>.</param>
    public void Learn(in Sample sample)
    {
        _isFractional |= sample.Value != Math.Truncate(sample.Value);
        _level.Learn(sample.Value, Rate, _count);
        if (_count < int.MaxValue) _count++;
        _range.Fade(_level.Mean, RangeRate);
        _range.Add(sample.Value, _count < Settled ? double.PositiveInfinity : Reach * _level.Deviation, sample.Time, Grant * _range.Width);
    }
}
