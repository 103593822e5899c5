using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>What a series turns out to do: bursts that come every day, and totals that nobody declared.</content>
public sealed partial class SeriesPipeline
{
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
    private static string? OpenedByAbsence(in SampleScores scores, AlertChange change) =>
        change != AlertChange.None && scores.Hang >= 1
            ? DetectorSet.NoProgress
            : change == AlertChange.Opened && scores.Missing >= 1 && scores is { SharpNovelty: < 1, SlowAlarm: < 1, Young: < 1 }
                ? BurstBook.RuleName
                : null;
}
