using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>
/// Tells ahead of time that a series will reach its limit. Its course is kept as the means of 48 buckets, 120 to a horizon; from where the present rise
/// began, a robust line (<see cref="TrendFit"/>) says when the limit is reached, with an interval. It warns when three buckets in a row say so within the horizon
/// and beyond doubt, tells again when the time has moved by much, and withdraws when the rise turns back or no longer leads there.
/// </summary>
/// <remarks>
/// What a series does by habit is no news: where it has turned back twice by itself in the last days (a cache that is emptied, the end of a rush hour), only a
/// rise beyond that height can warn. A rise that levels off does not lead to the limit either. No allocation per sample; about 600 bytes.
/// A function of the samples and the limit only.
/// </remarks>
public sealed class LimitWatch
{
    private const int Horizon = 120;
    private const int Remembered = TrendFit.MostPoints;
    private const int LongestGap = 12;

    // Breaches in a row that warn; points of doubt that withdraw: four where the trend leads away, one where it can't be told.
    private const int EnoughBreaches = 3;
    private const int EnoughDoubt = 16;
    private const int AwayDoubt = 4;

    // Buckets of rise that it takes where the series has never been that high, where it has, and where nothing is known from before the rise.
    private const int ShortRise = 8;
    private const int LongRise = 24;
    private const int FirstRise = 60;

    // What goes beyond its habit must do so by a usual rise, or by this share of the way from there to the limit.
    private const double BeyondHabit = 0.2;

    // The limit counts as reached this close to it, as a share of the limit or of the way from where the rise began; over again three times as far off.
    private const double ReachedShare = 0.01;
    private const double ReachedWay = 0.02;
    private const double RecededFactor = 3;

    private const double MostUrgency = 10;

    private static readonly TimeSpan ShortestMemory = TimeSpan.FromHours(84);

    private readonly MetricLimit _limit;
    private readonly double _sign;
    private readonly long _width;
    private readonly long _span;
    private readonly float[] _levels = new float[Remembered];
    private readonly RiseTracker _rise = new();
    private long _bucket = long.MinValue;
    private double _sum;
    private int _count;
    private int _breaches;
    private int _doubt;
    private int _calm;
    private double _reachedFrom;
    private long _toldBucket;

    /// <summary>Makes a watch that has seen nothing.</summary>
    /// <param name="limit">The limit.</param>
    /// <exception cref="ArgumentException">The limit is not finite or looks ahead by nothing.</exception>
    public LimitWatch(MetricLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        if (!double.IsFinite(limit.Value) || limit.Horizon <= TimeSpan.Zero) throw new ArgumentException("A limit must be finite and its horizon above zero.", nameof(limit));
        _limit = limit;
        _sign = limit.IsFloor ? -1 : 1;
        _width = Math.Max(1, limit.Horizon.Ticks * 100 / Horizon);
        _span = (long)Math.Max(10 * Horizon, Math.Ceiling(ShortestMemory.Ticks * 100.0 / _width));
        Array.Fill(_levels, float.NaN);
    }

    /// <summary>The limit.</summary>
    public MetricLimit Limit => _limit;

    /// <summary>Where the watch stands.</summary>
    public LimitPhase Phase { get; private set; }

    /// <summary>When the limit is expected to be reached, as told last.</summary>
    public BreachForecast Told { get; private set; } = BreachForecast.None;

    /// <summary>The horizon divided by the time that was left, the most so far in this warning: 1 is as far ahead as it looks, 10 the most.</summary>
    public double Urgency { get; private set; }

    /// <summary>When the rise began that led to the warning.</summary>
    public Timestamp Onset { get; private set; }

    /// <summary>The id of the warning, given by <see cref="Name"/>.</summary>
    public UInt128 AlertId { get; private set; }

    /// <summary>Gives the warning that was just told its id.</summary>
    public void Name(UInt128 alertId) => AlertId = alertId;

