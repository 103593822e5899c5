using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>
/// Warns ahead of time that a series will reach its limit. Its course is kept as the means of 48 buckets, 120 to a horizon. From the
/// beginning of the present rise a robust line (<see cref="TrendFit"/>) gives the time at which the limit is reached, with an interval.
/// The watch warns when three buckets in a row expect it within the horizon and beyond doubt, reports a time that has moved by much,
/// and withdraws the warning when the rise turns back or no longer leads there.
/// </summary>
/// <remarks>
/// A habit of a series is no news: where it has turned back twice by itself in the last days (a cache that is emptied, the end of a
/// rush hour), only a rise beyond that height can warn. A rise that levels off does not lead to the limit either. No allocation per sample;
/// about 580 bytes. A function of the samples and the limit only.
/// </remarks>
public sealed partial class LimitWatch
{
    private const int Horizon = 120;

    private static readonly EarlyWarningTuning Tuning = EarlyWarningTuning.Default;

    // Breaches in a row that warn; points of doubt that withdraw: eight where the rise turns back, four where the trend leads away, one
    // where it can't be known. Where half of the rise is lost there is no doubt.
    private static readonly int EnoughBreaches = Tuning.EnoughBreaches;
    private static readonly int EnoughDoubt = Tuning.EnoughDoubt;
    private static readonly int TurnDoubt = Tuning.TurnDoubt;
    private static readonly int AwayDoubt = Tuning.AwayDoubt;
    private static readonly double DeepTurn = Tuning.DeepTurn;

    // Buckets of rise that it takes where the series has never been that high, where it has, and where less than a day is known from before
    // the rise.
    private static readonly int ShortRise = Tuning.ShortRise;
    private static readonly int LongRise = Tuning.LongRise;
    private static readonly int FirstRise = Tuning.FirstRise;

    // A rise beyond the habit must exceed it by a usual rise, or by this share of the way from there to the limit.
    private static readonly double BeyondHabit = Tuning.BeyondHabit;

    // The limit counts as reached this close to it, as a share of the limit or of the way from where the rise began; over again five times
    // as far off.
    private static readonly double ReachedShare = Tuning.ReachedShare;
    private static readonly double ReachedWay = Tuning.ReachedWay;
    private static readonly double RecededFactor = Tuning.RecededFactor;
    private static readonly int EnoughCalm = Tuning.EnoughCalm;

    // Buckets after the end of a warning in which there is no new one.
    private static readonly int Refractory = Tuning.Refractory;

    private const double MaxUrgency = 10;

    // A trend is gone once it was in doubt for this share of the time that it lasted.
    private static readonly double DoubtShare = Tuning.DoubtShare;

    private static readonly TimeSpan ShortestMemory = TimeSpan.FromHours(Tuning.ShortestMemoryHours);

    private readonly double _sign;
    private readonly long _span;
    private readonly long _day;
    private readonly BucketedHistory _course;
    private readonly RiseTracker _rise = new();
    private int _breaches;
    private int _doubt;
    private int _calm;
    private int _doubtful;
    private long _riseLength;
    private long _withdrawnUntil = long.MinValue;
    private double _reachedFrom;
    private Timestamp _onset;
    private long _publishedBucket;
    private long _quietUntil = long.MinValue;

    /// <summary>Makes a watch that has seen nothing.</summary>
    /// <param name="limit">The limit.</param>
    /// <exception cref="ArgumentException">The limit is not finite or looks ahead by nothing.</exception>
    public LimitWatch(MetricLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        if (!double.IsFinite(limit.Value) || limit.Horizon <= TimeSpan.Zero)
            throw new ArgumentException("A limit must be finite and its horizon above zero.", nameof(limit));
        Limit = limit;
        _sign = limit.IsFloor ? -1 : 1;
        var width = Math.Max(1, limit.Horizon.Ticks * 100 / Horizon);
        _span = (long)Math.Max(10 * Horizon, Math.Ceiling(ShortestMemory.Ticks * 100.0 / width));
        _day = Math.Max(LongRise, TimeSpan.TicksPerDay * 100 / width);
        _course = new(width);
    }

