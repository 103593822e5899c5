using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Samples that a rule judges: codes, values that are no finite number, and readings that are lost.</content>
public sealed partial class SeriesPipeline
{
    // One scrape fails now and then.
    private const int FailedScrapes = 3;

    private static readonly TimeSpan TargetStartsWithin = TimeSpan.FromMinutes(15);

    // A code is no number: nothing is expected of it, and the alert is open as long as it stands.
    private Judgement JudgeCode(SeriesState series, ErrorCodeTracker code, in Sample sample)
    {
        var change = code.Observe(sample.Value);
        if (LostTargets.IsOne(Policy)) return JudgeTarget(series, code, sample);
        var isGrave = XidCodes.IsGrave(Policy.Preset?.Canonical, code.Code);
        var isUnusual = ErrorCodeTracker.IsUnusual(change, Policy.Direction) || (change == CodeChange.First && isGrave);
        var stands = Policy.Direction == Direction.Down ? code.Code == 0 : code.Code != 0;
        // A fault of the data that names its culprit is nothing to wake somebody for.
        var score = DataNotice.Names(Policy.Preset?.Canonical) ? 1 : RuleScore;
        var judgement = JudgeByRule(series, sample, isUnusual ? score : stands ? 1 : 0, isUnusual, ErrorCodeTracker.RuleName, isUnusual
            && isGrave);
        return judgement.Change == AlertChange.Recovered && XidCodes.AreEvents(Policy.Preset?.Canonical)
            ? judgement with { Change = AlertChange.Quieted }
            : judgement;
    }

    // Nobody need learn that a target is to be up: it was once, or has had the time that a model server takes to load.
    private Judgement JudgeTarget(SeriesState series, ErrorCodeTracker code, in Sample sample)
    {
        var isDown = code.Code == 0 && (code.HasHadCode || sample.Time - series.FirstTime >= TargetStartsWithin);
        return JudgeByRule(series, sample, isDown ? RuleScore : 0, isDown, ErrorCodeTracker.RuleName, isGrave: false, FailedScrapes);
    }

    private Judgement JudgeNonFinite(SeriesState series, in Sample sample)
    {
        ref var numbers = ref SeriesLayout.Numbers(series.Memory.Span);
        var isUnusual = series.NonFinite.OnNonFinite(sample.Time, numbers.Learned >= Policy.WarmUp) && Policy.Detectors.HasNonFinite;
        return JudgeByRule(series, sample, isUnusual ? RuleScore : 1, isUnusual, DetectorSet.NonFinite, isUnusual);
    }

    private Judgement JudgeBlank(SeriesState series, in Sample sample)
    {
        var isKnown = SeriesLayout.Numbers(series.Memory.Span).Learned >= Policy.WarmUp;
        var isLong = series.Blanks.IsLong(sample.Time, _timing.GoneFor(series.IntervalSeconds)) && isKnown;
        return JudgeByRule(series, sample with { Value = double.NaN }, isLong
            ? RuleScore
            : 1, isLong, LostReadings.RuleName, isGrave: false);
    }

    // A rule's finding opens an alert where it is news; an open one goes on while the finding lasts.
    private Judgement JudgeByRule(SeriesState series, in Sample sample, double score, bool isUnusual, string rule, bool isGrave,
        int samples = 1)
    {
        var memory = series.Memory.Span;
        ref var numbers = ref SeriesLayout.Numbers(memory);
        var (isOpen, isMuted) = (series.Alert.Phase == AlertPhase.Open, IsMuted(series, sample.Time));
        var seen = isUnusual || isOpen ? score : 0;
        var change = series.Alert.Observe(new(seen, sample.Time)
        {
            Needed = samples == 1 ? 0 : samples * score,
            IsGrave = isGrave && isUnusual,
            IsMuted = isMuted,
            IsFurtherChange = isUnusual && isOpen && rule == ErrorCodeTracker.RuleName && samples == 1,
            // A finding asks nobody. A sample that is none changes nothing of what was asked.
            // Many targets may be down at once: what pages is the model's budget.
            Entity = samples == 1 && (isUnusual || series.Alert.IsSilent) ? null : series.Entity,
            IsFact = samples > 1,
            Line = _news,
        });
        if (change.IsEnd()) series.Baseline = null;
        series.Baseline?.Interrupt();
        var band = series.Code is null ? HoldByRule(series, ref numbers, sample, change) : ExpectedBand.None;
        Chart(series, sample, band);
        return new(sample, isUnusual && !isMuted ? score : 0, change, Forecast.None, band, Rule: rule);
    }

    private ExpectedBand HoldByRule(SeriesState series, ref SeriesNumbers numbers, in Sample sample, AlertChange change)
    {
        var forecast = numbers.Forecaster.Predict(ProfileTime(sample.Time));
        // The values after such a finding may be trouble, too. The finding has no value, so the forecast stands for it. An alert that is
        // published after its silence has its baseline. Where values were trouble before the finding, the change is theirs; where none
        // was, an older change is none of it.
        if (change == AlertChange.Opened && series.Baseline is null && _detectors.HasSharp)
        {
            var (usual, onset) = (sample with { Value = forecast.Expected }, series.Alert.Onset);
            series.Baseline = onset < sample.Time
                ? BaselineBefore(series, usual, onset)
                : BaselineByForecast(series, onset, usual);
        }

        return series.Baseline?.At(sample.Time)
            ?? ExpectedBand.Of(forecast.WithScaleFrom(MinScale(series, numbers.Deviation)), numbers.Band.Scales);
    }
}
