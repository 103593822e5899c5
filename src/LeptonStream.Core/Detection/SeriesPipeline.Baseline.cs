using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>The baseline of an open alert: frozen when it opens, given back to the series when it recovers.</content>
public sealed partial class SeriesPipeline
{
    // How far from its mean a series usually goes, in mean absolute deviations: four standard deviations.
    private const double UsualReach = 5;

    // A level so far from the mean of the trouble, in parts of its distance, has not been there for long: that of a leak is two thirds.
    private const double OnItsWay = 1 / 3.0;

    /// <summary>Keeps what was normal before the change that is seen now.</summary>
    internal FrozenBaseline BaselineBefore(SeriesState series, in Sample sample, Timestamp pending)
    {
        var chart = _layout.Chart(series.Memory.Span);
        var (onset, band) = chart.IsEmpty
            ? (pending, ExpectedBand.None)
            : series.Onset.Find(new(chart.Newest, chart.Number, HasBefore: false), pending, _onset);
        return double.IsFinite(band.Expected) ? BaselineOf(series, onset, band, sample) : BaselineByForecast(series, onset, sample);
    }

    // The series was as usual until then.
    private FrozenBaseline BaselineByForecast(SeriesState series, Timestamp onset, in Sample sample)
    {
        ref var numbers = ref SeriesLayout.Numbers(series.Memory.Span);
        return BaselineOf(series, onset, ExpectedBand.Of(numbers.Forecaster.Predict(ProfileTime(onset)), numbers.Band.Scales), sample);
    }

    private FrozenBaseline BaselineOf(SeriesState series, Timestamp onset, in ExpectedBand band, in Sample sample)
    {
        ref var numbers = ref SeriesLayout.Numbers(series.Memory.Span);
        var least = LeastDeviation(band.Expected);
        var (mean, reach) = (numbers.Deviation.Mean, UsualReach * numbers.Deviation.Value);
        var hours = sample.Time - series.FirstTime < HoursKnownAfter ? default : _detectors.HoursOf(series.Memory.Span);
        return FrozenBaseline.Before(numbers.Forecaster, (onset, band with { HalfWidth = Math.Max(band.HalfWidth, least) }),
            (mean - reach, mean + reach), hours, sample);
    }

    private ExpectedBand Freeze(SeriesState series, ref SeriesNumbers numbers, in Sample sample)
    {
        var leading = LeadingDetectorOf(series);
        series.Baseline = BaselineBy(series, ref numbers, sample, series.Alert.Onset, leading);
        if (leading.IsOfValues) series.Baseline.EndShortOf(sample);
        series.Baseline.Measure(sample);
        series.Alert.BeginAt(Timestamp.Earlier(series.Baseline.Onset, leading.Since ?? series.Baseline.Onset));
        return series.Baseline.At(sample.Time);
    }

    // The alert would say that the value is what was expected. Only what is no matter of one value opens it then.
    private bool IsWhereExpected(SeriesState series, ref SeriesNumbers numbers, in Sample sample, in SampleScores scores)
    {
        if (scores.Absent >= 1 || series.Peers is { Score: >= 1 }) return false;
        if (LeadingDetectorOf(series) is not { IsOfValues: true } leading) return false;
        var pending = series.Alert.Phase == AlertPhase.Pending ? series.Alert.Onset : sample.Time;
        var before = BaselineBy(series, ref numbers, sample, pending, leading);
        if (scores is { SlowAlarm: > 0, Sharp: < 1, Young: < 1, Rule: < 1, Return: < 1 })
        {
            // A mean that has moved shows in values on its side. Of a rate of few counts, none does.
            var far = sample.Value - before.At(sample.Time).Expected;
            if (far * SideOfSlow(series.Memory.Span, sample.Time) <= 0) return true;
            if (series.Counter is not null && CountOf(series, numbers.Deviation) > numbers.Deviation.Value) return false;
        }

        return before.Expects(sample);
    }

    private FrozenBaseline BaselineBy(SeriesState series, ref SeriesNumbers numbers, in Sample sample, Timestamp pending,
        in LeadingDetector leading) =>
        leading.Since is { } onset && double.IsFinite(leading.Before)
            ? FrozenBaseline.OfConstant(numbers.Forecaster, (onset, new(leading.Before, LeastDeviation(leading.Before))), sample)
            : BaselineBefore(series, sample, pending);

