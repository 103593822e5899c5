using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Step 8: a series learns from a sample, unless that was anomalous; a level that lasts becomes its own.</content>
public sealed partial class SeriesPipeline
{
    private void Learn(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, in SeriesView view,
        bool isAnomalous, bool isKnown, bool holds)
    {
        var counts = numbers.Events.Admits(isAnomalous);
        // A burst that is known is no new level: where it hangs, nobody would see it any more.
        var relearns = Relearns(ref numbers, sample.Time, isAnomalous && !isKnown);
        series.Baseline?.Follow(sample, isAnomalous, relearns, _timing);
        if (relearns)
        {
            var isAnother = IsAnother(numbers, view, sample);
            numbers.Forecaster.Rebase(InProfile(sample));
            view.Window.Clear();
            if (isAnother) Restart(series, memory, ref numbers, sample, view.Window);
        }

        _detectors.Learn(memory, sample, view, learns: !(isAnomalous || holds) || relearns, rebases: relearns, counts);
        numbers.Deviation.Learn(sample);
        if (numbers.Learned < int.MaxValue) numbers.Learned++;
        if ((isAnomalous || holds) && !relearns) return;
        numbers.Forecaster.Learn(InProfile(sample), series.IntervalSeconds);
        view.Window.Push(sample.Value);
        RestartIfBegunWrong(series, memory, ref numbers, sample, view.Window);
    }

    // A lasting level is learned beside the baseline, so that a further change is seen.
    private bool Relearns(ref SeriesNumbers numbers, Timestamp time, bool isAnomalous)
    {
        if (!isAnomalous)
        {
            numbers.ConsecutiveAnomalies = 0;
            return false;
        }

        if (numbers.ConsecutiveAnomalies++ == 0) numbers.AnomalousSince = time.UnixNanoseconds;
        var lasted = (time - new Timestamp(numbers.AnomalousSince)) * (numbers.ConsecutiveAnomalies / Math.Max(1.0,
            numbers.ConsecutiveAnomalies - 1));
        if (numbers.ConsecutiveAnomalies < _timing.RelearnSamples || lasted < _timing.RelearnAfter) return false;
        numbers.ConsecutiveAnomalies = 0;
        return true;
    }
}
