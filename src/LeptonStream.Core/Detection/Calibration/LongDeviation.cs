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
    private static readonly CalibrationTuning Tuning = CalibrationTuning.Default;
    private static readonly double Rate = 1 / Tuning.DeviationMemory;
    private static readonly double RangeRate = 1 / Tuning.RangeMemory;

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

    /// <summary>Width of the values' range, in the series' unit; old values fade, single ones are left out.</summary>
    public readonly double RangeWidth => _range.Width;

    /// <summary>Whether every value so far was a whole number.</summary>
    public readonly bool IsWhole => !_isFractional;

    /// <summary>Moves the mean to another usual level, by the part of the way that it has not gone.</summary>
    /// <param name="before">The level until now, in the series' unit.</param>
    /// <param name="now">The level from now on, in the series' unit; finite.</param>
    public void Move(double before, double now)
    {
        if (now == before) return;
        var gone = Math.Clamp((_level.Mean - before) / (now - before), 0, 1);
        _level.Shift((1 - gone) * (now - before));
    }

    /// <summary>Takes a sample in.</summary>
    /// <param name="sample">A sample within ±<see cref="Magnitude.Max"/>.</param>
    public void Learn(in Sample sample)
    {
        _isFractional |= sample.Value != Math.Truncate(sample.Value);
        _level.Learn(sample.Value, Rate, _count);
        if (_count < int.MaxValue) _count++;
        _range.Fade(_level.Mean, RangeRate);
        _range.Add(sample.Value, _count < Settled ? double.PositiveInfinity : Tuning.RangeReach * _level.Deviation, sample.Time,
            Tuning.RangeGrant * _range.Width);
    }
}
