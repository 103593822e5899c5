using LeptonStream.Alerts;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>The way of one sample through its series, top to bottom: the hot path of detection.</summary>
/// <remarks>
/// <code>
///  1 clean       out of order, duplicate, vendor's blank: refused with a reason, counted
///  2 forecast    what was expected, and how wrong that usually is
///  3 score       every detector scores before it learns
///  4 calibrate   raw scores → rarities against the series' own past, counted per time
///  5 combine     sharp events (p-norm) and slow ones; the larger speaks
///  6 line        divide by the rarity of the warning budget: 1.0 is the line on every series
///  7 alert       quiet, pending, open: what this sample changed
///  8 learn       unless the sample was anomalous
/// </code>
/// A function of the samples, their order and the policy only.
/// </remarks>
public sealed class SeriesPipeline
{
    // Real series have heavier tails than the exponential one that is fitted; so many decades keep the budget on them (docs/accuracy.md).
    private const double HeavyTail = 0.6;

    // Not a number is worth telling at once on a metric that is a number as a rule.
    internal const double NonFiniteScore = 3;

    private readonly DetectionPolicy _policy;

    // What each detector said of the sample at hand, in the order of the catalogue: one pipeline, one thread, one sample at a time.
    private readonly double[] _raw;
    private readonly double[] _rarity;

    // The rarity, per five minutes, at which the score is 1.
    private readonly double _line;

    /// <summary>Makes the pipeline of a policy.</summary>
    public SeriesPipeline(DetectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        var detectors = DetectorCatalog.Create().Length;
        _raw = new double[detectors];
        _rarity = new double[detectors];
        // Several detectors share one budget, so each gets its part of it (Bonferroni).
        var margin = Math.Log10(detectors) + HeavyTail;
        _line = Math.Log10(policy.WarningBudget.TotalSeconds / SeriesState.ReferenceSeconds) + margin;
        CriticalScore = (Math.Log10(policy.CriticalBudget.TotalSeconds / SeriesState.ReferenceSeconds) + margin) / _line;
    }

    /// <summary>The score of the critical budget's line.</summary>
    public double CriticalScore { get; }

    /// <summary>What a detector said of the sample that was judged last, and what it would score alone.</summary>
    internal DetectorPart PartOf(int detector, SeriesState series) =>
        new(series.Detectors[detector].Name, ScoreOf(_rarity[detector], series), _raw[detector]);

    private double ScoreOf(double rarity, SeriesState series) =>
        Math.Max(0, rarity + series.IntervalDecades) / _line;

    /// <summary>Judges one sample and lets its series learn from it.</summary>
    /// <param name="series">The sample's series.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="judgement">The verdict; only set when the sample was not refused.</param>
    public SampleRefusal Judge(SeriesState series, in Sample sample, out Judgement judgement)
    {
        ArgumentNullException.ThrowIfNull(series);

        // 1 clean
        judgement = default;
        var refusal = Clean(series, sample);
        if (refusal != SampleRefusal.None) return refusal;
        LearnInterval(series, sample.Time);
        series.LastTime = sample.Time;

        // 2 forecast
        var leastScale = series.LongDeviation.LeastScale;
        var forecast = series.Forecaster.Predict(sample.Time).WithScaleFrom(leastScale);
        if (!double.IsFinite(sample.Value))
        {
            judgement = new(NonFiniteScore, series.Alert.Observe(NonFiniteScore, sample.Time, enough: 0), forecast);
            series.Chart(sample.Time, double.NaN, judgement);
            return SampleRefusal.None;
        }

        // 3 score, 4 calibrate
        var view = new SeriesView(series.Window, forecast, leastScale);
        ScoreAndCalibrate(series, sample, view);

        // 5 combine, 6 line
        var score = series.Learned < _policy.WarmUp ? 0 : ScoreOf(Combine(series, IsSmall(sample.Value, view)), series);

        // 7 alert
        var change = series.Alert.Observe(score, sample.Time, EnoughEvidence(series));
        judgement = new(score, change, forecast);
        series.Chart(sample.Time, sample.Value, judgement);

        // 8 learn
        Learn(series, sample, view, score, change);
        return SampleRefusal.None;
    }

