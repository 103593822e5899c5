using LeptonStream.Detection.Calibration;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// A large change that lasts, on a series whose tails are not known yet: eight of its own deviations away from its mean, three samples and
/// 20 seconds long, and further than it went for as long before. It needs half an hour of history. All zeros is the state of a series that
/// was never seen.
/// </summary>
internal struct YoungChange
{
    private const int Samples = 3;
    private const double Seconds = 20;
    private const int LapseEvery = 8;

    // How far it went is forgotten by half in four hours.
    private const double HalfLifeSeconds = 14_400;

    private static readonly LifecycleTuning Tuning = LifecycleTuning.Default;
    private static readonly TimeSpan History = TimeSpan.FromMinutes(30);

    private long _since;
    private double _sum;
    private float _reach;
    private float _last;
    private float _beforeLast;
    private short _count;
    private short _lapses;

    /// <summary>
    /// The score of a sample: 0 where nothing lasts, from 1 on where an alert is to open, half a line more with each doubling.
    /// </summary>
    /// <param name="sample">The sample, before the series learns it.</param>
    /// <param name="forecast">Forecast for the sample, in the series' unit.</param>
    /// <param name="deviation">Usual deviation of the series, in its unit.</param>
    /// <param name="minScale">The smallest scale on which a difference counts, in the series' unit.</param>
    /// <param name="age">Age of the series: the time since its first sample.</param>
    /// <param name="intervalSeconds">The usual time between two samples, in seconds.</param>
    public double Score(in Sample sample, in Forecast forecast, in LongDeviation deviation, double minScale, TimeSpan age,
        double intervalSeconds)
    {
        var scale = Math.Max(MathConstants.AbsoluteToSigma * deviation.Value, Math.Max(minScale, double.Epsilon));
        var distance = (sample.Value - deviation.Mean) / scale;
        var isJump = Math.Abs(sample.Value - forecast.Expected) >= Tuning.YoungJumpFrom * forecast.Scale;
        var score = age < History ? 0 : Streak(sample.Time, distance, scale, isJump);
        if (_count == 0) Reach(distance * scale, intervalSeconds);
        return score;
    }

    private double Streak(Timestamp time, double distance, double scale, bool isJump)
    {
        if (_count > 0 && Math.Sign(distance) != Math.Sign(_sum)) End(scale);
        if (Math.Abs(distance) < Tuning.YoungEachFrom || Math.Abs(distance) * scale < Tuning.YoungFurther * _reach)
        {
            if (_count > 0 && ++_lapses > _count / LapseEvery) End(scale);
            return 0;
        }

        if (_count == 0 && !isJump) return 0;
        if (_count == 0) (_since, _sum, _lapses) = (time.UnixNanoseconds, 0, 0);
        if (_count < short.MaxValue) _count++;
        _sum += Math.Clamp(distance, -1e9, 1e9);
        var mean = Math.Abs(_sum) / _count;
        if (_count < Samples || mean < Tuning.YoungMeanFrom || (time - new Timestamp(_since)).TotalSeconds < Seconds) return 0;
        return 1 + (0.5 * Math.Log2(mean / Tuning.YoungMeanFrom));
    }

    // A way that it went once it may go again: only a longer one is new.
    private void End(double scale)
    {
        if (_count >= Samples) _reach = (float)Math.Min(float.MaxValue, Math.Max(_reach, Math.Abs(_sum) / _count * scale));
        _count = 0;
    }

    // How far it went for three samples: a single spike is no level.
    private void Reach(double distance, double intervalSeconds)
    {
        var went = Math.Sign(distance) == Math.Sign(_last) && Math.Sign(_last) == Math.Sign(_beforeLast)
            ? Math.Min(Math.Abs(distance), Math.Min(Math.Abs(_last), Math.Abs(_beforeLast)))
            : 0;
        (_beforeLast, _last) = (_last, (float)Math.Clamp(distance, -float.MaxValue, float.MaxValue));
        _reach = (float)Math.Min(float.MaxValue, Math.Max(went,
            _reach * (1 - Math.Min(1, Math.Log(2) * intervalSeconds / HalfLifeSeconds))));
    }
}
