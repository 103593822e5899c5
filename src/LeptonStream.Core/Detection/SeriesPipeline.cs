using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection;

/// <summary>
/// The way of one sample through its series, top to bottom: the hot path of detection. One for all series of a partition with the same
/// policy.
/// </summary>
/// <remarks>
/// <code>
///  1 clean       out of order, duplicate, vendor's blank: refused with a reason, counted; counters become rates
///  2 forecast    what was expected, and how wrong that usually is; shares and means count as their denominator lets them
///  3 score       every detector scores before it learns
///  4 calibrate   raw scores → rarities against the series' own past, counted per time
///  5 combine     sharp: p-norm of what sees single samples; slow: sum of what sees shape, level and hour, every two minutes
///  6 line        against the policy's gates and its warning budget: 1.0 is the line on every series
///  7 alert       novelty opens it, the baseline before its onset ends it: what this sample changed
///  8 learn       unless the sample was anomalous
/// </code>
/// A function of the samples, their order and the policy only.
/// </remarks>
public sealed partial class SeriesPipeline
{
    // A rule's finding is worth an event at once: a metric that is no number, a code that was raised.
    internal const double RuleScore = 3;

    // It is multiplied and divided by lines, and must not end a rounding below.
    private const double AtTheLine = 1 + 1e-9;

    // Tails are known after so many warm-ups.
    private const int CalibratedAfter = 2;

    private static readonly CalibrationTuning Tuning = CalibrationTuning.Default;

    private readonly AlertTiming _timing;
    private readonly SeriesLayout _layout;
    private readonly DetectorEnsemble _detectors;
    private readonly OnsetPlan _onset;

    // The line of a series by itself, and that of one of several metrics of an entity: there, only news opens an alert.
    private readonly AlarmLine _alone;
    private readonly AlarmLine _news;

    // How many times the line of news is as high as that of a series by itself.
    private readonly double _lines;

    // The rarity, per five minutes, from which on a sample is news whatever the budget.
    private readonly double _newsFrom;

    // The most that known trouble scores, in parts of the line of news: no alarm at either.
    private readonly double _known;

    // Whether large changes of young series are looked for: wherever single samples are.
    private readonly bool _seesYoung;

    private readonly bool _findsTotals;

    /// <summary>Makes the pipeline of a policy.</summary>
    /// <param name="detection">Settings that hold for all series of the installation.</param>
    /// <param name="policy">The policy of the series it judges.</param>
    public SeriesPipeline(DetectionPolicy detection, SeriesPolicy policy)
        : this(detection, policy, new SeriesLayout(detection, policy.Detectors, policy.Memory))
    {
    }

    internal SeriesPipeline(DetectionPolicy detection, SeriesPolicy policy, SeriesLayout layout)
    {
        Policy = policy;
        _timing = detection.Timing;
        _layout = layout;
        _detectors = new(_layout, policy);
        _onset = new(_layout.ChartPoints, policy.Bounds, _layout.Onsets);
        _seesYoung = !policy.FollowsLoad && _detectors.HasSharp;
        _findsTotals = policy.FindsTotals;
        _newsFrom = AlarmLine.NewsFrom(_detectors.Tests);
        (_alone, _news) = (AlarmLine.OfSeries(policy), AlarmLine.OfMetric(policy, _newsFrom));
        _lines = _news.Rarity / _alone.Rarity;
        _known = Math.Min(LifecycleTuning.Default.Known, 0.9 / _lines);
        Alerts = AlertPlan.Of(policy, _timing, _alone);
        PolicyId = PolicyState.IdOf(policy);
    }

    /// <summary>The policy of the series it judges.</summary>
    public SeriesPolicy Policy { get; }

    /// <summary>The policy's id in snapshots.</summary>
    internal UInt128 PolicyId { get; }

    /// <summary>How the alerts of its series live.</summary>
    internal AlertPlan Alerts { get; }

    /// <summary>
    /// Of <see cref="BytesPerSeries"/>, what a series remembers of its values: windows, longer memory, forecast and seasonal profile.
    /// </summary>
    public int MemoryBytesPerSeries => _layout.MemoryBytes;

    /// <summary>Bytes of a series' numbers under the policy, without the points of its chart.</summary>
    public int BytesPerSeries => _layout.NumberBytes;

    /// <summary>Bytes of the points of its chart.</summary>
    public int ChartBytesPerSeries => _layout.ChartBytes;

    /// <summary>Makes the state of a series that is seen for the first time.</summary>
    public SeriesState NewSeries(SeriesId id, SeriesKey key) =>
        new(id, key, this, new(Alerts), NewMemory());

    /// <summary>Memory for a series of which nothing is known.</summary>
    internal Memory<byte> NewMemory() => _layout.Rent();

    /// <summary>Takes over a series that another pipeline judged so far.</summary>
    /// <returns>Its memory from now on.</returns>
    internal Memory<byte> Move(SeriesState series, SeriesPipeline from)
    {
        if (from._layout == _layout) return series.Memory;
        var moved = _layout.Move(series.Memory, from._layout);
        series.Onset.Fit(_layout.Chart(moved.Span).Number, _onset);
        return moved;
    }

