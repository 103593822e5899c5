using LeptonStream.Collector.Mapping;
using LeptonStream.Series;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// The entities of a model, and whether their messages come. One that falls silent while others go on has left with its pod or host, or
/// was replaced: that is no hole. Where more than half fall silent, all of them are missed. A part of something that goes on sending (a GPU
/// of a host, a rank of a run) is missed by name.
/// </summary>
internal sealed partial class EntityBook
{
    // Of entities whose pace is known; more of a model count together.
    private const int Most = 10_000;

    private const long Second = 1_000_000_000;
    private const long Hour = 3600 * Second;
    private const long Day = 24 * Hour;

    // A message that is later than this may be the first that does not come.
    private const double OnTime = 1.2;

    // An entity that sends seldom is waited for longer.
    private const double Patience = 20;
    private const double LeastPatience = 600;
    private const double MostPatience = 3600;

    // The usual number follows within a quarter of an hour.
    private const double UsualStep = 0.05;

    // A part is missed by name after so many intervals, and where its like was seen for so long.
    private const double MissedAfter = 5;
    private const double LeastMissed = 120;
    private const int Established = 30;
    private const long EstablishedFor = 600 * Second;

    // New ones that come a little before are replacements: a rollout begins them first.
    private const long Replacement = 300 * Second;

    // Other ranks of a run send their last within a minute of its end.
    private const long FinishGrace = 60 * Second;

    private readonly Dictionary<SeriesId, EntityPace> _entities = [];
    private readonly HashSet<string> _owners = [];
    private readonly List<EntityPace> _missing = [];
    private readonly List<EntityPace> _frozen = [];
    private int _once;
    private int _heard;
    private int _paced;
    private double _usual;

    /// <summary>Parts of things that go on, silent for longer than they ever were. Set by <see cref="Take"/>.</summary>
    public IReadOnlyList<EntityPace> Missing => _missing;

    /// <summary>Those that send the values they had, for longer than they ever did. Set by <see cref="Take"/>.</summary>
    public IReadOnlyList<EntityPace> Frozen => _frozen;

    /// <summary>How many entities are no longer waited for since the last <see cref="Take"/>.</summary>
    public int LeftCount { get; private set; }

    /// <summary>One of them.</summary>
    public MappedEntity? LeftExample { get; private set; }

    /// <summary>How many of known pace were heard lately.</summary>
    public int PacedCount => _paced;

    /// <summary>The longest interval of those that are waited for, in seconds.</summary>
    public double LongestInterval
    {
        get
        {
            var longest = 0.0;
            foreach (var pace in _entities.Values)
                if (pace.End == EntityEnd.None) longest = Math.Max(longest, pace.Interval);
            return longest;
        }
    }

    /// <summary>Takes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="received">When it came.</param>
    /// <param name="isNew">Whether its entity is new.</param>
    /// <returns>Its entity; null beyond the limit.</returns>
    public EntityPace? Observe(in MappedMessage message, long received, out bool isNew)
    {
        isNew = false;
        if (_entities.TryGetValue(message.Entity.Id, out var pace))
        {
            var before = pace.Messages;
            if (pace.Take(message.Time, received) && before == 1) _once--;
            return pace;
        }

        // Beyond the limit nobody knows which are new, but that most of those known never came again.
        isNew = _entities.Count < Most || _once * 2 > _entities.Count;
        if (_entities.Count >= Most) return null;
        _entities.Add(message.Entity.Id, pace = new(message.Entity, message.Time, received));
        _once++;
        return pace;
    }

    /// <summary>An entity lives, though its points became no sample.</summary>
    /// <returns>The entity; null where it is not known.</returns>
    public EntityPace? Hear(MappedEntity entity, long received)
    {
        if (!_entities.TryGetValue(entity.Id, out var pace)) return null;
        if (pace.End == EntityEnd.None) pace.Hear(received);
        return pace;
    }

    /// <summary>Whether a pod, process or host has sent lately; where none is named, whether anything has. Holds after Take.</summary>
    public bool IsAlive(string? owner) => owner is null ? _heard > 0 : _owners.Contains(owner);

    /// <summary>Nothing more is due of an entity until it is heard again.</summary>
    public void End(MappedEntity entity, EntityEnd end, long at) => _entities.GetValueOrDefault(entity.Id)?.Finish(end, at);

    /// <summary>A page came without a device that it had: it is waited for as a part of it.</summary>
    public void Await(MappedEntity device)
    {
        if (_entities.TryGetValue(device.Id, out var pace)) pace.IsOffPage = true;
    }

    /// <summary>The run that an entity is of.</summary>
    public string RunOf(MappedEntity entity) => _entities.GetValueOrDefault(entity.Id)?.Run ?? EntityLabels.RunOf(entity);

    /// <summary>A run has finished: all its ranks have, but those that were heard long after it.</summary>
    public void Finish(string run, long at)
    {
        foreach (var pace in _entities.Values)
            if (pace.Last <= at + FinishGrace && pace.Run == run) pace.Finish(EntityEnd.Said, at + FinishGrace);
    }

