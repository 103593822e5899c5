using LeptonStream.Collector.Mapping;

namespace LeptonStream.Collector.Quality;

/// <summary>The quality of one model: what came in the span at hand, and what usually comes.</summary>
internal sealed class ModelQuality
{
    private const double Late = 3;
    private const double LeastLateSeconds = 5;
    private const double AheadTolerated = 2;
    private const double AheadHalves = 20;

    // The usual age follows in small steps, so that a hole moves it no more than a hiccup.
    private const double AgeStep = 1.05;

    private readonly EntityBook _entities = new();
    private readonly NewcomerAllowance _newcomers = new();
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

    /// <summary>Its entities.</summary>
    public EntityBook Entities => _entities;

    /// <summary>What people are to be told of it besides its score.</summary>
    public QualityNotices Notices { get; } = new();

    public void Observe(in MappedMessage message, long received)
    {
        LastSeen = received;
        _messages++;
        _points += message.Count;
        _newest = Math.Max(_newest, message.Time);
        var age = (received - message.Time) / 1e9;
        if (age < 0) _ahead = Math.Max(_ahead, -age);
        else if (age > Math.Max(LeastLateSeconds, Late * _usualAge)) _late++;
        _usualAge = double.IsNaN(_usualAge) ? Math.Max(age, 0.001) : Usual.Follow(_usualAge, Math.Max(age, 0.001), AgeStep);
        if (_entities.Observe(message, received)) _fresh++;
    }

    public void Observe(in FaultCounts faults) => _faults += faults;

    /// <summary>The scores of the span that ends now; null for the first, in which everything is new, and where all has ended.</summary>
    public QualityScore? Take(long now)
    {
        var isFirst = _isFirst;
        _isFirst = false;
        var age = _newest == long.MinValue ? 0 : Math.Max(0, (now - _newest) / 1e9);
        var usual = Math.Max(LeastLateSeconds, (double.IsNaN(_usualAge) ? 0 : _usualAge) + _entities.LongestInterval);
        var end = _entities.EndOfAll();
        var (due, came) = _entities.Take(_since, now);
        var fresh = _newcomers.Excess(_fresh, _entities.PacedCount, (now - _since) / 1e9);
        foreach (var missing in _entities.Missing) Notices.Hold(QualityNotices.Silent, missing.Entity.Labels.ToString(),
            _entities.Missing.Count, now);
        var score = new QualityScore
        {
            Completeness = due == 0 ? 1 : came / due,
            // Nothing can come, and that is said elsewhere.
            Freshness = age <= usual || end == EntityEnd.Unreachable ? 1 : 1 / (1 + ((age - usual) / (2 * usual))),
            Timeliness = Share(_messages - _late, _messages),
            Uniqueness = Share(_points, _points + _faults.Duplicates),
            Order = Share(_points, _points + _faults.OutOfOrder),
            Clock = _ahead <= AheadTolerated ? 1 : 1 / (1 + ((_ahead - AheadTolerated) / (AheadHalves - AheadTolerated))),
            Stability = Share(_messages - fresh, _messages) * Share(_points, _points + _faults.TooMany),
            AgeSeconds = age,
            AheadSeconds = _ahead,
        };
        var isOver = end == EntityEnd.Said && _messages == 0;
        (_since, _messages, _points, _late, _fresh, _ahead, _faults) = (now, 0, 0, 0, 0, 0, default);
        return isFirst || isOver ? null : score;
    }

    private static double Share(double part, double whole) => whole <= 0 ? 1 : part / whole;
}
