using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <content>A series that began with the wrong scale begins again.</content>
public sealed partial class SeriesPipeline
{
    // Learning on a scale that was none is forgotten; the window shows the series as it is.
    private void RestartIfBegunWrong(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample,
        in RollingWindow window)
    {
        if (!numbers.Scales.IsDue(window)) return;
        var scale = Math.Max(numbers.Forecaster.Predict(sample.Time).Scale,
            Math.Max(numbers.Deviation.Value, numbers.Deviation.RangeWidth / 25));
        if (numbers.Scales.HasBegunWrong(scale, window)) Restart(series, memory, ref numbers, sample, window);
    }

    // A level that is accepted after a change of a billion scales is that of another series; so is one after a constant, which had no
    // scale: a service that was launched.
    private static bool IsAnother(in SeriesNumbers numbers, in SeriesView view, in Sample sample) =>
        (view.Forecast.Scale > 0 && Math.Abs(sample.Value - view.Forecast.Expected) > 1e9 * view.Forecast.Scale)
            || numbers.Forecaster.Predict(sample.Time).Scale == 0;

    private void Restart(SeriesState series, Span<byte> memory, ref SeriesNumbers numbers, in Sample sample, in RollingWindow window)
    {
        series.FirstTime = sample.Time;
        numbers.Forecaster = default;
        numbers.Deviation = default;
        numbers.Young = default;
        numbers.Band = default;
        numbers.Learned = 0;
        for (var back = window.Count - 1; back >= 0; back--) numbers.Deviation.Learn(sample with { Value = window[back] });
        _detectors.Forget(memory);
        if (!_layout.HasSlow) return;
        _layout.Slow(memory) = default;
        _layout.SlowWindow(memory).Clear();
    }
}
