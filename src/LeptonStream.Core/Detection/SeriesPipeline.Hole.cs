using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>
/// A series that comes back from a hole in its collection: hours later it is elsewhere, and that is no news of it. Where it was before
/// in these two weeks, it goes on from there; the rules, and the detector that knows the hours, judge it as ever.
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

    private bool IsBackAsEver(SeriesState series, Span<byte> memory, in Sample sample, Timestamp before, in Forecast forecast)
    {
        if (before.IsNever || sample.Time - before < Hole || !_layout.HasPast) return false;
        if (!(Math.Abs(sample.Value - forecast.Expected) > Elsewhere * forecast.Scale) || !IsSteady(series, memory, before)) return false;
        return (sample.Time - before).TotalSeconds >= HoleIntervals * series.IntervalSeconds && series.Alert.Phase == AlertPhase.Quiet
            && _layout.Past(memory).Spans(sample.Value);
    }

    // Who mostly says nothing has learned how far it moves meanwhile.
    private static bool IsSteady(SeriesState series, Span<byte> memory, Timestamp before) =>
        (before - series.FirstTime).TotalSeconds <= Steady * SeriesLayout.Numbers(memory).Learned * series.IntervalSeconds;

    private void Resume(Span<byte> memory, ref SeriesNumbers numbers, in Sample sample)
    {
        numbers.Forecaster.Rebase(sample);
        _layout.Window(memory).Clear();
        _detectors.Rebase(memory);
    }
}
