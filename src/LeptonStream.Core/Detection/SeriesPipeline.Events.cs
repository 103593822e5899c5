using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <content>The part of events that comes from a series: its detectors, its chart, and the time for which there was no such
/// value.</content>
public sealed partial class SeriesPipeline
{
    /// <summary>A detector's raw score of the sample that was judged last, and its score alone.</summary>
    internal DetectorPart PartOf(int detector, SeriesState series) =>
        new(_detectors.NameOf(detector), ScoreOf(detector, series), _detectors.RawOf(detector));

    /// <summary>Number of detectors of the policy.</summary>
    internal int DetectorCount => _detectors.Count;

    /// <summary>Number of samples that the series has learned.</summary>
    internal static int LearnedBy(SeriesState series) => SeriesLayout.Numbers(series.Memory.Span).Learned;

    /// <summary>The newest sample of a series, as its chart has it.</summary>
    internal Sample LastOf(SeriesState series)
    {
        var chart = _layout.Chart(series.Memory.Span);
        return chart.IsEmpty ? new(series.LastTime, double.NaN) : new(new(chart.Newest.Nanoseconds), chart.Newest.Value);
    }

    /// <summary>The last points, oldest first, with their band.</summary>
    internal AlertPoint[] PointsOf(SeriesState series) => _layout.Chart(series.Memory.Span).Read(Policy.Bounds);

    /// <summary>
    /// For how long before its incident the series had shown no value so far from what is expected; null where that is not known or not
    /// long.
    /// </summary>
    internal RecordSpan? RecordSpanBefore(SeriesState series, in Judgement judgement)
    {
        var (value, expected) = (judgement.Sample.Value, judgement.Band.Expected);
        if (!_layout.HasPast || !double.IsFinite(value) || double.IsNaN(expected)) return null;
        return _layout.Past(series.Memory.Span).Before(value, value > expected, series.Alert.Onset);
    }

    private double ScoreOf(int detector, SeriesState series)
    {
        var rarity = Math.Max(0, _detectors.RarityOf(detector) + series.IntervalDecades);
        var line = LineOf(series).Rarity;
        return rarity / (_detectors.IsSlow(detector) ? line + Tuning.SlowMore : line);
    }

    private void Chart(SeriesState series, in Sample sample, in ExpectedBand band)
    {
        var chart = _layout.Chart(series.Memory.Span);
        var hasBefore = !chart.IsEmpty;
        var before = hasBefore ? chart.Newest : default;
        var point = new ChartPoint(sample.Time.UnixNanoseconds, (float)sample.Value, (float)band.Expected, (float)band.HalfWidth);
        chart.Add(point, Policy.Bounds);
        var isPending = series.Alert.Phase == AlertPhase.Pending || series.Entity is { IsPending: true };
        series.Onset.Follow(new(point, chart.Number, hasBefore), before, isPending, _onset);
    }
}
