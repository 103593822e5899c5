using LeptonStream.Detection.Store;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Weights;

/// <summary>
/// How much the samples of a share or a mean count: as much as their denominator carries (<c>weight_by</c>). A deviation is measured by the
/// noise of its own denominator, and shown to the detectors as so many times the noise of the usual one; deviations to one side add up, as
/// if their denominators were one. Within three times that noise none counts: three of three are no news, thirty of thirty are.
/// </summary>
/// <param name="name">The denominator: a metric of the same entity, by its own name or its canonical one.</param>
internal sealed class SampleWeight(string name)
{
    private const double NanosecondsPerSecond = 1e9;

    private double _usual;
    private int _samples;

    /// <summary>The denominator's name.</summary>
    public string Name => name;

    // The samples in a row that lie on one side of what was expected: their denominators, and the sum of their weighted deviations.
    private double _together;
    private double _deviation;

    /// <summary>
    /// The denominator of a sample; NaN where it is not known: the metric is missing, silent, no number or below 0. Of a rate, the number
    /// in one interval of the share. A share of 0 is one of nothing, and says nothing.
    /// </summary>
    public double DenominatorOf(SeriesState series, Timestamp time)
    {
        // Asked each time: the metric that goes by the name is a function of the row alone, whatever came before a snapshot.
        if (series.Entity?.Row?.Find(name) is not { } other) return double.NaN;
        var newest = other.Pipeline.LastOf(other);
        var age = Math.Abs((double)(time.UnixNanoseconds - newest.Time.UnixNanoseconds)) / NanosecondsPerSecond;
        if (!(newest.Value >= 0) || !(age <= WeightPlan.FreshIntervals * other.IntervalSeconds)) return double.NaN;
        var count = other.Policy.Unit?.EndsWith("/s", StringComparison.Ordinal) == true
            ? newest.Value * series.IntervalSeconds
            : newest.Value;
        return double.IsFinite(count) ? Magnitude.Clamp(count) : double.NaN;
    }

    /// <summary>Weighs a sample, and learns its denominator.</summary>
    /// <param name="series">Its series.</param>
    /// <param name="sample">The sample, in the series' unit.</param>
    /// <param name="count">Its denominator: <see cref="DenominatorOf"/>.</param>
    /// <param name="forecast">The forecast of it.</param>
    public WeighedSample Weigh(SeriesState series, in Sample sample, double count, in Forecast forecast)
    {
        // Where nobody says of how many it is, it is of as many as ever.
        if (!(count > 0)) return WeighedSample.Whole(sample);
        var noise = DenominatorNoise.Of(series.Policy.Unit, forecast, _samples == 0 ? count : _usual);
        Learn(count, series.IntervalSeconds);
        // A forecast may lie below 0, and no share does: from there, none that failed would be too many.
        var expected = series.Policy.Bounds.Clamp(forecast.Expected);
        var away = Magnitude.Clamp(sample.Value - expected);
        if (!double.IsFinite(away) || !double.IsFinite(noise.Usual)) return WeighedSample.Whole(sample);
        if (Math.Sign(away) != Math.Sign(_deviation)) _together = _deviation = 0;
        _together += count;
        _deviation += count * away;
        var mean = _deviation / _together;
        var (alone, together) = (noise.WeightOf(count) * away, noise.WeightOf(_together) * mean);
        var weighed = Math.Abs(together) > Math.Abs(alone) ? together : alone;
        return new(weighed == away ? sample : sample with { Value = expected + weighed }, noise.Least,
            noise.Carries(count, away) || noise.Carries(_together, mean));
    }

    /// <summary>Writes everything a bit-equal copy needs, but the name.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_usual);
        state.Write(_samples);
        state.Write(_together);
        state.Write(_deviation);
    }

    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _usual = state.ReadFinite();
        _samples = state.ReadCount(int.MaxValue);
        _together = state.ReadFinite();
        _deviation = state.ReadFinite();
    }

    // About a day's mean: a quiet night is not the usual.
    private void Learn(double count, double intervalSeconds)
    {
        if (_samples < int.MaxValue) _samples++;
        var rate = Math.Min(1, Math.Max(intervalSeconds, 1e-3) / WeightPlan.UsualSeconds);
        _usual += Math.Max(rate, 1.0 / _samples) * (count - _usual);
    }
}

/// <summary>A sample as its denominator lets it count.</summary>
/// <param name="Sample">The sample, as close to what was expected as its denominator is small.</param>
/// <param name="MinScale">The least scale on which a difference counts, in the series' unit; 0 where the denominator gives none.</param>
/// <param name="Carries">Whether the denominator carries a deviation so large.</param>
internal readonly record struct WeighedSample(Sample Sample, double MinScale, bool Carries)
{
    /// <summary>A sample that counts as it is.</summary>
    public static WeighedSample Whole(in Sample sample) => new(sample, 0, Carries: true);
}