    /// <summary>Takes a sample and says what it changed. Samples are in order of time; one that is older or not finite changes nothing.</summary>
    /// <param name="time">Its event time.</param>
    /// <param name="value">Its value, in the series' unit.</param>
    public LimitChange Observe(Timestamp time, double value)
    {
        var bucket = Math.DivRem(time.UnixNanoseconds, _width, out var rest) - (rest < 0 ? 1 : 0);
        if (!double.IsFinite(value) || bucket < _bucket) return LimitChange.None;
        var change = LimitChange.None;
        if (bucket > _bucket)
        {
            if (_count > 0) change = Close();
            Skip(bucket);
        }

        _sum += Math.Clamp(_sign * (value - _limit.Value), -float.MaxValue / 4, float.MaxValue / 4);
        _count++;
        return change;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write((int)Phase);
        state.Write(AlertId);
        state.Write(Onset.UnixNanoseconds);
        state.Write(Told.At.UnixNanoseconds);
        state.Write(Told.Earliest.UnixNanoseconds);
        state.Write(Told.Latest.UnixNanoseconds);
        state.Write(Urgency);
        state.Write(_toldBucket);
        state.Write(_bucket);
        state.Write(_sum);
        state.Write(_count);
        state.Write(_breaches);
        state.Write(_doubt);
        state.Write(_calm);
        state.Write(_reachedFrom);
        state.Write(_levels);
        _rise.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a watch of the same limit.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        Phase = (LimitPhase)state.ReadCount((int)LimitPhase.Reached);
        AlertId = state.ReadUInt128();
        Onset = new(state.ReadInt64());
        Told = new(new(state.ReadInt64()), new(state.ReadInt64()), new(state.ReadInt64()));
        Urgency = state.ReadDouble();
        _toldBucket = state.ReadInt64();
        _bucket = state.ReadInt64();
        _sum = state.ReadDouble();
        _count = state.ReadCount(int.MaxValue);
        _breaches = state.ReadCount(EnoughBreaches);
        _doubt = state.ReadCount(EnoughDoubt);
        _calm = state.ReadCount(EnoughBreaches);
        _reachedFrom = state.ReadDouble();
        state.Read(_levels.AsSpan());
        _rise.Load(ref state);
    }

    // The bucket is complete: its mean is one point of the course.
    private LimitChange Close()
    {
        var level = _sum / _count;
        _levels[Slot(_bucket)] = (float)level;
        var reached = -Math.Max(ReachedShare * Math.Abs(_limit.Value), double.IsFinite(_rise.Low) ? -ReachedWay * _rise.Low : 0);
        var turned = _rise.Observe(_bucket, level, reached, _span);
        return Phase switch
        {
            LimitPhase.Quiet => Await(level, reached),
            LimitPhase.Warned => Follow(level, reached, turned),
            _ => Recede(level),
        };
    }

    private LimitChange Await(double level, double reached)
    {
        var outlook = level >= reached || IsHabit(level) ? new(OutlookVerdict.Away) : Look();
        _breaches = outlook.Verdict == OutlookVerdict.Breach && IsLongEnough(level) ? _breaches + 1 : 0;
        if (_breaches < EnoughBreaches) return LimitChange.None;
        Phase = LimitPhase.Warned;
        // Where the line, drawn back, meets the level from which it rose: the lowest point itself may lie hours before.
        var onset = Ahead(-(level - _rise.Low) * outlook.Lead / -level);
        Onset = onset > TimeOf(_rise.From) ? onset : TimeOf(_rise.From);
        Urgency = 0;
        _doubt = 0;
        Tell(outlook);
        return LimitChange.Warned;
    }

