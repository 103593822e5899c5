using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors.Forest;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Entities;

/// <summary>The entities of one partition: every series belongs to one.</summary>
internal sealed class EntityRegistry(DetectionPolicy detection, PolicySet policies)
{
    // The objects of an entity, of each of its labels, and of a run.
    private const long EntityBytes = 1024;
    private const long LabelBytes = 128;
    private const long RunBytes = 32 * 1024;

    private readonly Dictionary<UInt128, EntityState> _entities = [];
    private readonly Dictionary<SeriesPolicy, EntityPipeline> _pipelines = [];
    private readonly TreeBuilder _builder = new();
    private readonly List<EntityState> _runs = [];
    private PolicySet _policies = policies;
    private long _bytes;

    /// <summary>About how many bytes they take, without what they know of their series.</summary>
    public long Bytes => _bytes + (RunBytes * _runs.Count);

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

    /// <summary>Where there is room for no further run, ends the watch over those that are over.</summary>
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

    /// <summary>The runs that were silent for so long that they make room; what is told of them is to be closed.</summary>
    /// <param name="now">Log time.</param>
    public IReadOnlyList<EntityState> SilentRuns(Timestamp now) =>
        _runs.FindAll(entity => now - entity.Row.Heard >= detection.ForgetRunAfter);

    /// <summary>The key of an entity, whose labels all its series share; null where it is not known.</summary>
    public SeriesKey? KeyOf(SeriesId id) => _entities.GetValueOrDefault(id.Value)?.Key;

    /// <summary>Takes a new series into its entity.</summary>
    public void Join(SeriesId id, SeriesState series, Timestamp now)
    {
        if (!_entities.TryGetValue(id.Value, out var entity))
        {
            var key = series.Key with { Metric = EntityPipeline.Metric };
            _entities.Add(id.Value, entity = new(id, key, PipelineOf(_policies.For(key))));
            _bytes += BytesOf(key);
        }

        entity.SeriesCount++;
        series.Entity = entity;
        series.Place = entity.Join(series, now);
    }

    /// <summary>Lets a series go that is forgotten, and its entity with the last of them.</summary>
    public void Leave(SeriesState series)
    {
        if (series.Entity is not { } entity) return;
        if (series.Place >= 0) entity.Row.Leave(series.Place);
        if (--entity.SeriesCount > 0) return;
        _entities.Remove(entity.Id.Value);
        _bytes -= BytesOf(entity.Key);
        _runs.Remove(entity);
    }

    /// <summary>Judges by other policies from now on.</summary>
    public void Adopt(PolicySet policies)
    {
        _policies = policies;
        foreach (var entity in _entities.Values) entity.MoveTo(PipelineOf(policies.For(entity.Key)));
        foreach (var unused in _pipelines.Keys.Except(_entities.Values.Select(e => e.Pipeline.Policy)).ToList()) _pipelines.Remove(unused);
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