    /// <summary>Asks the cache for a series that is judged next. Changes nothing.</summary>
    internal void Prefetch(SeriesState series)
    {
        _layout.Prefetch(series.Memory);
        CacheLines.Prefetch(series.Alert, lines: 1);
        if (series.Entity is { } entity) CacheLines.Prefetch(entity, lines: 2);
    }

    /// <summary>Takes the memory of a series back that is forgotten.</summary>
    internal void Return(SeriesState series)
    {
        _layout.Return(series.Memory);
        series.Onset.Clear(_onset);
    }

    /// <summary>Reads what may be the onset of its alert.</summary>
    internal void LoadOnset(SeriesState series, ref StateReader state) => series.Onset.Load(ref state, _onset);

    /// <summary>Judges one sample and lets its series learn from it.</summary>
    /// <param name="series">The sample's series.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="judgement">The verdict; of a refused sample only its change counts: readings that are lost for long open an
    /// alert.</param>
    public SampleRefusal Judge(SeriesState series, in Sample sample, out Judgement judgement)
    {
        ArgumentNullException.ThrowIfNull(series);

        // 1 clean
        judgement = default;
        var before = series.LastTime;
        var refusal = Accept(series, sample, out var clean);
        if (refusal == SampleRefusal.CounterReset) series.Progress?.Restart();
        if (refusal == SampleRefusal.VendorBlank) judgement = JudgeBlank(series, sample);
        if (refusal != SampleRefusal.None) return refusal;
        series.FindReading();
        var denominator = series.Weight?.DenominatorOf(series, clean.Time) ?? double.NaN;
        if (denominator == 0) return JudgeOfNothing(series, clean, out judgement);
        if (_findsTotals && TurnsOutTotal(series, clean, ref judgement)) return SampleRefusal.CounterFound;
        if (series.Code is { } code) judgement = JudgeCode(series, code, clean);
        else if (double.IsFinite(clean.Value)) JudgeNumber(series, clean, before, denominator, out judgement);
        else judgement = JudgeNonFinite(series, clean);
        return SampleRefusal.None;
    }

    /// <summary>Puts a sample that others judge on the chart of its series.</summary>
    /// <param name="series">The sample's series.</param>
    /// <param name="sample">The sample.</param>
    internal SampleRefusal Record(SeriesState series, in Sample sample)
    {
        var refusal = Accept(series, sample, out var clean);
        if (refusal == SampleRefusal.None)
            Chart(series, clean, ExpectedBand.None);
        return refusal;
    }

    private void JudgeNumber(SeriesState series, in Sample given, Timestamp before, double denominator, out Judgement judgement)
    {
        var shown = given with { Value = Magnitude.Clamp(given.Value) };
        var memory = series.Memory.Span;
        ref var numbers = ref SeriesLayout.Numbers(memory);
        series.FindNumber(shown.Time);

        // 2 forecast
        var minScale = MinScale(series, numbers.Deviation);
        var forecast = ForecastOf(series, memory, ref numbers, shown, before, ref minScale, out var isBridged);
        var sample = Weigh(series, shown, denominator, ref forecast, ref minScale, out var carries);

        // 3 score, 4 calibrate
        var view = new SeriesView(_layout.Window(memory), forecast, minScale);
        _detectors.Score(memory, sample, view, series.IntervalSeconds);
        var stepped = _layout.HasSlow && UpdateSlowChannel(series, memory, numbers.Deviation, sample, carries);

        // 5 combine, 6 line
        var isYoung = numbers.Learned < CalibratedAfter * Policy.WarmUp;
        var gate = carries ? Gate(sample.Value, view) : GateVerdict.TooFew;
        var (deviation, rules) = (_detectors.Combine(gate), _detectors.CombineRules(gate));
        var rarity = isYoung ? 0 : Math.Max(deviation, rules);
        // Below the least deviation only rules decide: they know which single counts matter.
        var mayReturn = gate == GateVerdict.Open || (gate == GateVerdict.BelowAbsolute && rules > 0);
        var again = isYoung || !mayReturn || series.Fault is null
            ? 0
            : ReturnOf(series, shown, series.Baseline?.At(shown.Time).Expected ?? forecast.Expected);
        var isAnomalous = !isYoung && rarity + series.IntervalDecades >= _newsFrom;
        var sharp = isYoung ? 0 : Math.Max(0, Math.Max(deviation + series.IntervalDecades, OfRule(rules + series.IntervalDecades)));
        var byBody = isYoung ? 0 : _detectors.CombineByBody(gate);
        var recurrent = byBody > 0 ? AlarmLine.OfRecurrent(byBody + series.IntervalDecades) : 0;
        var found = (sharp, recurrent, rules / _news.Rarity);
        var reported = numbers.Novelty;
        var scores = Scores(series, ref numbers, sample, forecast, found, stepped && !isYoung, carries) with { Return = again };
        var sight = SeeBursts(series, sample, forecast.Expected, isAnomalous);
        // A value that stood still before the burst's hour stands still in it, too.
        var isKnown = sight == BurstSight.Known
            && series is not { Alert.Phase: AlertPhase.Open, OpenedBy: FrozenValueDetector.RuleName };
        // Nobody was notified of it: where it does not end, that is news.
        if (isKnown) (scores, numbers.Novelty) = (scores.WhereKnown(_known), reported);
        else if (sight == BurstSight.Missing) scores = scores with { Missing = 1 };
        if (Hangs(series, shown)) scores = scores with { Hang = 1 };

        // 7 alert
        var opener = series.Alert is { Phase: AlertPhase.Open, IsSilent: true } ? series.OpenedBy : null;
        var change = MoveAlert(series, ref numbers, shown, sample.Value, scores, isYoung, out var novelty, out var band, forecast);

        // 8 learn
        var holds = HoldsFor(series, again);
        if (_layout.HasPast) _layout.Past(memory).Add(sample.Time, sample.Value, isIncident: series.Alert.Phase != AlertPhase.Quiet);
        if (!isAnomalous && !holds && series.Alert.Phase == AlertPhase.Quiet)
            numbers.Band.Learn(Math.Abs(sample.Value - forecast.Expected) / forecast.Scale);
        Learn(series, memory, ref numbers, sample, view, isAnomalous, isKnown, holds);
        if (isBridged && !isAnomalous && again < 1) numbers.Forecaster.Rebase(InProfile(sample));
        if (change.IsEnd()) EndBaseline(series, memory, ref numbers, sample, change);
        judgement = new(given, novelty, change, forecast, band, rarity + _layout.SlowDecades(memory),
            change == AlertChange.Opened && opener is not null ? opener : OpenedByAbsence(scores, change));
    }