    private double LeastDeviation(double expected) =>
        Math.Max(Policy.MinimumAbsoluteDeviation, Policy.MinimumRelativeDeviation * Math.Abs(expected));

    // A value that stands still has not left its band, and one that stood still had none to leave: the detector that says so knows since
    // when, and what it was before.
    private LeadingDetector LeadingDetectorOf(SeriesState series)
    {
        var leading = -1;
        for (var i = 0; i < _detectors.Count; i++)
            if (leading < 0 || ScoreOf(i, series) > ScoreOf(leading, series)) leading = i;
        return leading < 0 ? new(null, double.NaN, IsOfValues: false)
            : new(_detectors.Since(leading, series.Memory.Span), _detectors.ValueBefore(leading, series.Memory.Span),
                _detectors.IsOfValues(leading));
    }

    /// <summary>
    /// Ends the baseline of an alert for a reason that no sample shows. A series that fell silent in the middle of trouble goes on from
    /// where it was before, should it come back: trouble that goes on is an alert again, and its end is none.
    /// </summary>
    internal void EndBaseline(SeriesState series, AlertChange reason, Timestamp now)
    {
        KeepFault(series, now, reason);
        if (reason == AlertChange.Accepted) TakeLevel(series, series.Baseline, now);
        if (reason == AlertChange.Gone && series is { IsLevel: true, Baseline: { Side: not 0 } baseline }
            && (series.NothingOf is not null || !baseline.IsBack(LastOf(series))))
        {
            var memory = series.Memory.Span;
            ref var numbers = ref SeriesLayout.Numbers(memory);
            GoOnFrom(baseline, memory, ref numbers, series.LastTime);
            numbers.Novelty = default;
        }

        series.Baseline = null;
    }

    // The series goes on from where it was before the trouble, unless it is there already: its end must not be an alert.
    private void EndBaseline(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, AlertChange change)
    {
        KeepFault(series, sample.Time, change);
        if (change == AlertChange.Accepted) TakeLevel(series, series.Baseline, sample.Time);
        if (change == AlertChange.Recovered && series.Baseline is { HasSettled: false } baseline
            && !baseline.At(sample.Time).Contains(numbers.Forecaster.Predict(ProfileTime(sample.Time)).Expected))
            GoOnFrom(baseline, memory, ref numbers, sample.Time);
        series.Baseline = null;
    }

    /// <summary>
    /// Takes the level of trouble for the usual one from now on, at every hour: the next alert is held against it. One that is on its way
    /// still is none.
    /// </summary>
    internal void TakeLevel(SeriesState series, FrozenBaseline? baseline, Timestamp now)
    {
        if (baseline is not { Side: not 0 } || baseline.IsBack(LastOf(series))) return;
        var memory = series.Memory.Span;
        ref var numbers = ref SeriesLayout.Numbers(memory);
        var before = baseline.At(now).Expected;
        var expected = numbers.Forecaster.Predict(ProfileTime(now)).Expected;
        var level = before + (baseline.Side * baseline.Reach);
        if (baseline.HasRelearned && Math.Abs(expected - level) > OnItsWay * baseline.Reach) return;
        // A person says so before the series has learned it.
        if (!baseline.HasRelearned) GoOnWith(numbers.Forecaster, level - expected, memory, ref numbers);
        numbers.Deviation.Move(before, level);
        _detectors.RaiseHours(memory, baseline.Hours, level - before);
    }

    private void GoOnFrom(FrozenBaseline baseline, Span<byte> memory, ref SeriesNumbers numbers, Timestamp now) =>
        GoOnWith(baseline.Restore(now), 0, memory, ref numbers);

    private void GoOnWith(HoltWintersForecaster forecaster, double higher, Span<byte> memory, ref SeriesNumbers numbers)
    {
        forecaster.Shift(higher);
        numbers.Forecaster = forecaster;
        numbers.ConsecutiveAnomalies = 0;
        _layout.Window(memory).Clear();
        _detectors.Rebase(memory);
    }

    // The detector whose score is the highest: since when it finds, the one value until then, and whether values are its matter.
    private readonly record struct LeadingDetector(Timestamp? Since, double Before, bool IsOfValues);
}
