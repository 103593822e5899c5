using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>What a series does at its hours: bursts that come every day, the value after a hole in the data, and totals that
/// nobody declared.</content>
public sealed partial class SeriesPipeline
{
    private static readonly TimeSpan HoursKnownAfter = TimeSpan.FromDays(3);

    // After a shorter one the last level is the better guess.
    private static bool IsAfterHole(SeriesState series, Timestamp before) =>
        !before.IsNever
            && series.LastTime.SecondsSince(before) > Math.Max(HabitPlan.HoleSeconds, HabitPlan.HoleIntervals * series.IntervalSeconds);

    // After a hole in the data the values of this hour on other days are expected, where the sample is far from the last level. Among them
    // it is usual, and the level that was is of another hour.
    private bool Bridge(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, ref double minScale)
    {
        var last = numbers.Forecaster.Predict(sample.Time).WithScaleFrom(minScale);
        if (sample.Time - series.FirstTime < HoursKnownAfter || Math.Abs(sample.Value - last.Expected) <= HabitPlan.HoleStep * last.Scale
            || _detectors.UsualAt(memory, sample.Time, HabitPlan.HoleHour) is not var (low, high)) return false;
        numbers.Forecaster.Rebase(sample with { Value = (low + high) / 2 });
        var room = HabitPlan.HoleRoom * (high - low);
        if (sample.Value < low - room || sample.Value > high + room) return false;
        _layout.Window(memory).Clear();
        _detectors.Rebase(memory);
        minScale = Math.Max(minScale, room);
        return true;
    }

    // A gauge's alert is of other numbers than a counter's.
    private static bool TurnsOutTotal(SeriesState series, in Sample sample, ref Judgement judgement)
    {
        ref var total = ref SeriesLayout.Numbers(series.Memory.Span).Total;
        if (!double.IsFinite(sample.Value) || !total.HasBegunAgain(sample.Value, sample.Time - series.FirstTime)) return false;
        judgement = new(sample, 0, series.Alert.End(AlertChange.Superseded, sample.Time), Forecast.None, ExpectedBand.None,
            Rule: series.OpenedBy ?? TimeOfDayDetector.RuleName);
        return true;
    }

    // Nothing else of this sample opened it.
    private static string? OpenedByBurst(in SampleScores scores, AlertChange change) =>
        change == AlertChange.Opened && scores.Missing >= 1 && scores is { SharpNovelty: < 1, SlowAlarm: < 1, Young: < 1 }
            ? BurstBook.RuleName
            : null;
}
