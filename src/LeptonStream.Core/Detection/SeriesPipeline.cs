using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <summary>The way of one sample through its series, top to bottom: the hot path of detection. One for all series of a partition with the same policy.</summary>
/// <remarks>
/// <code>
///  1 clean       out of order, duplicate, vendor's blank: refused with a reason, counted; counters become rates
///  2 forecast    what was expected, and how wrong that usually is
///  3 score       every detector scores before it learns
///  4 calibrate   raw scores → rarities against the series' own past, counted per time
///  5 combine     sharp: p-norm of what sees single samples; slow: sum of what sees shape, level and hour, every two minutes
///  6 line        against the policy's gates and its warning budget: 1.0 is the line on every series
///  7 alert       what of it is news; quiet, pending, open: what this sample changed
///  8 learn       unless the sample was anomalous
/// </code>
/// A function of the samples, their order and the policy only.
/// </remarks>
public sealed partial class SeriesPipeline
{
    // The sum of slow rarities that real series reach once in a budget of a week, and its growth for a budget ten times as long (docs/accuracy.md).
    private const double SlowLine = 6.2;
    private const double SlowLinePerDecade = 3;

    // What a rule finds is worth telling at once: a metric that is no number, a code that was raised.
    internal const double RuleScore = 3;

    private readonly AlertTiming _timing;
    private readonly SeriesLayout _layout;
    private readonly ISeriesDetector[] _detectors;

    // What each detector said of the sample at hand, in the order of the layout: one pipeline, one thread, one sample at a time.
    private readonly double[] _raw;
    private readonly double[] _rarity;

    // The rarity, per five minutes, at which the sharp score is 1, and the sum at which the slow one is.
    private readonly double _line;
    private readonly double _slowLine;

    /// <summary>Makes the pipeline of a policy.</summary>
    /// <param name="detection">What holds for all series.</param>
    /// <param name="policy">The policy of the series it judges.</param>
    public SeriesPipeline(DetectionPolicy detection, SeriesPolicy policy)
        : this(detection, policy, new SeriesLayout(detection, policy.Levels, policy.Memory))
    {
    }

    internal SeriesPipeline(DetectionPolicy detection, SeriesPolicy policy, SeriesLayout layout)
    {
        Policy = policy;
        _timing = detection.Timing;
        _layout = layout;
        _detectors = _layout.Detectors;
        _raw = new double[_detectors.Length];
        _rarity = new double[_detectors.Length];
        // All slow detectors are one voice.
        _line = AlarmLine.RarityOf(policy, voices: _detectors.Count(d => d.Kind != DetectorKind.Slow) + (_layout.HasSlow ? 1 : 0));
        _slowLine = Math.Max(1, SlowLine + (SlowLinePerDecade * Math.Log10(policy.WarningBudget.TotalDays / 7)));
        CriticalScore = AlarmLine.CriticalScoreOf(policy);
        EventBasis = EventFields.BasisOf(detection, policy);
    }

    /// <summary>The policy of the series it judges.</summary>
    public SeriesPolicy Policy { get; }

    /// <summary>The score of the critical budget's line.</summary>
    public double CriticalScore { get; }

    /// <summary>Of <see cref="BytesPerSeries"/>, what a series remembers of its values: windows, longer memory, forecast and seasonal profile.</summary>
    public int MemoryBytesPerSeries => _layout.MemoryBytes;

    /// <summary>Bytes of a series' numbers under the policy, without the points of its chart.</summary>
    public int BytesPerSeries => _layout.NumberBytes;

    /// <summary>Bytes of the points of its chart.</summary>
    public int ChartBytesPerSeries => _layout.ChartBytes;

    /// <summary>What the ids of its series' events are derived from: a function of all settings that decide about them.</summary>
    internal UInt128 EventBasis { get; }

    /// <summary>Makes the state of a series that is seen for the first time.</summary>
    public SeriesState NewSeries(SeriesId id, SeriesKey key) =>
        new(id, key, this, new AlertTracker(_timing, CriticalScore, Policy.CriticalBudget), _layout.Rent());

    /// <summary>Takes over a series that another pipeline judged so far.</summary>
    internal Memory<byte> Move(Memory<byte> memory, SeriesPipeline from) => from._layout == _layout ? memory : _layout.Move(memory, from._layout);

    /// <summary>Asks the cache for a series that is judged next. Changes nothing.</summary>
    internal void Prefetch(SeriesState series) => _layout.Prefetch(series.Memory);

    /// <summary>Takes the memory of a series back that is forgotten.</summary>
    internal void Return(Memory<byte> memory) => _layout.Return(memory);

    /// <summary>Judges one sample and lets its series learn from it.</summary>
    /// <param name="series">The sample's series.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="judgement">The verdict; only set when the sample was not refused.</param>
    public SampleRefusal Judge(SeriesState series, in Sample sample, out Judgement judgement)
    {
        ArgumentNullException.ThrowIfNull(series);

        // 1 clean
        judgement = default;
        var refusal = Accept(series, sample, out var clean);
        if (refusal != SampleRefusal.None) return refusal;
        judgement = series.Code is { } code ? JudgeCode(series, code, clean) : double.IsFinite(clean.Value) ? JudgeNumber(series, clean) : JudgeNonFinite(series, clean);
        return SampleRefusal.None;
    }

