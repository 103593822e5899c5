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
        new(_detectors[detector].Name, ScoreOf(detector, series), _raw[detector]);

    /// <summary>Number of detectors of the policy.</summary>
    internal int DetectorCount => _detectors.Length;

    /// <summary>Number of samples that the series has learned.</summary>
    internal static int LearnedBy(SeriesState series) => SeriesLayout.Numbers(series.Memory.Span).Learned;

    /// <summary>The newest sample of a series, as its chart has it.</summary>
    internal Sample LastOf(SeriesState series)
    {
        var chart = _layout.Chart(series.Memory.Span);
        var charted = SeriesLayout.Numbers(series.Memory.Span).Charted;
        return charted == 0
            ? new(series.LastTime, double.NaN)
            : new(new(chart[(charted - 1) % chart.Length].Nanoseconds), chart[(charted - 1) % chart.Length].Value);
    }

    /// <summary>The last points, oldest first, with their band.</summary>
    internal AlertPoint[] PointsOf(SeriesState series)
    {
        var chart = _layout.Chart(series.Memory.Span);
        var charted = SeriesLayout.Numbers(series.Memory.Span).Charted;
        var bounds = Policy.Bounds;
        var points = new AlertPoint[Math.Min(charted, chart.Length)];
        for (var i = 0; i < points.Length; i++)
        {
            var (time, value, expected, halfWidth) = chart[(charted - points.Length + i) % chart.Length];
            points[i] = new(new(time), value, bounds.Clamp(expected), bounds.Clamp(expected - halfWidth),
                bounds.Clamp(expected + halfWidth));
        }

        return points;
    }

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
        var rarity = Math.Max(0, _rarity[detector] + series.IntervalDecades);
        return _kinds[detector] == DetectorKind.Slow ? rarity / _slowLine : rarity / _line;
    }

    private void Chart(Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, in ExpectedBand band)
    {
        var chart = _layout.Chart(memory);
        chart[numbers.Charted % chart.Length] = new(sample.Time.UnixNanoseconds, (float)sample.Value, (float)band.Expected,
            (float)band.HalfWidth);
        numbers.Charted = numbers.Charted + 1 == 2 * chart.Length ? chart.Length : numbers.Charted + 1;
    }
}
