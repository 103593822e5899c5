using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Shares and means, whose samples count as much as their denominators carry.</content>
public sealed partial class SeriesPipeline
{
    private static Sample Weigh(
        SeriesState series, in Sample sample, double denominator, ref Forecast forecast, ref double minScale, out bool carries)
    {
        carries = true;
        if (series.Weight is not { } weight) return sample;
        var weighed = weight.Weigh(series, sample, denominator, forecast);
        minScale = Math.Max(minScale, weighed.MinScale);
        forecast = forecast.WithScaleFrom(minScale);
        carries = weighed.Carries;
        return weighed.Sample;
    }

    // A share of nothing neither opens nor ends an alert, and nobody learns from it.
    private SampleRefusal JudgeOfNothing(SeriesState series, in Sample sample, out Judgement judgement)
    {
        var alert = series.Alert;
        var change = alert.Phase != AlertPhase.Open
            ? AlertChange.None
            : alert.Observe(new(1, sample.Time)
            {
                AcceptAfter = series.IsLevel ? Policy.AcceptAfter : null,
                IsMuted = true,
                Entity = series.Entity,
                Line = LineOf(series),
            });
        ref var numbers = ref SeriesLayout.Numbers(series.Memory.Span);
        var forecast = numbers.Forecaster.Predict(ProfileTime(sample.Time)).WithScaleFrom(MinScale(series, numbers.Deviation));
        var band = series.Baseline?.At(sample.Time) ?? ExpectedBand.Of(forecast, numbers.Band.Scales);
        Chart(series, sample, band);
        if (change.IsEnd()) series.Baseline = null;
        judgement = new(sample, 0, change, forecast, band);
        return SampleRefusal.None;
    }
}