    private LimitChange Follow(double level, double reached, bool turned)
    {
        if (level >= reached)
        {
            Phase = LimitPhase.Reached;
            _reachedFrom = reached;
            var now = TimeOf(_bucket + 1);
            Told = new(now, now, now);
            Urgency = MostUrgency;
            return LimitChange.Reached;
        }

        var outlook = Look();
        _doubt = turned ? EnoughDoubt : outlook.Verdict switch
        {
            OutlookVerdict.Away => Math.Min(EnoughDoubt, _doubt + AwayDoubt),
            OutlookVerdict.Unknown => _doubt + 1,
            _ => 0,
        };
        if (_doubt >= EnoughDoubt)
        {
            if (!turned) _rise.Settle();
            return End(LimitChange.Withdrawn);
        }

        if (outlook.Verdict < OutlookVerdict.Unsure || !double.IsFinite(outlook.Latest) || !HasMoved(outlook)) return LimitChange.None;
        Tell(outlook);
        return LimitChange.Moved;
    }

    private LimitChange Recede(double level)
    {
        _calm = level < RecededFactor * _reachedFrom ? _calm + 1 : 0;
        return _calm >= EnoughBreaches ? End(LimitChange.Receded) : LimitChange.None;
    }

    private LimitChange End(LimitChange change)
    {
        Phase = LimitPhase.Quiet;
        Told = BreachForecast.None;
        _breaches = _doubt = _calm = 0;
        return change;
    }

    private bool IsHabit(double level) => level <= _rise.Habit + Math.Min(_rise.UsualRise, BeyondHabit * -_rise.Habit);

    private bool IsLongEnough(double level) =>
        _bucket - _rise.From >= (_rise.KnownBefore < LongRise ? FirstRise : level > _rise.HighestBefore ? ShortRise : LongRise);

    // By three tenths of the time that was left, a twentieth of the horizon at least, and not at every step of the way.
    private bool HasMoved(in LimitOutlook outlook)
    {
        const int Least = Horizon / 20;
        if (_bucket - _toldBucket < 2 * Least) return false;
        var told = (Told.At.UnixNanoseconds - TimeOf(_bucket + 1).UnixNanoseconds) / (double)_width;
        return Math.Abs(outlook.Lead - told) > Math.Max(Least, 0.3 * Math.Abs(told));
    }

    private void Tell(in LimitOutlook outlook)
    {
        Told = new(Ahead(outlook.Lead), Ahead(outlook.Earliest), Ahead(outlook.Latest));
        Urgency = Math.Max(Urgency, Math.Min(MostUrgency, Horizon / Math.Max(outlook.Lead, 1)));
        _toldBucket = _bucket;
    }

    // A level is the mean of its bucket and so belongs to the bucket's middle.
    private Timestamp Ahead(double buckets)
    {
        var nanoseconds = (_bucket + 0.5 + buckets) * _width;
        return nanoseconds < long.MaxValue ? new((long)nanoseconds) : BreachForecast.Never;
    }

    private Timestamp TimeOf(long bucket) => new(bucket * _width);

    private LimitOutlook Look()
    {
        Span<double> times = stackalloc double[Remembered];
        Span<double> levels = stackalloc double[Remembered];
        var count = 0;
        for (var bucket = Math.Max(_rise.From, _bucket - Remembered + 1); bucket <= _bucket; bucket++)
        {
            var level = _levels[Slot(bucket)];
            if (!float.IsFinite(level)) continue;
            times[count] = bucket - _bucket;
            levels[count++] = level;
        }

        return LimitOutlook.Of(times[..count], levels[..count], _rise.UsualRise, Horizon);
    }

    private void Skip(long bucket)
    {
        var gap = _bucket == long.MinValue ? 0 : bucket - _bucket - 1;
        if (gap > LongestGap)
        {
            Array.Fill(_levels, float.NaN);
            _rise.Restart();
        }
        else for (var missing = bucket - gap; missing < bucket; missing++) _levels[Slot(missing)] = float.NaN;

        _bucket = bucket;
        _sum = 0;
        _count = 0;
    }

    private static int Slot(long bucket) => (int)(((bucket % Remembered) + Remembered) % Remembered);
}
