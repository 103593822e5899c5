using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Faults that return: the critical alert that ended says how they look.</content>
public sealed partial class SeriesPipeline
{
    // A fault lasts longer than so many usual intervals.
    private const int FaultSamples = 8;

    /// <summary>The score of a sample as one of the fault that ended lately; 0 where it is none.</summary>
    /// <param name="series">The series.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="expected">The value that is expected now: by the baseline where one is frozen.</param>
    internal static double ReturnOf(SeriesState series, in Sample sample, double expected) =>
        series.Fault?.ScoreOf(sample, expected, DeviationOf(series).Mean) ?? 0;

    // The series does not follow a fault that goes on and is yet to be an alert again: it would be what is expected by then.
    private static bool HoldsFor(SeriesState series, double again) =>
        again >= 1 && series.Alert.Phase == AlertPhase.Pending && series.Fault!.IsInterrupted(series.LastTime);

    /// <summary>How far a series usually goes from the mean of its past, and that mean.</summary>
    internal static ref readonly LongDeviation DeviationOf(SeriesState series) =>
        ref SeriesLayout.Numbers(series.Memory.Span).Deviation;

    // A level that was accepted is no fault, and what a young series does may be what it does every few hours. An engine that hangs is
    // known by its work, and a value that stands still by that.
    private void KeepFault(SeriesState series, Timestamp now, AlertChange change)
    {
        if (change == AlertChange.Accepted) series.Fault = null;
        if (change is AlertChange.Recovered or AlertChange.Gone
            && series is { Alert.IsCritical: true, IsLevel: true, Baseline: { Reach: > 0 } baseline }
            && baseline.Onset - series.FirstTime >= _timing.YoungFor && WasFaultByItself(series, baseline))
            series.Fault = KnownFault.Of(baseline, series.Alert.Worst, now, series.Fault);
    }

    // What was critical because other metrics of its entity agreed would be a warning alone, and so it is when it returns. And chance is
    // over within a few samples, and comes again as often as the budget says.
    private bool WasFaultByItself(SeriesState series, FrozenBaseline baseline) => series.Fault?.IsOf(baseline) == true
        || (series.Alert.Worst >= LineOf(series).CriticalScore
            && (Timestamp.Earlier(series.Alert.CalmSince, series.LastTime) - baseline.Onset).TotalSeconds
                > FaultSamples * series.IntervalSeconds);
}
