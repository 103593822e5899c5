using LeptonStream.Collector.Mapping;

namespace LeptonStream.Collector.Quality;

/// <summary>The quality of one model: what came in the span at hand, and what usually comes.</summary>
internal sealed class ModelQuality
{
    // Of entities whose pace is known; more of a model count together.
    private const int MostEntities = 10_000;

    private const double Late = 3;
    private const double LeastLateSeconds = 5;
    private const double AheadTolerated = 2;
    private const double AheadHalves = 20;

    // The usual age and pace follow in small steps, so that a hole moves them no more than a hiccup; where messages are missing the pace
    // follows slower still: a source that loses half of them must not seem to be twice as slow within the hour.
    private const double AgeStep = 1.05;
    private const double PaceStep = 1.01;
    private const double HoleStep = 1.002;
    private const double Hole = 1.5;

    private readonly Dictionary<MappedEntity, Pace> _entities = [];
    private long _since;
    private bool _isFirst = true;
    private long _newest = long.MinValue;
    private double _usualAge = double.NaN;
    private double _ahead;
    private int _messages;
    private int _points;
    private int _late;
    private int _fresh;
    private FaultCounts _faults;

    public ModelQuality(string model, long now)
    {
        Model = model;
        _since = LastSeen = now;
    }

    public string Model { get; }

    public long LastSeen { get; private set; }

    public void Observe(in MappedMessage message, long received)
    {
        LastSeen = received;
        _messages++;
        _points += message.Count;
        _newest = Math.Max(_newest, message.Time);
        var age = (received - message.Time) / 1e9;
        if (age < 0) _ahead = Math.Max(_ahead, -age);
        else if (age > Math.Max(LeastLateSeconds, Late * _usualAge)) _late++;
        _usualAge = double.IsNaN(_usualAge) ? Math.Max(age, 0.001) : Follow(_usualAge, Math.Max(age, 0.001), AgeStep);
        ObserveEntity(message);
    }

    public void Observe(in FaultCounts faults) => _faults = new(_faults.Duplicates + faults.Duplicates,
        _faults.OutOfOrder + faults.OutOfOrder, _faults.TooMany + faults.TooMany);

    /// <summary>Nothing more is due of an entity until it is heard again.</summary>
    public void End(MappedEntity entity, bool isUnreachable)
    {
        if (_entities.TryGetValue(entity, out var pace)) (pace.Due, pace.IsAway, pace.IsUnreachable) = (0, true, isUnreachable);
    }

    /// <summary>The scores of the span that ends now; null for the first, in which everything is new.</summary>
    public QualityScore? Take(long now)
    {
        var isFirst = _isFirst;
        _isFirst = false;
        var age = _newest == long.MinValue ? 0 : Math.Max(0, (now - _newest) / 1e9);
        var usual = Math.Max(LeastLateSeconds, (double.IsNaN(_usualAge) ? 0 : _usualAge) + LongestInterval());
        var score = new QualityScore
        {
            Completeness = Completeness(now),
            Freshness = age <= usual || IsUnreachable() ? 1 : 1 / (1 + ((age - usual) / (2 * usual))),
            Timeliness = Share(_messages - _late, _messages),
            Uniqueness = Share(_points, _points + _faults.Duplicates),
            Order = Share(_points, _points + _faults.OutOfOrder),
            Clock = _ahead <= AheadTolerated ? 1 : 1 / (1 + ((_ahead - AheadTolerated) / (AheadHalves - AheadTolerated))),
            Stability = Share(_messages - _fresh, _messages) * Share(_points, _points + _faults.TooMany),
            AgeSeconds = age,
            AheadSeconds = _ahead,
        };
        (_since, _messages, _points, _late, _fresh, _ahead, _faults) = (now, 0, 0, 0, 0, 0, default);
        return isFirst ? null : score;
    }

    private void ObserveEntity(in MappedMessage message)
    {
        if (_entities.TryGetValue(message.Entity, out var pace))
        {
            pace.Count++;
            if (message.Time > pace.Last)
            {
                if (!pace.IsAway) LearnPace(pace, (message.Time - pace.Last) / 1e9);
                pace.Last = message.Time;
            }

            pace.IsAway = false;

            return;
        }

        _fresh++;
        if (_entities.Count < MostEntities) _entities.Add(message.Entity, new() { Last = message.Time, Count = 1 });
    }

    // Of each entity that has a pace: how many messages were due in the span, and how many came. One that is gone for good stops being due.
    private double Completeness(long now)
    {
        var (due, came) = (0.0, 0.0);
        foreach (var (entity, pace) in _entities)
        {
            var span = (now - _since) / 1e9;
            if (pace.Due > 0 && span >= pace.Due)
            {
                var expected = Math.Floor(span / pace.Due);
                due += expected;
                came += Math.Min(pace.Count, expected);
            }

            (pace.Count, pace.Due) = (0, pace.IsAway ? 0 : pace.Interval);
            if (now - pace.Last > 1000 * pace.Interval * 1e9 && pace.Interval > 0) _entities.Remove(entity);
        }

        return due == 0 ? 1 : came / due;
    }

    private static void LearnPace(Pace pace, double seconds) => pace.Interval = pace.Interval == 0 ? seconds
        : Follow(pace.Interval, seconds, seconds > Hole * pace.Interval ? HoleStep : PaceStep);

    // Nothing can come, and that is said elsewhere.
    private bool IsUnreachable()
    {
        var isAny = false;
        foreach (var pace in _entities.Values)
        {
            if (!pace.IsAway) return false;
            isAny |= pace.IsUnreachable;
        }

        return isAny;
    }

    private double LongestInterval()
    {
        var longest = 0.0;
        foreach (var pace in _entities.Values) longest = Math.Max(longest, pace.Interval);
        return longest;
    }

    private static double Follow(double usual, double value, double step) =>
        value > usual ? usual * step : value < usual ? usual / step : usual;

    private static double Share(double part, double whole) => whole <= 0 ? 1 : part / whole;

    private sealed class Pace
    {
        public long Last { get; set; }

        public double Interval { get; set; }

        // The interval before the span at hand: its messages are held against it.
        public double Due { get; set; }

        public int Count { get; set; }

        // Its series ended.
        public bool IsAway { get; set; }

        public bool IsUnreachable { get; set; }
    }
}
