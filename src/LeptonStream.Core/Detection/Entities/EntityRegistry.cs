using LeptonStream.Detection.Pages;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors.Forest;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Entities;

/// <summary>The entities of one partition: every series belongs to one.</summary>
internal sealed class EntityRegistry(DetectionPolicy detection, PolicySet policies)
{
    // The objects of an entity, of each of its labels, and of a run.
    private const long EntityBytes = 1024;
    private const long LabelBytes = 128;
    private const long RunBytes = 32 * 1024;

    private readonly Dictionary<SeriesId, EntityState> _entities = [];
    private readonly Dictionary<SeriesPolicy, EntityPipeline> _pipelines = [];
    private readonly TreeBuilder _builder = new();
    private readonly List<EntityState> _runs = [];
    private PolicySet _policies = policies;
    private long _bytes;

    /// <summary>About how many bytes they take, without what they know of their series.</summary>
    public long Bytes => _bytes + (RunBytes * _runs.Count);

    /// <summary>The models that they belong to.</summary>
    public ModelRegistry Models { get; } = new();
    /// <summary>Metrics have the same names on many entities, and labels the same values.</summary>
    public NamePool Names { get; } = new(detection.SeriesPerPartition);

    /// <summary>Those that are training runs.</summary>
    public List<EntityState> Runs => _runs;

    /// <summary>
    /// Makes an entity a training run, as a message with a step says. False where there are too many: its metrics are judged as any other.
    /// </summary>
    public bool TryBecomeRun(EntityState entity)
    {
        if (entity.Run is not null) return true;
        if (_runs.Count >= detection.RunsPerPartition) return false;
        _runs.Add(entity);
        entity.BeginRun(detection.Training);
        return true;
    }

    /// <summary>Ends the watch over finished runs where there is no room for a further one.</summary>
    public void MakeRoom()
    {
        if (_runs.Count < detection.RunsPerPartition) return;
        foreach (var over in _runs.FindAll(entity => entity.Run is { IsOver: true, HasOpen: false })) EndRun(over);
    }

    /// <summary>Ends the watch over a run that training mode may judge no metric of any more.</summary>
    public void EndRun(EntityState entity)
    {
        entity.EndRun();
        _runs.Remove(entity);
    }

    /// <summary>The runs that were silent for so long that they make room; their open alerts are to be closed.</summary>
    /// <param name="now">Log time.</param>
    public IReadOnlyList<EntityState> SilentRuns(Timestamp now) =>
        _runs.FindAll(entity => now - entity.Row.Heard >= detection.ForgetRunAfter);

    /// <summary>The key of an entity, whose labels all its series share; null where it is not known.</summary>
    public SeriesKey? KeyOf(SeriesId id) => _entities.GetValueOrDefault(id)?.Key;

    /// <summary>Takes a new series into its entity.</summary>
    public void Join(SeriesId id, SeriesState series, Timestamp now)
    {
        if (!_entities.TryGetValue(id, out var entity))
        {
            var key = series.Key with { Metric = EntityPipeline.Metric };
            _entities.Add(id, entity = new(id, key, PipelineOf(_policies.For(key)))
            {
                Number = Number++, Model = Models.Of(key.Model),
            });
            _bytes += BytesOf(key);
        }

        Count(entity);
        series.Entity = entity;
        // The distances of one distribution say the same thing four times, and would confirm each other.
        series.Place = series.Policy.IsDistance ? -1 : entity.Join(series, now);
    }

    /// <summary>Lets a series go that is forgotten, and its entity with the last of them.</summary>
    public void Leave(SeriesState series)
    {
        if (series.Entity is not { } entity) return;
        if (series.Place >= 0) entity.Row.Leave(series.Place);
        if (entity.Model is { } model) Models.Leave(model);
        if (--entity.SeriesCount > 0) return;
        _entities.Remove(entity.Id);
        _bytes -= BytesOf(entity.Key);
        _runs.Remove(entity);
        entity.IsForgotten = true;
    }

