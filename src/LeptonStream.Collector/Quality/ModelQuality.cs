using LeptonStream.Collector.Mapping;
using LeptonStream.Detection.Cleaning;

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
    private readonly FamilyBook _families;
    private readonly Validity _validity = new();
    private readonly HashSet<MappedSeries> _shared = [];
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
        _families = new(now);
    }

    public string Model { get; }

    public long LastSeen { get; private set; }

    /// <summary>Its entities.</summary>
    public EntityBook Entities => _entities;

    /// <summary>Faults that have a name, besides its score.</summary>
    public QualityNotices Notices { get; } = new();

    /// <summary>Takes a message.</summary>
    /// <returns>Whether it says that its run has finished.</returns>
    public bool Observe(in MappedMessage message, ReadOnlySpan<MappedSample> samples, long received)
    {
        LastSeen = received;
        _messages++;
        _points += message.Count;
        _newest = Math.Max(_newest, message.Time);
        var age = (received - message.Time) / 1e9;
        if (age < 0) _ahead = Math.Max(_ahead, -age);
        else if (age > Math.Max(LeastLateSeconds, Late * _usualAge)) _late++;
        _usualAge = double.IsNaN(_usualAge) ? Math.Max(age, 0.001) : Usual.Follow(_usualAge, Math.Max(age, 0.001), AgeStep);
        var pace = _entities.Observe(message, received, out var isNew);
        if (isNew) _fresh++;
        // A training run that does not go on is found by its steps.
        var stillness = message.Step < 0 ? pace?.Stillness : null;
        stillness?.Begin(message.Time, received);
        var isFinished = false;
        foreach (ref readonly var sample in samples)
        {
            var watch = WatchOf(sample.Series, received);
            watch.Family.See(received, pace?.Owner);
            watch.Family.IsByStep |= message.Step >= 0;
            watch.Take(sample.Value, received);
            if (stillness is not null && !watch.Family.IsOfScraper)
                watch.Changes.Take(sample.Value, sample.Series.IsRate, stillness, received);
            _validity.Observe(!double.IsFinite(sample.Value) || VendorBlank.Is(sample.Value));
            isFinished |= sample.Series.IsFinish && sample.Value > 0;
        }

        return isFinished;
    }

    /// <summary>Points of a series came, and rightly became no sample.</summary>
    public void Hear(MappedSeries series, long received)
    {
        WatchOf(series, received).Family.See(received, _entities.Hear(series.Entity, received)?.Owner);
    }

    /// <summary>Whether fewer messages came than were due.</summary>
    public bool IsShort(long now) => !_isFirst && _entities.IsShort(_since, now);

    /// <summary>Takes what other replicas of the collector have written, too.</summary>
    public void Fill(LogTail tail, long now)
    {
        foreach (var (entity, (count, newest)) in tail.Of(Model))
        {
            _entities.Hear(entity, count, newest, now);
            _newest = Math.Max(_newest, Math.Min(newest, now));
        }
    }

    /// <summary>Two producers write a series.</summary>
    public void Share(MappedSeries series) => _shared.Add(series);

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
        Notice(now);
        var score = new QualityScore
        {
            Completeness = due == 0 ? 1 : came / due,
            // Nothing can come, and that is said elsewhere.
            Freshness = age <= usual || end is EntityEnd.Unreachable or EntityEnd.Said or EntityEnd.Elsewhere ? 1
                : 1 / (1 + ((age - usual) / (2 * usual))),
            Timeliness = Share(_messages - _late, _messages),
            Uniqueness = Share(_points, _points + _faults.Duplicates),
            Order = Share(_points, _points + _faults.OutOfOrder),
            Clock = _ahead <= AheadTolerated ? 1 : 1 / (1 + ((_ahead - AheadTolerated) / (AheadHalves - AheadTolerated))),
            Stability = Share(_messages - fresh, _messages) * Share(_points, _points + _faults.TooMany),
            Validity = _validity.Take(),
            AgeSeconds = age,
            AheadSeconds = _ahead,
        };
        var isOver = end is EntityEnd.Said or EntityEnd.Elsewhere && _messages == 0;
        (_since, _messages, _points, _late, _fresh, _ahead, _faults) = (now, 0, 0, 0, 0, 0, default);
        return isFirst || isOver ? null : score;
    }

    private void Notice(long now)
    {
        Notice(QualityNotices.Silent, _entities.Missing, now);
        Notice(QualityNotices.Frozen, _entities.Frozen, now);
        if (_shared.Count > 0) Notices.Hold(QualityNotices.TwoWriters, _shared.First().ToString(), _shared.Count, now);
        _shared.Clear();
        _families.Take(now, _entities, Notices);
    }

    private void Notice(string metric, IReadOnlyList<EntityPace> parts, long now)
    {
        if (parts is not [{ Entity: var first }, ..]) return;
        Notices.Hold(metric, first.Labels.Count == 0 ? first.Model : first.Labels.ToString(), parts.Count, now);
    }

    // A series stays with its model, but a model may be forgotten before it.
    private SeriesWatch WatchOf(MappedSeries series, long now) => series.Watch is { } watch && watch.Family.Book == _families
        ? watch
        : series.Watch = new(_families.Of(series.Metric, now));

    private static double Share(double part, double whole) => whole <= 0 ? 1 : part / whole;
}
