using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detectors;

/// <summary>
/// How far the series, smoothed over a few samples (ℓ ← ℓ + (x − ℓ)/4), lies outside everything it has shown until lately, in sixteenths of that range; 0 inside it.
/// The last 120 to 240 samples don't count, else a slow leak would be measured against itself a moment ago.
/// Record statistics: among n exchangeable samples the next is a new extreme with probability 2/(n+1), so on an old series a new extreme is news by itself.
/// It sees slow leaks that every window follows. Warm-up a day and 60 samples: in its first day a series shows new extremes all the time. O(1), 72 bytes.
/// </summary>
public sealed class NewExtremeDetector : ISeriesDetector
{
    private const int WarmUp = 60;
    private static readonly TimeSpan FirstDay = TimeSpan.FromDays(1);

    private const double Smoothing = 0.25;

    private const int Lately = 120;

    private double _level;
    private Range _old = Range.None;
    private Range _before = Range.None;
    private Range _now = Range.None;
    private Timestamp _first;
    private int _count;

    /// <inheritdoc/>
    public string Name => "new-extreme";

    /// <inheritdoc/>
    public DetectorKind Kind => DetectorKind.Slow;

    /// <inheritdoc/>
    public double Score(in Sample sample, in SeriesView view)
    {
        if (_count < WarmUp || sample.Time - _first < FirstDay || _old.Lowest > _old.Highest) return 0;
        var level = Level(sample);
        var beyond = Math.Max(level - _old.Highest, _old.Lowest - level);
        if (beyond <= 0) return 0;
        return Deviation.Of(beyond, Math.Max((_old.Highest - _old.Lowest) / 16, view.LeastScale), Math.Max(Math.Abs(_old.Highest), Math.Abs(_old.Lowest)));
    }

    /// <inheritdoc/>
    public void Learn(in Sample sample, in SeriesView view)
    {
        if (_count == 0) _first = sample.Time;
        _level = _count == 0 ? sample.Value : Level(sample);
        _now = _now.With(new(_level, _level));
        if (_count < int.MaxValue) _count++;
        if (_count % Lately == 0) Age();
    }

    /// <inheritdoc/>
    public void Rebase()
    {
        Age();
        Age();
    }

    private void Age()
    {
        _old = _old.With(_before);
        _before = _now;
        _now = Range.None;
    }

    private double Level(in Sample sample) => _level + (Smoothing * (sample.Value - _level));

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_level);
        _old.Save(state);
        _before.Save(state);
        _now.Save(state);
        state.Write(_first.UnixNanoseconds);
        state.Write(_count);
    }

    /// <inheritdoc/>
    public void Load(ref StateReader state)
    {
        _level = state.ReadDouble();
        _old = Range.Load(ref state);
        _before = Range.Load(ref state);
        _now = Range.Load(ref state);
        _first = new(state.ReadInt64());
        _count = state.ReadCount(int.MaxValue);
    }

    private readonly record struct Range(double Lowest, double Highest)
    {
        public static readonly Range None = new(double.PositiveInfinity, double.NegativeInfinity);

        public static Range Load(ref StateReader state) => new(state.ReadDouble(), state.ReadDouble());

        public Range With(Range other) => new(Math.Min(Lowest, other.Lowest), Math.Max(Highest, other.Highest));

        public void Save(StateWriter state)
        {
            state.Write(Lowest);
            state.Write(Highest);
        }
    }
}