    /// <summary>Puts a sample that others judge on the chart of its series.</summary>
    /// <param name="series">The sample's series.</param>
    /// <param name="sample">The sample.</param>
    internal SampleRefusal Record(SeriesState series, in Sample sample)
    {
        var refusal = Accept(series, sample, out var clean);
        if (refusal == SampleRefusal.None) Chart(series.Memory.Span, ref SeriesLayout.Numbers(series.Memory.Span), clean, Forecast.None);
        return refusal;
    }

    private Judgement JudgeNumber(SeriesState series, in Sample sample)
    {
        var memory = series.Memory.Span;
        ref var numbers = ref SeriesLayout.Numbers(memory);

        // 2 forecast
        var minScale = MinScale(series, numbers.Deviation);
        var forecast = numbers.Forecaster.Predict(sample.Time).WithScaleFrom(minScale);

        // 3 score, 4 calibrate
        var view = new SeriesView(_layout.Window(memory), forecast, minScale);
        ScoreAndCalibrate(memory, sample, view, series.IntervalSeconds);
        var stepped = _layout.HasSlow && UpdateSlowChannel(series, memory, ref numbers, sample);

        // 5 combine, 6 line
        var isYoung = numbers.Learned < Policy.WarmUp;
        var rarity = isYoung ? 0 : Combine(IsSmall(sample.Value, view));
        var sharp = isYoung ? 0 : Math.Max(0, rarity + series.IntervalDecades) / _line;
        var isAnomalous = sharp >= 1;
        var damped = numbers.Spikes.Damp(sharp, series.IntervalSeconds);

        // 7 alert
        var news = numbers.News.OfSharp(damped);
        var alarming = news;
        var slowAlarm = 0.0;
        if (stepped && !isYoung)
        {
            news = Math.Max(news, numbers.News.OfSlow(numbers.Slow.Score, _timing.SlowAlertScore, out slowAlarm));
            slowAlarm /= _timing.SlowAlertScore;
            alarming = Math.Max(alarming, slowAlarm);
        }

        var seen = series.Alert.Phase switch
        {
            AlertPhase.Quiet => alarming,
            AlertPhase.Pending => Math.Max(damped, slowAlarm),
            _ => Math.Max(damped, numbers.Slow.Score / _timing.SlowAlertScore),
        };
        if (series.Peers is { } peers)
        {
            seen = peers.Join(seen, sample.Value, series, CountOf(series, numbers.Deviation), _line, isYoung);
            news = Math.Max(news, peers.News);
        }

        var wasOpen = series.Alert.Phase == AlertPhase.Open;
        var change = series.Alert.Observe(seen, sample.Time, EnoughEvidence(series, slowAlarm > 0));
        // Which of the siblings it is, is worth telling of an alert that others opened.
        if (wasOpen && change == AlertChange.None && series.Peers is { News: >= 1 }) change = AlertChange.Worsened;
        Chart(memory, ref numbers, sample, forecast);

        // 8 learn
        if (_layout.HasPast) _layout.Past(memory).Add(sample.Time, sample.Value, isIncident: series.Alert.Phase != AlertPhase.Quiet);
        Learn(series, memory, ref numbers, sample, view, isAnomalous);
        return new(sample, news, change, forecast, rarity + (numbers.Slow.Score * _slowLine));
    }

    // A code is no number: nothing is expected of it, and its next change is news again.
    private Judgement JudgeCode(SeriesState series, ErrorCodeTracker code, in Sample sample)
    {
        var isNews = ErrorCodeTracker.IsNews(code.Observe(sample.Value), Policy.Direction);
        return JudgeByRule(series, sample, isNews ? RuleScore : 0, ErrorCodeTracker.Rule, Forecast.None, isGrave: false);
    }

    private Judgement JudgeNonFinite(SeriesState series, in Sample sample)
    {
        ref var numbers = ref SeriesLayout.Numbers(series.Memory.Span);
        var forecast = numbers.Forecaster.Predict(sample.Time).WithScaleFrom(MinScale(series, numbers.Deviation));
        return JudgeByRule(series, sample, Policy.Levels.HasNonFinite ? RuleScore : 0, DetectorSet.NonFinite, forecast, isGrave: true);
    }

    private Judgement JudgeByRule(SeriesState series, in Sample sample, double score, string rule, Forecast forecast, bool isGrave)
    {
        var memory = series.Memory.Span;
        var change = series.Alert.Observe(score, sample.Time, enough: 0, isGrave && score > 0);
        Chart(memory, ref SeriesLayout.Numbers(memory), sample, forecast);
        return new(sample, score, change, forecast, Rule: rule);
    }

    private static SampleRefusal Accept(SeriesState series, in Sample sample, out Sample clean)
    {
        var refusal = Clean(series, sample, out clean);
        if (refusal != SampleRefusal.None) return refusal;
        LearnInterval(series, clean.Time);
        series.LastTime = clean.Time;
        return SampleRefusal.None;
    }

