using LeptonStream.Detectors;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Lifecycle;

/// <content>
/// What the series has shown at each hour of earlier days. It says where the level goes with the hours, whether the level was taken from
/// trouble, and whether a mean has left it that no single value leaves.
/// </content>
internal sealed partial class FrozenBaseline
{
    // The ranges are of means, which lie closer together than values: so large a part of the band's half width is added.
    private const double HourRoom = 0.5;

    // The part of the range of all hours that the range of one may be: else the hour says little.
    private const double NarrowHour = 0.3;

    // A level so far from the mean of the past, in parts of the usual range, has not been there for long: half a mean deviation.
    private const double OnItsWay = 1 / 20.0;

    // One so far from it is none that a course has: that of a sine is 0.16 away.
    private const double FarOff = 1 / 4.0;

    // The mean of the trouble is that of about fifteen values, within half an hour: the ranges are of the means of an hour.
    private const double MeanOf = 15;
    private const double MeanSeconds = 1_800;

    /// <summary>
    /// The expectation had the trouble not come: the level before it, and at hours where that is not usual, the values that are.
    /// </summary>
    public ExpectedBand At(Timestamp time)
    {
        var level = LevelAt(time);
        if (!_numbers.HasCourse || _numbers.Hours.At(time) is not { } hour || hour.Contains(level.Expected)) return level;
        // The range of an hour that has seen such trouble is too wide to show it.
        var most = Math.Min(NarrowHour * _numbers.Hours.Width, Math.Max(2 * _numbers.HalfWidth, _numbers.Reach / 2));
        return hour.Width > most ? level : new(hour.Middle, (hour.Width / 2) + (HourRoom * _numbers.HalfWidth));
    }

    /// <summary>
    /// Takes that a finding of means opened the alert, which no single value need show: it goes on while the mean of the values is none of
    /// its hour.
    /// </summary>
    public void Creep()
    {
        if (_numbers.Hours.At(Onset) is not { } hour) return;
        _numbers.Mean = LevelAt(Onset).Expected;
        _numbers.Creeps = hour.Contains(_numbers.Mean) || hour.Contains(PastMean);
    }

    private double PastMean => (_numbers.Low + _numbers.High) / 2;

    // A level far from the mean of the past, and from the values of its hour, where that mean is usual, was taken from the trouble.
    private void TakeHours(in HourRanges hours)
    {
        _numbers.Hours = hours;
        if (hours.At(Onset) is not { } hour) return;
        var level = LevelAt(Onset).Expected;
        var (room, beyond) = (HourRoom * _numbers.HalfWidth, hour.Beyond(level));
        var wasUsual = hour.Beyond(PastMean) <= room;
        _numbers.HasCourse = beyond <= _numbers.HalfWidth || wasUsual;
        if (wasUsual && beyond > room && Math.Abs(level - PastMean) > FarOff * (_numbers.High - _numbers.Low))
            _numbers.Shift += hour.Middle - level;
    }

    // The level had left the values of its hours, and was still on its way: values that are among them again are usual.
    private bool IsUsualAgain(in Sample sample)
    {
        if (_numbers.HasCourse || _numbers.Hours.At(sample.Time) is not { } hour) return false;
        var level = LevelAt(sample.Time).Expected;
        return Math.Abs(level - PastMean) > OnItsWay * (_numbers.High - _numbers.Low) && hour.Beyond(level) > _numbers.HalfWidth
            && hour.Beyond(sample.Value) <= HourRoom * _numbers.HalfWidth;
    }

    private void FollowMean(in Sample sample, double intervalSeconds)
    {
        var values = Math.Clamp(MeanSeconds / intervalSeconds, 1, MeanOf);
        _numbers.Mean += 2 / (values + 1) * (sample.Value - _numbers.Mean);
    }

    // The side on which the mean has left its hour.
    private int CreepAt(Timestamp time) => _numbers.Creeps && _numbers.Hours.At(time) is { } hour ? hour.SideOf(_numbers.Mean) : 0;
}
