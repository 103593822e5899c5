using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>
/// A series that comes back from a hole in its collection: hours later it is elsewhere, and that is no news of it. The values of its hour
/// are expected (ADR 0033); where it was at another in these two weeks, it goes on from there (ADR 0032). The rules, and the detector that
/// knows the hours, judge it as ever.
/// </content>
public sealed partial class SeriesPipeline
{
    // What a series does within so long, its windows and its forecast still know.
    private const int HoleIntervals = 10;
    private static readonly TimeSpan Hole = TimeSpan.FromHours(2);

    // The time of so many intervals for each sample, at most: others have holes all the time.
    private const double Steady = 1.5;

    // Whoever is this close to the forecast has not moved, in its scales.
    private const double Elsewhere = 4;

    private static readonly TimeSpan HoursKnownAfter = TimeSpan.FromDays(3);

    // The forecast of the sample; behind a hole, where that is another one, the series goes on from there.
    private Forecast ForecastOf(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, Timestamp before,
        ref double minScale, out bool isBridged)
    {
        isBridged = IsAfterHole(series, before) && Bridge(series, memory, ref numbers, sample, ref minScale);
        var forecast = numbers.Forecaster.Predict(ProfileTime(sample.Time)).WithScaleFrom(minScale);
        if (isBridged || !IsBackAsEver(series, memory, sample, before, forecast)) return forecast;
        numbers.Forecaster.Rebase(InProfile(sample));
        ForgetCourse(memory);
        return numbers.Forecaster.Predict(ProfileTime(sample.Time)).WithScaleFrom(minScale);
    }

    // After a shorter one the last level is the better guess.
    private static bool IsAfterHole(SeriesState series, Timestamp before) =>
        !before.IsNever
            && series.LastTime.SecondsSince(before) > Math.Max(HabitPlan.HoleSeconds, HabitPlan.HoleIntervals * series.IntervalSeconds);

    // After a hole in the data the values of this hour on other days are expected, where the sample is far from the last level. Among them
    // it is usual, and the level that was is of another hour.
    private bool Bridge(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, ref double minScale)
    {
        var last = numbers.Forecaster.Predict(ProfileTime(sample.Time)).WithScaleFrom(minScale);
        if (sample.Time - series.FirstTime < HoursKnownAfter || Math.Abs(sample.Value - last.Expected) <= HabitPlan.HoleStep * last.Scale
            || _detectors.UsualAt(memory, sample.Time, HabitPlan.HoleHour) is not var (low, high)) return false;
        numbers.Forecaster.Rebase(InProfile(sample with { Value = (low + high) / 2 }));
        var room = HabitPlan.HoleRoom * (high - low);
        if (sample.Value < low - room || sample.Value > high + room) return false;
        ForgetCourse(memory);
        minScale = Math.Max(minScale, room);
        return true;
    }

    private bool IsBackAsEver(SeriesState series, Span<byte> memory, in Sample sample, Timestamp before, in Forecast forecast)
    {
        if (before.IsNever || sample.Time - before < Hole || !_layout.HasPast) return false;
        if (!(Math.Abs(sample.Value - forecast.Expected) > Elsewhere * forecast.Scale) || !IsSteady(series, memory, before)) return false;
        return (sample.Time - before).TotalSeconds >= HoleIntervals * series.IntervalSeconds && series.Alert.Phase == AlertPhase.Quiet
            && _layout.Past(memory).Spans(sample.Value) && ReturnOf(series, sample, forecast.Expected) < 1;
    }

    // Who mostly says nothing has learned how far it moves meanwhile.
    private static bool IsSteady(SeriesState series, Span<byte> memory, Timestamp before) =>
        (before - series.FirstTime).TotalSeconds <= Steady * SeriesLayout.Numbers(memory).Learned * series.IntervalSeconds;

    // How it moved lately was before the hole.
    private void ForgetCourse(Span<byte> memory)
    {
        _layout.Window(memory).Clear();
        _detectors.Rebase(memory);
    }
}
