using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Samples that are refused, and the interval between those that are not.</content>
public sealed partial class SeriesPipeline
{
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
        if (VendorBlank.Is(sample.Value)) return SampleRefusal.VendorBlank;
        return series.Counter is { } counter ? counter.Convert(sample, out clean) : SampleRefusal.None;
    }

    private static void LearnInterval(SeriesState series, Timestamp time)
    {
        if (series.LastTime.IsNever)
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

        ref var numbers = ref SeriesLayout.Numbers(series.Memory.Span);
        series.IntervalSeconds = SamplingInterval.After(
            series.IntervalSeconds, time.SecondsSince(series.LastTime), ref numbers.FarIntervals, numbers.Learned);
    }
}