    /// <summary>Judges by other policies from now on.</summary>
    public void Adopt(PolicySet policies)
    {
        _policies = policies;
        foreach (var entity in _entities.Values) entity.MoveTo(PipelineOf(policies.For(entity.Key)));
        foreach (var unused in _pipelines.Keys.Except(_entities.Values.Select(e => e.Pipeline.Policy)).ToList()) _pipelines.Remove(unused);
    }

    /// <summary>The entities in the order in which they came, whatever was forgotten in between.</summary>
    public EntityState[] InOrder() => Arrival.Sorted<EntityState>([.. _entities.Values], static one => one.Number);

    /// <summary>The entity of a key, or null: it looks at all.</summary>
    public EntityState? Find(SeriesKey key) => _entities.Values.FirstOrDefault(entity => entity.Key == key);

    /// <summary>The entity of an id, or null.</summary>
    public EntityState? Find(UInt128 id) => _entities.GetValueOrDefault(new(id));

    /// <summary>Number of entities that came so far: the next one's number.</summary>
    public long Number { get; set; }

    /// <summary>Writes an entity, but not its id.</summary>
    public static void Save(EntityState entity, StateWriter state)
    {
        Save(entity.Key, state);
        state.Write(entity.Number);
        entity.Save(state);
    }

    /// <summary>Reads what <see cref="Save(EntityState, StateWriter)"/> wrote. Its places wait for its series.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="isForgotten">Whether it was forgotten before its alert was over: then only the code that ends the alert knows
    /// it.</param>
    /// <param name="state">The bytes.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no such entity.</exception>
    public EntityState Load(UInt128 id, bool isForgotten, ref StateReader state)
    {
        var key = Names.Share(LoadKey(ref state));
        var entity = new EntityState(new(id), key, PipelineOf(_policies.For(key)))
        {
            Number = state.ReadInt64(), IsForgotten = isForgotten, Model = isForgotten ? null : Models.Of(key.Model),
        };
        entity.Load(ref state, detection.Training);
        if (isForgotten) return entity;
        if (!_entities.TryAdd(entity.Id, entity)) throw new SnapshotCorruptException("an entity twice");
        _bytes += BytesOf(key);
        return entity;
    }

    /// <summary>Gives an entity a series back that it had.</summary>
    /// <exception cref="SnapshotCorruptException">There is no such place.</exception>
    public static void Rejoin(EntityState entity, SeriesState series, int place)
    {
        Count(entity);
        series.Entity = entity;
        series.Place = place;
        if (place >= 0) entity.Row.Restore(series, place);
        else if (place != -1) throw new SnapshotCorruptException($"a series in place {place}");
    }

    /// <summary>Writes model and labels.</summary>
    public static void Save(SeriesKey key, StateWriter state)
    {
        state.Write(key.Model);
        state.Write(key.Labels.Count);
        foreach (var (name, value) in key.Labels)
        {
            state.Write(name);
            state.Write(value);
        }
    }

    /// <summary>Reads what <see cref="Save(SeriesKey, StateWriter)"/> wrote, as an entity's key.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no key.</exception>
    public static SeriesKey LoadKey(ref StateReader state)
    {
        var model = state.ReadName();
        var labels = new List<KeyValuePair<string, string>>();
        for (var left = state.ReadCount(ushort.MaxValue); left > 0; left--) labels.Add(new(state.ReadName(), state.ReadName()));
        return new(model, EntityPipeline.Metric, LabelSet.Of(labels));
    }

    private static void Count(EntityState entity)
    {
        entity.SeriesCount++;
        if (entity.Model is { } model) model.Series++;
    }

    private static long BytesOf(SeriesKey key)
    {
        var bytes = EntityBytes + (2 * key.Model.Length);
        foreach (var (name, value) in key.Labels) bytes += LabelBytes + (2 * (name.Length + value.Length));
        return bytes;
    }

    private EntityPipeline PipelineOf(SeriesPolicy policy)
    {
        if (!_pipelines.TryGetValue(policy, out var pipeline)) _pipelines.Add(policy, pipeline = new(detection, policy, _builder));
        return pipeline;
    }
}
