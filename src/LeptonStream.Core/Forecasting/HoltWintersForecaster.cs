using System.Runtime.InteropServices;
using LeptonStream.Samples;

namespace LeptonStream.Forecasting;

/// <summary>
/// Additive Holt-Winters smoothing that finds its period by itself: three recursions run side by side, without a season, with a daily
/// profile of 48 half-hours and with a weekly one of 56 three-hour parts, both linearly interpolated; the one whose errors are smallest
/// speaks. A daily one may speak after two days, a weekly one after two weeks, and not where samples are further apart than a slot; it
/// works from the second sample on, with an interval that narrows as it learns. Outliers move none of them: an error counts as ten scales
/// at most. 304 bytes, all zeros at first.
/// </summary>
/// <remarks>P. R. Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6 (1960).</remarks>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(float))]
public struct HoltWintersForecaster
{
    private const double DaySeconds = 86_400;

    private static readonly ForecastTuning Tuning = ForecastTuning.Default;

    private HoltWintersState _plain;
    private HoltWintersState _daily;
    private HoltWintersState _weekly;
    private double _firstSeconds;
    private int _count;
    private SlotProfile<DailySlots> _days;
    private SlotProfile<WeeklySlots> _weeks;

    /// <summary>The period that it has found.</summary>
    public Period Period { readonly get; private set; }

    /// <summary>Forecasts the next sample, at this time. Changes nothing.</summary>
    public readonly Forecast Predict(Timestamp time)
    {
        if (_count == 0) return Forecast.None;
        var (expected, scale) = Period switch
        {
            Period.Daily => (_daily.Next + _days.ValueAt(DayOf(time)), _daily.Scale),
            Period.Weekly => (_weekly.Next + _weeks.ValueAt(WeekOf(time)), _weekly.Scale),
            _ => (_plain.Next, _plain.Scale),
        };
        return new(expected, _count < 2 ? double.NaN : scale);
    }

    /// <summary>Takes a sample in.</summary>
    /// <param name="sample">A finite sample.</param>
    /// <param name="intervalSeconds">The usual time between two samples, in seconds; sets how much one sample may move the
    /// profiles.</param>
    public void Learn(in Sample sample, double intervalSeconds)
    {
        if (_count == 0) _firstSeconds = sample.Time.UnixSeconds;
        var day = DayOf(sample.Time);
        var week = WeekOf(sample.Time);
        _plain.Learn(sample.Value, _count);
        var error = _daily.Learn(sample.Value - _days.ValueAt(day), _count);
        // A slot of the classic form learns once a period with γ; an interpolated one shares that among its samples of the period.
        _days.Add(day, Math.Min(1, intervalSeconds / DailySlots.Seconds) * Tuning.Daily * HoltWintersState.Rest * error);
        error = _weekly.Learn(sample.Value - _weeks.ValueAt(week), _count);
        _weeks.Add(week, Math.Min(1, intervalSeconds / WeeklySlots.Seconds) * Tuning.Weekly * HoltWintersState.Rest * error);
        if (_count < int.MaxValue) _count++;
        Choose((sample.Time.UnixSeconds - _firstSeconds) / DaySeconds, intervalSeconds);
    }

    /// <summary>Accepts a new normal: the level jumps to the value, the trend is forgotten, the profiles' shapes stay.</summary>
    public void Rebase(in Sample sample)
    {
        _plain.Rebase(sample.Value);
        _daily.Rebase(sample.Value - _days.ValueAt(DayOf(sample.Time)));
        _weekly.Rebase(sample.Value - _weeks.ValueAt(WeekOf(sample.Time)));
    }

    /// <summary>Moves the level by so much, and nothing else.</summary>
    internal void Shift(double amount)
    {
        _plain.Shift(amount);
        _daily.Shift(amount);
        _weekly.Shift(amount);
    }

    private static Phase DayOf(Timestamp time) => Phase.Of(time, DailySlots.Seconds, DailySlots.Count, 0);

    private static Phase WeekOf(Timestamp time) => Phase.Of(time, WeeklySlots.Seconds, WeeklySlots.Count, WeeklySlots.FirstMonday);

    private void Choose(double days, double intervalSeconds)
    {
        var best = Period switch { Period.Daily => _daily.Scale, Period.Weekly => _weekly.Scale, _ => _plain.Scale };
        if (Period != Period.None && _plain.Scale < Tuning.BetterPeriod * best) Take(Period.None, _plain.Scale, ref best);
        if (Period != Period.Daily && days > 2 && intervalSeconds <= DailySlots.Seconds && _daily.Scale < Tuning.BetterPeriod * best)
            Take(Period.Daily, _daily.Scale, ref best);
        if (Period != Period.Weekly && days > 14 && intervalSeconds <= WeeklySlots.Seconds && _weekly.Scale < Tuning.BetterPeriod * best)
            Take(Period.Weekly, _weekly.Scale, ref best);
    }

    private void Take(Period period, double scale, ref double best)
    {
        Period = period;
        best = scale;
    }
}
