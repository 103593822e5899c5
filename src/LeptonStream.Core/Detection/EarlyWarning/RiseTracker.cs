using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>
/// Where the present rise of a series began, and from which heights earlier ones turned back by themselves. A rise ends where the series
/// has come down by three tenths of it and by four times its noise. Heights are remembered for one to two spans of time, the two highest of
/// each.
/// </summary>
internal sealed class RiseTracker
{
    private static readonly EarlyWarningTuning Tuning = EarlyWarningTuning.Default;
    private static readonly double TurnShare = Tuning.TurnShare;
    private static readonly double TurnNoise = Tuning.TurnNoise;
    private static readonly double UsualStep = 1 + Tuning.UsualStep;

    private double _low = double.PositiveInfinity;
    private double _high = double.NegativeInfinity;
    private double _last = double.NaN;
    private double _beforeLast = double.NaN;
    private double _noise;
    private int _differences;
    private double _usual;
    private Heights _now = Heights.None;
    private Heights _before = Heights.None;
    private long _spanBegan = long.MinValue;
    private long _began = long.MinValue;

    /// <summary>The bucket of the lowest level since the series turned back last.</summary>
    public long From { get; private set; }

    /// <summary>The lowest level since the series turned back last.</summary>
    public double Low => _low;

    /// <summary>The standard deviation of a level about a smooth course.</summary>
    public double Noise => _noise;

    /// <summary>The median height of a rise, from where it began to where it turned back; 0 before the first.</summary>
    public double UsualRise => _usual;

    /// <summary>The highest level before the present rise, or negative infinity.</summary>
    public double HighestBefore => Math.Max(_now.Highest, _before.Highest);

    /// <summary>Number of buckets known from before the present rise.</summary>
    public long KnownBefore => From - _began;

    /// <summary>The level from which it has turned back at least twice, or negative infinity: below it, a rise is a habit.</summary>
    public double Habit => Math.Max(Math.Min(_now.First, _before.First), Math.Max(_now.Second, _before.Second));

    /// <summary>Takes the level of a bucket. Returns the share of the rise by which it has turned back; 0 where it has not.</summary>
    /// <param name="bucket">The bucket's number.</param>
    /// <param name="level">Its mean.</param>
    /// <param name="reached">The level from which on the limit counts as reached: who turns back from there has not turned back by
    /// itself.</param>
    /// <param name="span">Buckets in a span of memory.</param>
    public double Observe(long bucket, double level, double reached, long span)
    {
        if (_began == long.MinValue) _began = bucket;
        if (_spanBegan == long.MinValue || bucket - _spanBegan >= span) Age(bucket, span);
        LearnNoise(level);
        if (level < _low || double.IsPositiveInfinity(_low))
        {
            Begin(bucket, level);
            return 0;
        }

        if (level > _high) _high = level;
        if (_high - level < Math.Max(TurnShare * (_high - _low), TurnNoise * _noise)) return 0;
        if (_high < reached) _now = _now.With(_high);
        LearnRise(_high - _low);
        var share = (_high - level) / (_high - _low);
        Begin(bucket, level);
        return share;
    }

    /// <summary>The rise has ended without turning back: from where it is now it is no news any more.</summary>
    public void Stay() => _now = _now.With(_high).With(_high);

    /// <summary>Begins a new rise here, for what was before is unknown.</summary>
    public void Restart()
    {
        _low = double.PositiveInfinity;
        _high = double.NegativeInfinity;
        _last = _beforeLast = double.NaN;
    }

    public void Save(StateWriter state)
    {
        state.Write(From);
        state.Write(_low);
        state.Write(_high);
        state.Write(_last);
        state.Write(_beforeLast);
        state.Write(_noise);
        state.Write(_differences);
        state.Write(_usual);
        _now.Save(state);
        _before.Save(state);
        state.Write(_spanBegan);
        state.Write(_began);
    }

    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        From = state.ReadInt64();
        _low = state.ReadDouble();
        _high = state.ReadDouble();
        _last = state.ReadDouble();
        _beforeLast = state.ReadDouble();
        _noise = state.ReadDouble();
        _differences = state.ReadCount(int.MaxValue);
        _usual = state.ReadDouble();
        _now = Heights.Load(ref state);
        _before = Heights.Load(ref state);
        _spanBegan = state.ReadInt64();
        _began = state.ReadInt64();
    }

    private void Begin(long bucket, double level)
    {
        _now = _now.Below(_high);
        From = bucket;
        _low = _high = level;
    }

    private void Age(long bucket, long span)
    {
        // After two spans without a sample nothing is remembered.
        _before = _spanBegan != long.MinValue && bucket - _spanBegan < 2 * span ? _now : Heights.None;
        _now = Heights.None;
        _spanBegan = bucket;
    }

    // The median, followed by steps.
    private void LearnRise(double height) => _usual = _usual == 0 ? height : _usual * (height > _usual ? UsualStep : 1 / UsualStep);

    // Second differences do not see the slope. A jump counts for no more than ten times the usual.
    private void LearnNoise(double level)
    {
        if (double.IsFinite(_beforeLast))
        {
            if (_differences < int.MaxValue) _differences++;
            var noise = Math.Abs(level - (2 * _last) + _beforeLast) * MathConstants.SecondDifferenceToSigma;
            if (_differences > 8) noise = Math.Min(noise, (10 * _noise) + 1e-9);
            _noise += Math.Max(0.02, 1.0 / _differences) * (noise - _noise);
        }

        (_beforeLast, _last) = (_last, level);
    }

    // The two highest levels from which it turned back, and the highest of all.
    private readonly record struct Heights(double First, double Second, double Highest)
    {
        public static readonly Heights None = new(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity);

        public static Heights Load(ref StateReader state) => new(state.ReadDouble(), state.ReadDouble(), state.ReadDouble());

        public Heights With(double height) => height > First
            ? this with { First = height, Second = First }
            : height > Second ? this with { Second = height } : this;

        public Heights Below(double level) => level > Highest ? this with { Highest = level } : this;

        public void Save(StateWriter state)
        {
            state.Write(First);
            state.Write(Second);
            state.Write(Highest);
        }
    }
}
