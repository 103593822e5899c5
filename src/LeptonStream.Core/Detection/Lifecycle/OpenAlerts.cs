using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// The open alerts of a partition, so that none outlives its series or the policy that watches it: looked through every ten seconds by
/// the clock of the log, and when policies changed.
/// </summary>
internal sealed class OpenAlerts(AlertTiming timing)
{
    /// <summary>How often it looks, at most.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // How many times longer than by its usual rhythm.
    private const int SlowerRhythm = 4;

    private readonly List<SeriesState> _series = [];
    private readonly List<EntityState> _entities = [];
    private readonly List<SeriesState> _ended = [];

    // Series that their producers ended.
    private readonly HashSet<SeriesState> _ending = [];
    private Timestamp _swept = Timestamp.Never;
    private Timestamp _resumed = Timestamp.Never;
    private bool _isDue;

    /// <summary>The series that it keeps an eye on, in the order in which their alerts opened.</summary>
    public List<SeriesState> Series => _series;

    /// <summary>The entities that it keeps an eye on, in that order too.</summary>
    public List<EntityState> Entities => _entities;

    /// <summary>The series whose alerts the last sweep ended.</summary>
    public List<SeriesState> Ended => _ended;

    /// <summary>Series whose producers ended them while an alert of them is open.</summary>
    public HashSet<SeriesState> Ending => _ending;

    /// <summary>Whether an alert is open whose series may fall silent, be it that no record comes any more.</summary>
    public bool HasAny => _series.Count + _entities.Count > 0;

    /// <summary>Whether an alert is to end soon because its series has, be it that no record comes.</summary>
    public bool AwaitsEnd => _ending.Count > 0;

    /// <summary>The holes between its looks.</summary>
    public LogHoles Holes { get; } = new();

    /// <summary>Keeps an eye on a series.</summary>
    public void Add(SeriesState series)
    {
        if (!_series.Contains(series)) _series.Add(series);
    }

    /// <summary>Keeps an eye on an entity.</summary>
    public void Add(EntityState entity)
    {
        if (!_entities.Contains(entity)) _entities.Add(entity);
    }

    /// <summary>Looks for alerts that nobody asks for any more at the next sweep, whenever that is.</summary>
    public void AdoptPolicies() => _isDue = true;

    /// <summary>
    /// Ends an alert whose level a person takes for the usual one; of one that is over already nothing follows. The end of
    /// an entity's alert ends those of the metrics that it names.
    /// </summary>
    /// <param name="alertId">The alert's id.</param>
    /// <param name="now">The clock of the log.</param>
    /// <param name="sink">Takes the event.</param>
    public void Accept(string alertId, Timestamp now, in EventSink sink)
    {
        _ended.Clear();
        for (var i = _series.Count - 1; i >= 0; i--)
        {
            var series = _series[i];
            if (series.Alert.Phase != AlertPhase.Open || IdOf(series.Id, SeriesEvents.Kind, series.Alert, sink) != alertId) continue;
            AcceptLevel(series, series.Baseline, now, sink);
            if (!series.HasOpenAlert) _series.RemoveAt(i);
        }

        for (var i = _entities.Count - 1; i >= 0; i--)
        {
            var entity = _entities[i];
            if (!entity.HasOpenAlert || IdOf(entity.Id, EntityEvents.Kind, entity.Memory.Alert, sink) != alertId) continue;
            var baselines = entity.Memory.Baselines.ToArray();
            End(entity, AlertChange.Accepted, now, sink);
            if (!entity.HasOpenAlert) _entities.RemoveAt(i);
            foreach (var (place, baseline) in baselines)
                if (entity.Row[place] is { } series) AcceptLevel(series, baseline, now, sink);
            _series.RemoveAll(series => !series.HasOpenAlert);
        }
    }

    /// <summary>
    /// Takes a series that its producer ended for one that has been silent for almost long enough: where it says nothing within
    /// <see cref="AlertTiming.EndedFor"/>, its alert is over.
    /// </summary>
    public void Hasten(SeriesState series, Timestamp now)
    {
        if (!series.IsHeld) return;
        var latest = now - Hurry(series);
        if (series.Heard > latest) series.Heard = latest;
        _ending.Add(series);
    }