    /// <summary>The limit.</summary>
    public MetricLimit Limit { get; }

    /// <summary>State of the watch.</summary>
    public LimitPhase Phase { get; private set; }

    /// <summary>The last forecast of the time at which the limit is reached.</summary>
    public BreachForecast Forecast { get; private set; } = BreachForecast.None;

    /// <summary>
    /// The horizon divided by the time that was left, the most so far in this warning: 1 is as far ahead as it looks, 10 the most.
    /// </summary>
    public double Urgency { get; private set; }

    /// <summary>The life of the warning: its onset is where the rise began that led to it.</summary>
    public AlertLifecycle Alert { get; } = new(AlertTiming.Default, double.PositiveInfinity, TimeSpan.MaxValue);

    /// <summary>Ends a warning for a reason that the values do not show.</summary>
    /// <param name="change">Gone, or no longer watched.</param>
    /// <param name="now">The log's time.</param>
    internal LimitChange End(LimitChange change, Timestamp now)
    {
        if (Phase == LimitPhase.Quiet) return LimitChange.None;
        Alert.End(AlertChange.Gone, now);
        return End(change);
    }

    /// <summary>
    /// Takes a sample and says what it changed. Samples are in order of time; one that is older or not finite changes nothing.
    /// </summary>
    /// <param name="time">Its event time.</param>
    /// <param name="value">Its value, in the series' unit.</param>
    public LimitChange Observe(Timestamp time, double value)
    {
        var bucket = _course.BucketOf(time);
        if (!double.IsFinite(value) || bucket < _course.Bucket) return LimitChange.None;
        var change = LimitChange.None;
        if (bucket > _course.Bucket)
        {
            if (!_course.IsEmpty) change = Judge(_course.Close());
            if (_course.Begin(bucket)) _rise.Restart();
        }

        // Measured from the limit: below it negative, whichever way it is approached.
        _course.Add(_sign * (Magnitude.Clamp(value) - Limit.Value));
        if (change != LimitChange.None) MoveAlert(change, time);
        else if (Alert.Progress(time) == AlertChange.Progressed) change = LimitChange.Going;
        return change;
    }

    // A bucket is complete: its mean is one point of the course.
    private LimitChange Judge(double level)
    {
        var reached = -Math.Max(ReachedShare * Math.Abs(Limit.Value), double.IsFinite(_rise.Low) ? -ReachedWay * _rise.Low : 0);
        var turn = _rise.Observe(_course.Bucket, level, reached, _span);
        return Phase switch
        {
            LimitPhase.Quiet => OnQuiet(level, reached),
            LimitPhase.Warned => OnWarned(level, reached, turn),
            _ => Recede(level),
        };
    }

    private LimitChange OnQuiet(double level, double reached)
    {
        // People who were notified that the warning is over must hear that it came true all the same.
        if (level >= reached && _course.Bucket <= _withdrawnUntil) return Reach(reached);
        var outlook = level >= reached || _course.Bucket < _quietUntil || IsHabit(level) ? new(OutlookVerdict.Away) : Look();
        _breaches = outlook.Verdict == OutlookVerdict.Breach && IsLongEnough(level) ? _breaches + 1 : 0;
        if (_breaches < EnoughBreaches) return LimitChange.None;
        Phase = LimitPhase.Warned;
        // Where the line, drawn back, meets the level from which it rose: the lowest point itself may lie hours before.
        var onset = _course.Ahead(-(level - _rise.Low) * outlook.Lead / -level);
        _onset = onset > _course.TimeOf(_rise.From) ? onset : _course.TimeOf(_rise.From);
        Urgency = 0;
        _doubt = _doubtful = 0;
        _riseLength = _course.Bucket - _rise.From;
        Publish(outlook);
        return LimitChange.Warned;
    }

