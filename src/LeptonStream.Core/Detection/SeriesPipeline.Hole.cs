using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
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
    private static readonly TimeSpan Hole = TimeSpan.FromHours(1);

    private bool IsBackAsEver(SeriesState series, Span<byte> memory, in Sample sample, Timestamp before)
    {
        if (before.IsNever || sample.Time - before < Hole || !_layout.HasPast) return false;
        return (sample.Time - before).TotalSeconds >= HoleIntervals * series.IntervalSeconds && series.Alert.Phase == AlertPhase.Quiet
            && _layout.Past(memory).Spans(sample.Value);
    }

    private void Resume(Span<byte> memory, ref SeriesNumbers numbers, in Sample sample)
    {
        numbers.Forecaster.Rebase(sample);
        _layout.Window(memory).Clear();
        _detectors.Rebase(memory);
    }
}