    /// <summary>Ends the alerts of those that are gone, or no longer watched, as many as their events have room.</summary>
    /// <param name="now">The clock of the log.</param>
    /// <param name="sink">Takes the events.</param>
    public void Sweep(Timestamp now, in EventSink sink)
    {
        _ended.Clear();
        if (!_swept.IsNever && now - _swept < Every && !_isDue) return;
        if (Holes.IsOne(_swept, now - Every)) _resumed = now;
        (_swept, _isDue) = (now, false);
        for (var i = _series.Count - 1; i >= 0; i--)
        {
            if (LacksRoom(sink)) return;
            var series = _series[i];
            if (series.HasOpenAlert && series.IsUnwatched) End(series, AlertChange.PolicyChanged, now, sink);
            else if (series.HasOpenAlert && IsGone(series, now)) End(series, AlertChange.Gone, now, sink);
            else if (series.HasOtherLimit) EndLimit(series, LimitChange.PolicyChanged, now, sink);
            if (!series.HasOpenAlert) _series.RemoveAt(i);
        }

        for (var i = _entities.Count - 1; i >= 0; i--)
        {
            if (LacksRoom(sink)) return;
            var entity = _entities[i];
            if (entity.HasOpenAlert && !entity.Pipeline.IsOn) End(entity, AlertChange.PolicyChanged, now, sink);
            else if (entity.HasOpenAlert && AreGone(entity.Row, now)) End(entity, AlertChange.Gone, now, sink);
            if (!entity.HasOpenAlert) _entities.RemoveAt(i);
        }

        if (_ending.Count > 0) LeaveEnded(now);
    }

    /// <summary>Sets the clock back.</summary>
    public void SetBack(Timestamp to)
    {
        (_swept, _resumed) = (Timestamp.Earlier(_swept, to), Timestamp.Earlier(_resumed, to));
        Holes.Clear();
    }

    // An end that is not said leaves its alert open with everybody else: the rest ends with the next record or tick.
    private bool LacksRoom(in EventSink sink) => _isDue = !sink.HasRoom;

    // By itself: the closure is allocated as soon as it begins.
    private void LeaveEnded(Timestamp now) => _ending.RemoveWhere(series => !series.IsHeld || now - series.Heard < Hurry(series));

    /// <summary>Writes the clocks.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_swept.UnixNanoseconds);
        state.Write(_resumed.UnixNanoseconds);
        state.Write(_isDue);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void Load(ref StateReader state)
    {
        _swept = new(state.ReadInt64());
        _resumed = new(state.ReadInt64());
        _isDue = state.ReadBoolean();
    }

    private bool AreGone(EntityRow row, Timestamp now)
    {
        for (var i = 0; i < row.Count; i++)
            if (row[i] is { } series && !IsGone(series, now)) return false;
        return true;
    }

    private TimeSpan Hurry(SeriesState series) => GoneFor(series) - timing.EndedFor(series.IntervalSeconds);

    // Where the newest interval was far longer than the usual one, the rhythm may be another.
    private TimeSpan GoneFor(SeriesState series) => timing.GoneFor(series.IntervalSeconds)
        * (SeriesLayout.Numbers(series.Memory.Span).FarIntervals > 0 ? SlowerRhythm : 1);

    // A hole in the log is no silence of anybody, but who has said that it ends is silent in one, too.
    private bool IsGone(SeriesState series, Timestamp now)
    {
        var since = series.Heard > _resumed || _ending.Contains(series) ? series.Heard : _resumed;
        return now - since >= GoneFor(series);
    }

    private void End(SeriesState series, AlertChange reason, Timestamp now, in EventSink sink)
    {
        EndLimit(series, reason == AlertChange.Gone ? LimitChange.Gone : LimitChange.PolicyChanged, now, sink);
        EndAlert(series, reason, now, sink);
    }

    // The baseline is that of its own alert, or of its entity's.
    private void AcceptLevel(SeriesState series, FrozenBaseline? baseline, Timestamp now, in EventSink sink)
    {
        if (series.Alert.Phase != AlertPhase.Open) series.Pipeline.TakeLevel(series, baseline, now);
        else if (series.IsLevel || series.IsLevelSince) EndAlert(series, AlertChange.Accepted, now, sink);
    }

    private void EndAlert(SeriesState series, AlertChange reason, Timestamp now, in EventSink sink)
    {
        var last = series.Pipeline.LastOf(series) with { Time = now };
        if (series.Alert.End(reason, now) == reason && !series.Alert.IsSilent)
            sink.Add(SeriesEvents.Of(sink, series, new(last, 0, reason, Forecasting.Forecast.None,
                series.Baseline?.At(now) ?? ExpectedBand.None, Rule: series.OpenedBy)));
        series.Pipeline.EndBaseline(series, reason, now);
        _ended.Add(series);
    }

    private static string IdOf(SeriesId subject, string kind, AlertLifecycle life, in EventSink sink) =>
        EventFields.Hex(AlertIds.OfAlert(sink, subject, kind, life.Onset));

    private static void EndLimit(SeriesState series, LimitChange reason, Timestamp now, in EventSink sink)
    {
        if (series.Limit is not { } limit || limit.End(reason, now) != reason) return;
        sink.Add(LimitEvents.Of(sink, series, limit, reason, series.Pipeline.LastOf(series) with { Time = now }));
        series.RenewLimit();
    }

    private static void End(EntityState entity, AlertChange reason, Timestamp now, in EventSink sink)
    {
        if (entity.Memory.Alert.End(reason, now) != reason) return;
        if (!entity.Memory.Alert.IsSilent) sink.Add(EntityEvents.Of(sink, entity, new(0, reason, 0, 0, 0), now));
        entity.Pipeline.End(entity, reason);
    }
}