    private LimitChange OnWarned(double level, double reached, double turn)
    {
        if (level >= reached) return Reach(reached);
        var outlook = Look();
        _doubt = outlook.Verdict switch
        {
            _ when turn >= DeepTurn => EnoughDoubt,
            _ when turn > 0 => Math.Min(EnoughDoubt, _doubt + TurnDoubt),
            OutlookVerdict.Away => Math.Min(EnoughDoubt, _doubt + AwayDoubt),
            OutlookVerdict.Unknown => _doubt + 1,
            _ => 0,
        };
        _doubtful = _doubt == 0 ? 0 : _doubtful + 1;
        if (_doubt >= EnoughDoubt && (turn >= DeepTurn || _doubtful >= DoubtShare * _riseLength))
        {
            if (turn == 0) _rise.Stay();
            _withdrawnUntil = _course.Bucket + Refractory;
            return End(LimitChange.Withdrawn);
        }

        _riseLength = Math.Max(_riseLength, _course.Bucket - _rise.From);

        if (outlook.Verdict < OutlookVerdict.Unsure || !double.IsFinite(outlook.Latest) || !HasMoved(outlook)) return LimitChange.None;
        Publish(outlook);
        return LimitChange.Moved;
    }

    private LimitChange Reach(double reached)
    {
        Phase = LimitPhase.Reached;
        _reachedFrom = reached;
        var now = _course.TimeOf(_course.Bucket + 1);
        Forecast = new(now, now, now);
        Urgency = MaxUrgency;
        return LimitChange.Reached;
    }

    private LimitChange Recede(double level)
    {
        _calm = level < RecededFactor * _reachedFrom ? _calm + 1 : 0;
        return _calm >= EnoughCalm ? End(LimitChange.Receded) : LimitChange.None;
    }

    private void MoveAlert(LimitChange change, Timestamp now)
    {
        switch (change)
        {
            case LimitChange.Warned: Alert.Open(_onset, now, Urgency, isCritical: false); break;
            case LimitChange.Reached when Alert.Phase == AlertPhase.Quiet: Alert.Open(_onset, now, Urgency, isCritical: false); break;
            case LimitChange.Moved or LimitChange.Reached: Alert.Worsen(Urgency, isCritical: false); break;
            default: Alert.End(AlertChange.Recovered, now); break;
        }
    }

    private LimitChange End(LimitChange change)
    {
        Phase = LimitPhase.Quiet;
        Forecast = BreachForecast.None;
        _breaches = _doubt = _calm = 0;
        _quietUntil = _course.Bucket + Refractory;
        return change;
    }

    private bool IsHabit(double level) => level <= _rise.Habit + Math.Min(_rise.UsualRise, BeyondHabit * -_rise.Habit);

    private bool IsLongEnough(double level) =>
        _course.Bucket - _rise.From >= (_rise.KnownBefore < _day ? FirstRise : level > _rise.HighestBefore ? ShortRise : LongRise);

    // By three tenths of the time that was left, a twentieth of the horizon at least, and not at every step of the way.
    private bool HasMoved(in LimitOutlook outlook)
    {
        const int Min = Horizon / 20;
        if (_course.Bucket - _publishedBucket < 2 * Min) return false;
        var left = _course.Until(Forecast.At);
        return Math.Abs(outlook.Lead - left) > Math.Max(Min, Tuning.MovedShare * Math.Abs(left));
    }

    private void Publish(in LimitOutlook outlook)
    {
        Forecast = new(_course.Ahead(outlook.Lead), _course.Ahead(outlook.Earliest), _course.Ahead(outlook.Latest));
        Urgency = Math.Max(Urgency, Math.Min(MaxUrgency, Horizon / Math.Max(outlook.Lead, 1)));
        _publishedBucket = _course.Bucket;
    }

    private LimitOutlook Look()
    {
        Span<double> times = stackalloc double[BucketedHistory.Remembered];
        Span<double> levels = stackalloc double[BucketedHistory.Remembered];
        var count = _course.CopyTo(times, levels, _rise.From);
        return LimitOutlook.Of(times[..count], levels[..count], _rise.UsualRise, Horizon);
    }
}
