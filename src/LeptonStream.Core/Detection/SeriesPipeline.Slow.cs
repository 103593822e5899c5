using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>The slow channel: shape, level and hour, every two minutes.</content>
public sealed partial class SeriesPipeline
{
    private const double SlowSeconds = 120;

    private static readonly TimeSpan SlowWarmUp = TimeSpan.FromDays(2);
    private static readonly TimeSpan Grown = TimeSpan.FromDays(14);

    // A finding of means waits for so many steps for a value that is not what is expected.
    private const int MostWaits = 10;

    // Slow detectors are shown means over two minutes.
    private bool UpdateSlowChannel(SeriesState series, Span<byte> memory, in LongDeviation deviation, in Sample sample, bool carries)
    {
        ref var slow = ref _layout.Slow(memory);
        if (slow.FirstNanoseconds == 0) slow.FirstNanoseconds = sample.Time.UnixNanoseconds;
        slow.Sum += sample.Value;
        var perStep = Math.Max(1, Math.Round(SlowSeconds / Math.Max(series.IntervalSeconds, 1e-3)));
        if (++slow.Count < perStep) return false;
        var mean = sample with { Value = slow.Sum / slow.Count };
        slow.Sum = slow.Count = 0;
        slow.Waits -= Math.Sign(slow.Waits);
        if (!double.IsFinite(mean.Value)) return false;

        var view = new SeriesView(_layout.SlowWindow(memory), Forecast.None,
            Math.Max(slow.Deviation.Value, slow.Deviation.RangeWidth / 50));
        var sum = _detectors.StepSlow(memory, mean, view, SlowSeconds);

        // One count in two minutes is no level, though it be the highest of a counter that hardly ever moves.
        var count = CountOf(series, deviation) / perStep;
        var isSmall = !carries || IsSmallSlowly(mean.Value, view, slow.Deviation, count);
        slow.Decades = isSmall ? 0 : DecadesOf(series, new Timestamp(slow.FirstNanoseconds), sample.Time, sum, perStep);
        slow.Deviation.Learn(mean);
        view.Window.Push(mean.Value);
        return true;
    }

    private bool AwaitsValue(SeriesState series) =>
        _layout.HasSlow && series.Alert.Phase != AlertPhase.Open && _layout.Slow(series.Memory.Span).Waits != 0;

    private void AwaitValue(SeriesState series, bool waits, Timestamp time)
    {
        var memory = series.Memory.Span;
        ref var left = ref _layout.Slow(memory).Waits;
        if (!waits) left = 0;
        else if (left == 0) left = MostWaits * SideOfSlow(memory, time);
    }

    // The side of the last mean: of its hour, or else of the past.
    private int SideOfSlow(Span<byte> memory, Timestamp time)
    {
        ref readonly var slow = ref _layout.Slow(memory);
        if (slow.Waits != 0) return Math.Sign(slow.Waits);
        var mean = _layout.SlowWindow(memory)[0];
        var side = _detectors.HoursOf(memory).At(time)?.SideOf(mean) ?? 0;
        return side != 0 ? side : mean < slow.Deviation.Mean ? -1 : 1;
    }

    private static double DecadesOf(SeriesState series, Timestamp first, Timestamp now, double sum, double perStep)
    {
        var age = now - first;
        if (age < SlowWarmUp) return 0;
        // A value that is new to a series of a few days need not be new to an older one.
        var young = Math.Max(0, Math.Log10(Grown / age));
        return Math.Max(0, sum + series.IntervalDecades + Math.Log10(perStep) - young);
    }

    private bool IsSmallSlowly(double mean, in SeriesView view, in LongDeviation deviation, double count) =>
        DeviationGate.Check(mean, view.Window.Median, deviation.Mean, count, Policy) != GateVerdict.Open;
}