    // A rule knows its odds: the budget of deviations does not let it speak sooner.
    private double OfRule(double rarity) => rarity < _news.Rarity ? rarity / _lines : rarity;

    // In parts of the line of news. Spikes and news are what they are whatever the budget: only the line moves.
    private SampleScores Scores(SeriesState series, ref SeriesNumbers numbers, in Sample sample, in Forecast forecast,
        (double Sharp, double Recurrent, double Rule) found, bool hasStepped, bool carries)
    {
        var damped = numbers.Spikes.Damp(found.Sharp / _newsFrom, found.Recurrent / _newsFrom, series.IntervalSeconds)
            * _newsFrom / _news.Rarity;
        var decades = _layout.SlowDecades(series.Memory.Span);
        var slow = Math.Max(0, decades - Tuning.SlowMore) / _news.Rarity;
        var scores = new SampleScores
        {
            Sharp = damped,
            SharpNovelty = numbers.Novelty.OfSharp(damped, _known),
            Slow = slow / _timing.SlowAlertScore,
            Rule = found.Rule,
            Young = Young(series, ref numbers, sample, forecast, carries),
        };
        if (!hasStepped) return scores with { SlowAlarm = AwaitsValue(series) ? AtTheLine * LineOf(series).Rarity / _news.Rarity : 0 };
        var votes = decades > 0 ? Math.Max(0, decades - _detectors.DoubleCounted - Tuning.VotesMore) / _news.Rarity : 0;
        var alertFrom = _timing.SlowAlertScore * LineOf(series).Rarity / _news.Rarity;
        var novelty = numbers.Novelty.OfSlow(votes, alertFrom, _known, out var alarm);
        if (AwaitsValue(series)) alarm = Math.Max(alarm, AtTheLine * alertFrom);
        return scores with { SlowNovelty = novelty, SlowAlarm = alarm / _timing.SlowAlertScore };
    }

    private double Young(SeriesState series, ref SeriesNumbers numbers, in Sample sample, in Forecast forecast,
        bool carries)
    {
        var age = sample.Time - series.FirstTime;
        if (!_seesYoung || age >= _timing.YoungFor) return 0;
        var minScale = CountOf(series, numbers.Deviation);
        var score = numbers.Young.Score(sample, forecast, numbers.Deviation, minScale, age, series.IntervalSeconds);
        var mean = numbers.Deviation.Mean;
        return !carries || numbers.Learned < Policy.WarmUp
            || DeviationGate.Check(sample.Value, mean, mean, minScale, Policy) != GateVerdict.Open
            ? 0
            : score / Policy.Line;
    }

    // A quarter of the usual deviation, since the window of a quiet hour is too strict; one count of what is counted; a hundredth of the
    // range.
    private static double MinScale(SeriesState series, in LongDeviation deviation) =>
        Math.Max(deviation.Value / 4, Math.Max(CountOf(series, deviation), deviation.RangeWidth / 100));

    // The rate of one count. A rate is a count over an interval, and the interval is not quite even.
    private static double CountOf(SeriesState series, in LongDeviation deviation) =>
        series.Counter is not null ? 1.5 / Math.Max(series.IntervalSeconds, 1e-3) : deviation.IsWhole ? 1 : 0;

    private GateVerdict Gate(double value, in SeriesView view) =>
        DeviationGate.Check(value, view.Forecast.Expected, view.Window.Median, view.MinScale, Policy);
}