    /// <summary>How all of them ended, where all have; else none. Elsewhere before unreachable before left before said.</summary>
    public EntityEnd EndOfAll()
    {
        var (end, isAny) = (EntityEnd.None, false);
        foreach (var pace in _entities.Values)
        {
            // One that came once is due never.
            if (pace.Interval == 0 && pace.End == EntityEnd.None) continue;
            if (pace.End == EntityEnd.None) return EntityEnd.None;
            end = !isAny || pace.End > end ? pace.End : end;
            isAny = true;
        }

        return end;
    }

    /// <summary>How many messages were due in a span, and how many came.</summary>
    public (double Due, double Came) Take(long since, long now)
    {
        (LeftCount, LeftExample) = (0, null);
        Look(now);
        var areMissed = _heard * 2 < _usual;
        _usual = _usual == 0 ? _heard : _heard == 0 ? _usual : _usual + ((_heard - _usual) * UsualStep);
        var (due, came) = (0.0, 0.0);
        foreach (var (id, pace) in _entities)
        {
            var (more, here) = DueOf(pace, since, now, areMissed);
            due += more;
            came += here;
            if (_heard > 0 && pace.End == EntityEnd.None && IsLost(pace, now)) Leave(pace);
            (pace.Count, pace.Due) = (0, pace.End == EntityEnd.None ? pace.Interval : 0);
            Forget(id, pace, now);
        }

        FindMissing(now, areMissed);
        FindFrozen(now);
        return (due, came);
    }

    private static (double Due, double Came) DueOf(EntityPace pace, long since, long now, bool areMissed)
    {
        var span = (now - since) / 1e9;
        if (pace.Due <= 0 || span < pace.Due) return default;
        var expected = Math.Floor(span / pace.Due);
        if (areMissed || pace.SilenceAt(now) <= OnTime * pace.Due)
        {
            // One that comes back was a hole, and no departure.
            var owed = Math.Min(pace.Owed, expected);
            pace.Owed = 0;
            return (expected + owed, Math.Min(pace.Count, expected));
        }

        var until = Math.Clamp(Math.Floor((pace.Heard - since) / 1e9 / pace.Due), 0, expected);
        if (!pace.IsOffPage) pace.Owed += expected - until;
        return (until, Math.Min(pace.Count, until));
    }

    private void Look(long now)
    {
        (_heard, _paced) = (0, 0);
        _owners.Clear();
        foreach (var pace in _entities.Values)
        {
            if (pace.End != EntityEnd.None || pace.IsQuiet(now)) continue;
            _heard++;
            if (pace.Interval > 0) _paced++;
            if (pace.Owner is { } owner) _owners.Add(owner);
        }
    }

    // Of something that is gone as a whole after some intervals; a part of something that goes on is missed for an hour.
    private bool IsLost(EntityPace pace, long now) => pace.Interval > 0 && pace.SilenceAt(now) > (IsAlive(pace.Owner)
        ? MostPatience
        : PatienceFor(pace));

    private static double PatienceFor(EntityPace pace) => Math.Clamp(Patience * pace.Interval, LeastPatience, MostPatience);

    private void Leave(EntityPace pace)
    {
        LeftCount++;
        LeftExample = pace.Entity;
        pace.Finish(EntityEnd.Left, pace.Last);
    }

    private void Forget(SeriesId id, EntityPace pace, long now)
    {
        if (now - pace.Heard <= (pace.Interval == 0 ? Hour : Day)) return;
        if (pace.Messages == 1) _once--;
        _entities.Remove(id);
    }

    private void FindMissing(long now, bool areMissed)
    {
        _missing.Clear();
        if (areMissed) return;
        foreach (var pace in _entities.Values)
            if (IsMissing(pace, now)) _missing.Add(pace);
        // Only its like replaces a part: the same labels with other values.
        foreach (var alike in _missing.GroupBy(pace => string.Join(',', pace.Entity.Labels.Select(label => label.Key))).ToList())
        {
            var (first, since) = (alike.First(), alike.Min(pace => pace.Heard) - Replacement);
            if (alike.Count() > BornSince(since, first, now)) continue;
            foreach (var pace in alike) Leave(pace);
            _missing.RemoveAll(pace => pace.End != EntityEnd.None);
        }
    }

    private void FindFrozen(long now)
    {
        _frozen.Clear();
        var usual = _entities.Count == 0 ? 0 : _entities.Values.Max(pace => pace.Stillness.UsualAt(now));
        foreach (var pace in _entities.Values)
            if (pace.End == EntityEnd.None && !pace.IsQuiet(now) && pace.Stillness.IsFrozen(now, usual)) _frozen.Add(pace);
    }

    private bool IsMissing(EntityPace pace, long now) => pace.End == EntityEnd.None && pace.Interval > 0 && IsAlive(pace.Owner)
        && pace.Messages >= Established && pace.Heard - pace.First >= EstablishedFor
        && pace.SilenceAt(now) > Math.Max(Math.Max(MissedAfter * pace.Interval, 2 * pace.Longest), LeastMissed);

    private int BornSince(long time, EntityPace like, long now)
    {
        var names = like.Entity.Labels.Select(label => label.Key);
        var count = 0;
        foreach (var pace in _entities.Values)
            if (pace.First >= time && pace.End == EntityEnd.None && !pace.IsQuiet(now)
                && pace.Entity.Labels.Select(label => label.Key).SequenceEqual(names)) count++;
        return count;
    }
}