    private static SampleRefusal Clean(SeriesState series, in Sample sample)
    {
        if (sample.Time < series.LastTime) return SampleRefusal.OutOfOrder;
        if (sample.Time == series.LastTime) return SampleRefusal.Duplicate;
        // DCGM writes "no reading" as values just below the largest integers of 64 and 32 bits.
        return sample.Value is >= 9223372036854775792 and <= 9223372036854775807 or >= 2147483632 and <= 2147483635
            ? SampleRefusal.VendorBlank
            : SampleRefusal.None;
    }

    // The median of the intervals, followed by steps of a few percent: a gap moves it no more than a hiccup does.
    private static void LearnInterval(SeriesState series, Timestamp time)
    {
        if (series.LastTime.UnixNanoseconds == long.MinValue)
        {
            series.FirstTime = time;
            return;
        }

        var seconds = (time.UnixNanoseconds - series.LastTime.UnixNanoseconds) / 1e9;
        if (series.IntervalSeconds == 0) series.IntervalSeconds = seconds;
        else series.IntervalSeconds *= seconds > series.IntervalSeconds ? 1.02 : seconds < series.IntervalSeconds ? 1 / 1.02 : 1;
    }

    private void ScoreAndCalibrate(SeriesState series, in Sample sample, in SeriesView view)
    {
        var detectors = series.Detectors;
        for (var i = 0; i < detectors.Length; i++)
        {
            var raw = detectors[i].Score(sample, view);
            _raw[i] = raw;
            _rarity[i] = series.Calibrators[i] is { } calibrator ? calibrator.Rarity(raw) : Rarities.Temper(raw);
        }
    }

    private double EnoughEvidence(SeriesState series)
    {
        var timing = _policy.Timing;
        var needed = series.LastTime - series.FirstTime < timing.YoungFor ? timing.OpenYoungAfter : timing.OpenAfter;
        return Math.Max(1, needed.TotalSeconds / Math.Max(series.IntervalSeconds, 1e-3));
    }

    // A change that nobody would call one, however rare it is on a quiet series.
    private bool IsSmall(double value, in SeriesView view)
    {
        if (!view.Forecast.IsKnown) return true;
        var median = view.Window.Median;
        var distance = Math.Max(Math.Abs(value - view.Forecast.Expected), Math.Abs(value - median));
        var least = Math.Max(view.LeastScale, _policy.MinimumRelativeDeviation * Math.Max(Math.Abs(view.Forecast.Expected), Math.Abs(median)));
        return distance <= least;
    }

    // The p-norm with p = 3 lies close to the largest of the sharp levels and rewards agreement. Of a small change only the rules may speak.
    private double Combine(SeriesState series, bool isSmall)
    {
        double cubes = 0, most = 0;
        var detectors = series.Detectors;
        for (var i = 0; i < detectors.Length; i++)
        {
            var rarity = _rarity[i];
            var kind = detectors[i].Kind;
            if (isSmall && kind != DetectorKind.Rule) continue;
            if (kind == DetectorKind.Sharp) cubes += rarity * rarity * rarity;
            else most = Math.Max(most, rarity);
        }

        return Math.Max(Math.Cbrt(cubes), most);
    }

    private void Learn(SeriesState series, in Sample sample, in SeriesView view, double score, AlertChange change)
    {
        if (change == AlertChange.Accepted)
        {
            series.Forecaster.Rebase(sample);
            series.Window.Clear();
            foreach (var detector in series.Detectors) detector.Rebase();
        }

        var odd = score >= 1 && change != AlertChange.Accepted;
        // What an open alert has told already is one event: counted by every sample, a long incident would make itself ordinary.
        var told = odd && series.Alert.Phase == AlertPhase.Open && change != AlertChange.Opened;
        var detectors = series.Detectors;
        for (var i = 0; i < detectors.Length; i++)
        {
            var calibrator = series.Calibrators[i];
            if (!odd || calibrator is null) detectors[i].Learn(sample, view);
            if (!told) calibrator?.Learn(_raw[i]);
        }

        series.LongDeviation.Learn(sample.Value);
        if (series.Learned < int.MaxValue) series.Learned++;
        if (odd) return;
        series.Forecaster.Learn(sample, series.IntervalSeconds);
        series.Window.Push(sample.Value);
    }
}