    private static SampleRefusal Clean(SeriesState series, in Sample sample, out Sample clean)
    {
        clean = sample;
        if (sample.Time < series.LastTime) return SampleRefusal.OutOfOrder;
        if (sample.Time == series.LastTime) return SampleRefusal.Duplicate;
        // DCGM writes "no reading" as values just below the largest integers of 64 and 32 bits.
        if (sample.Value is >= 9223372036854775792 and <= 9223372036854775807 or >= 2147483632 and <= 2147483635) return SampleRefusal.VendorBlank;
        return series.Counter is { } counter ? counter.Convert(sample, out clean) : SampleRefusal.None;
    }

    private static void LearnInterval(SeriesState series, Timestamp time)
    {
        if (series.LastTime.UnixNanoseconds == long.MinValue)
        {
            series.FirstTime = time;
            return;
        }

        if (time - series.LastTime > SamplingInterval.Forgotten)
        {
            series.FirstTime = time;
            series.IntervalSeconds = 0;
            return;
        }

        var seconds = (time.UnixNanoseconds - series.LastTime.UnixNanoseconds) / 1e9;
        series.IntervalSeconds = SamplingInterval.After(series.IntervalSeconds, seconds);
    }

    // A quarter of the usual deviation, since the window of a quiet hour is too strict; one count of what is counted; a hundredth of the range.
    private static double MinScale(SeriesState series, in LongDeviation deviation) =>
        Math.Max(deviation.Value / 4, Math.Max(CountOf(series, deviation), deviation.Range / 100));

    // What one count makes of a sample. A rate is a count over an interval, and the interval is not quite even.
    private static double CountOf(SeriesState series, in LongDeviation deviation) =>
        series.Counter is not null ? 1.5 / Math.Max(series.IntervalSeconds, 1e-3) : deviation.IsWhole ? 1 : 0;

    private void ScoreAndCalibrate(Span<byte> memory, in Sample sample, in SeriesView view, double intervalSeconds)
    {
        for (var i = 0; i < _detectors.Length; i++)
        {
            var detector = _detectors[i];
            if (detector.Kind == DetectorKind.Slow)
            {
                _raw[i] = _rarity[i] = 0;
                continue;
            }

            var raw = detector.Score(sample, view, _layout.State(memory, i));
            _raw[i] = raw;
            _rarity[i] = detector.Kind == DetectorKind.Rule ? Rarities.SoftCap(raw) : _layout.Calibrator(memory, i).Rarity(raw, CalibrationPlan.Sharp, intervalSeconds);
        }
    }

    // A slow score has gathered its evidence already.
    private double EnoughEvidence(SeriesState series, bool isSlow) => isSlow ? 1 : _timing.EnoughEvidence(series.LastTime - series.FirstTime, series.IntervalSeconds);

    private bool IsSmall(double value, in SeriesView view) =>
        DeviationGate.Check(value, view.Forecast.Expected, view.Window.Median, view.MinScale, Policy) != GateVerdict.Open;

    // The p-norm with p = 5 lies close to the largest of the sharp levels and rewards agreement a little. Of a small change only the rules may speak.
    private double Combine(bool isSmall)
    {
        double powers = 0, most = 0;
        for (var i = 0; i < _detectors.Length; i++)
        {
            var rarity = _rarity[i];
            var kind = _detectors[i].Kind;
            if (kind == DetectorKind.Slow || (isSmall && kind != DetectorKind.Rule)) continue;
            if (kind == DetectorKind.Sharp) powers += rarity * rarity * (rarity * rarity) * rarity;
            else most = Math.Max(most, rarity);
        }

        return Math.Max(powers > 0 ? Math.Pow(powers, 0.2) : 0, most);
    }

    private void Learn(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, in SeriesView view, bool isAnomalous)
    {
        var counts = numbers.Events.Admits(isAnomalous);
        numbers.ConsecutiveAnomalies = isAnomalous ? numbers.ConsecutiveAnomalies + 1 : 0;
        var isAccepted = numbers.ConsecutiveAnomalies == _timing.AcceptAfter;
        if (isAccepted)
        {
            numbers.Forecaster.Rebase(sample);
            view.Window.Clear();
        }

        for (var i = 0; i < _detectors.Length; i++)
        {
            var detector = _detectors[i];
            if (detector.Kind == DetectorKind.Slow) continue;
            var state = _layout.State(memory, i);
            if (isAccepted) detector.Rebase(state);
            if (!isAnomalous || isAccepted || detector.Kind == DetectorKind.Rule) detector.Learn(sample, view, state);
            if (counts && detector.Kind != DetectorKind.Rule) _layout.Calibrator(memory, i).Learn(_raw[i], CalibrationPlan.Sharp);
        }

        numbers.Deviation.Learn(sample.Value);
        if (numbers.Learned < int.MaxValue) numbers.Learned++;
        if (isAnomalous && !isAccepted) return;
        numbers.Forecaster.Learn(sample, series.IntervalSeconds);
        view.Window.Push(sample.Value);
        if (isAccepted) numbers.ConsecutiveAnomalies = 0;
    }
}
