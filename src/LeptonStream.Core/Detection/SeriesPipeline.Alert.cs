using System.Runtime.CompilerServices;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Step 7: a sample moves the alert of its series.</content>
public sealed partial class SeriesPipeline
{
    /// <summary>The line that an alert opens at. An entity speaks for its metrics, within one budget, but not for distances.</summary>
    internal AlarmLine LineOf(SeriesState series) => series.Entity is { IsJudged: true } && !Policy.IsDistance ? _news : _alone;

    /// <summary>The line whose parts are the scores of its open alert.</summary>
    internal AlarmLine LineOfOpen(SeriesState series) => series.IsOfRule ? _news : LineOf(series);

    // Held against the baseline before its onset while it is open; the siblings join in.
    private AlertChange MoveAlert(
        SeriesState series, ref SeriesNumbers numbers, in Sample sample, double weighed, in SampleScores scores, bool isYoung,
        out double novelty, out ExpectedBand band, in Forecast forecast)
    {
        var alert = series.Alert;
        var baseline = series.Baseline;
        if (alert.Phase == AlertPhase.Open && series.Code is null)
            baseline?.FollowTrouble(sample, series.IntervalSeconds, isReading: scores.Rule >= 1);
        var stand = baseline?.StandOf(sample) ?? BaselineStand.None;
        if (stand == BaselineStand.Away) baseline!.Measure(sample);
        // A rule's finding is news, whoever shares the budget.
        var line = scores.Rule >= 1 ? _news : LineOf(series);
        var seen = scores.Times(_news.Rarity / line.Rarity).For(alert.Phase, stand);
        novelty = Math.Max(scores.Times(_lines).Novelty, alert.Phase == AlertPhase.Open ? 0 : scores.Absent);
        if (series.Peers is { } peers)
        {
            seen = peers.Combine(seen, weighed, series, CountOf(series, numbers.Deviation), _news.Rarity, isYoung);
            novelty = Math.Max(novelty, peers.Novelty);
        }

        if (IsMuted(series, sample.Time)) novelty = 0;
        band = baseline?.At(sample.Time) ?? ExpectedBand.Of(forecast, numbers.Band.Scales);
        Chart(series, sample, band);
        // The detector that opened it may be silent for good, or look to the other side: nothing else would end it.
        if (alert.Phase == AlertPhase.Open && (baseline is { IsUnasked: true } || !Policy.Detectors.MaySpeak(series.OpenedBy)))
            return alert.End(AlertChange.PolicyChanged, sample.Time);
        // As nearly every sample finds it.
        if (alert.Phase == AlertPhase.Quiet && seen < 1) return AlertChange.None;
        var waits = alert.Phase != AlertPhase.Open && seen >= 1 && IsWhereExpected(series, ref numbers, sample, scores);
        if (scores.SlowAlarm > 0) AwaitValue(series, waits, sample.Time);
        var change = Observe(series, sample, seen, scores, stand, line, waits);
        // One that is published after its silence has its baseline.
        if (change == AlertChange.Opened && baseline is null)
        {
            band = Freeze(series, ref numbers, sample);
            if (scores.SlowAlarm > 0) series.Baseline!.Creep();
        }

        if (scores.Hang >= 1) TakeOver(series, change);
        return change;
    }

    // By itself, since the room that it needs would be cleared for every sample.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private AlertChange Observe(SeriesState series, in Sample sample, double seen, in SampleScores scores, BaselineStand stand,
        AlarmLine line, bool waits) =>
        series.Alert.Observe(new(seen, sample.Time)
        {
            // It opens on a value that is not what is expected.
            Needed = waits ? double.PositiveInfinity : scores.Young >= 1 || scores.SlowAlarm > 0 || scores.Rule >= 1 || scores.Absent >= 1
                ? 1
                : _timing.EnoughEvidence(scores.Return >= 1 ? _timing.YoungFor : series.LastTime - series.FirstTime,
                    series.IntervalSeconds),
            IsGrave = scores.Hang >= 1,
            IsReturn = scores.Return >= 1,
            IsMuted = Policy.IsMutedAt(sample.Time),
            // An open alert has an event for another verdict of the siblings and for a change of the new level.
            IsFurtherChange = series.Peers is { Novelty: >= 1 } || (scores.Hang >= 1 && series.OpenedBy != DetectorSet.NoProgress)
                || (stand == BaselineStand.Away && series.Baseline!.HasRelearned && scores.SharpNovelty >= 1),
            AcceptAfter = scores.Rule < 1 && scores.Hang < 1 && series.IsLevel ? Policy.AcceptAfter : null,
            IsLevelSince = scores.Rule < 1 && series is { IsLevelSince: true, Baseline.HasRelearned: true }
                && series.Baseline.ReadFor(sample.Time) >= Policy.AcceptAfter,
            Entity = series.Entity,
            IsFact = scores.Rule >= 1 || scores.Missing >= 1,
            Line = line,
        });
}
