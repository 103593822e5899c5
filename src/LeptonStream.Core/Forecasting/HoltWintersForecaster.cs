using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Forecasting;

/// <summary>
/// Additive Holt-Winters smoothing with a daily profile of 48 linearly interpolated buckets, in a few hundred bytes:
/// level ℓ ← α(x − s) + (1 − α)(ℓ + b), trend b ← β(ℓ − ℓ′) + (1 − β)b, season s ← s + γ·error in the two buckets about the time of day.
/// The scale of its errors is an exponentially weighted mean absolute residual; residuals beyond ten scales are cut before anything learns
/// from them, so an outlier moves neither.
/// </summary>
/// <remarks>P. R. Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6 (1960).</remarks>
public sealed class HoltWintersForecaster
{
    private const int Buckets = 48;
    private const double DaySeconds = 86_400;
    private const double BucketSeconds = DaySeconds / Buckets;

    // A mean absolute residual of normal errors is σ·√(2/π).
    private const double AbsoluteToSigma = 1.2533141373155003;

    private readonly float[] _season = new float[Buckets];
    private readonly double _alpha;
    private double _level;
    private double _trend;
    private double _residual;
    private int _count;

    /// <summary>Makes an empty forecaster.</summary>
    /// <param name="alpha">How fast the level follows, 0..1. <value>The default value is 0.5.</value></param>
    /// <exception cref="ArgumentOutOfRangeException">α lies outside 0..1.</exception>
    public HoltWintersForecaster(double alpha = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(alpha, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alpha, 1);
        _alpha = alpha;
    }

    /// <summary>What the next sample, at this time, is expected to be. Changes nothing.</summary>
    public Forecast Predict(Timestamp time)
    {
        if (_count == 0) return Forecast.None;
        return new(_level + _trend + SeasonAt(time, out _, out _), _count < 2 ? double.NaN : _residual * AbsoluteToSigma);
    }

    /// <summary>Takes a sample in.</summary>
    /// <param name="sample">A finite sample.</param>
    /// <param name="intervalSeconds">The usual time between two samples, in seconds; sets how much one sample may move the daily profile.</param>
    public void Learn(in Sample sample, double intervalSeconds)
    {
        var season = SeasonAt(sample.Time, out var bucket, out var share);
        if (_count++ == 0)
        {
            _level = sample.Value - season;
            return;
        }

        var error = sample.Value - (_level + _trend + season);
        // The first errors set the scale; later ones move it slowly (λ = 0.002), never by more than ten scales at once.
        var rate = Math.Max(0.002, 1.0 / _count);
        if (_count > 10) error = Math.Clamp(error, -10 * AbsoluteToSigma * _residual, 10 * AbsoluteToSigma * _residual);
        _residual += rate * (Math.Abs(error) - _residual);

        var before = _level;
        _level += _trend + (_alpha * error);
        _trend += 0.01 * (_level - before - _trend);
        // A slot of the classic form learns once a day with γ = 0.1; a bucket shares that among its samples of the day.
        var gamma = Math.Min(0.1, 0.1 * intervalSeconds / BucketSeconds) * (1 - _alpha);
        _season[bucket] += (float)(gamma * (1 - share) * error);
        _season[(bucket + 1) % Buckets] += (float)(gamma * share * error);
    }

    /// <summary>Accepts a new normal: the level jumps to the value, the trend and the daily profile's shape stay.</summary>
    public void Rebase(in Sample sample)
    {
        _level = sample.Value - SeasonAt(sample.Time, out _, out _);
        _trend = 0;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_count);
        state.Write(_level);
        state.Write(_trend);
        state.Write(_residual);
        state.Write(_season);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _count = state.ReadCount(int.MaxValue);
        _level = state.ReadDouble();
        _trend = state.ReadDouble();
        _residual = state.ReadDouble();
        state.Read(_season);
    }

    private double SeasonAt(Timestamp time, out int bucket, out double share)
    {
        var ofDay = time.UnixSeconds % DaySeconds;
        if (ofDay < 0) ofDay += DaySeconds;
        var position = ofDay / BucketSeconds;
        bucket = (int)position % Buckets;
        share = position - Math.Floor(position);
        return ((1 - share) * _season[bucket]) + (share * _season[(bucket + 1) % Buckets]);
    }
}
