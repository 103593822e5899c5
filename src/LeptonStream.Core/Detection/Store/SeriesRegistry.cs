using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Store;

/// <summary>The series of one partition, each with the pipeline of its policy.</summary>
internal sealed class SeriesRegistry(DetectionPolicy detection, PolicySet policies)
{
    private readonly Dictionary<UInt128, SeriesState> _series = [];
    private readonly Dictionary<SeriesPolicy, SeriesPipeline> _pipelines = [];
    private readonly Dictionary<(DetectorSet Levels, MemoryPlan Memory), SeriesLayout> _layouts = [];

    // Series that the policies ignore, by id only.
    private readonly HashSet<UInt128> _ignored = [];

    // Those that begin anew, or are to be forgotten, once what was told of them is over.
    private readonly HashSet<UInt128> _leaving = [];

    private readonly EntityRegistry _entities = new(detection, policies);
    private readonly PeerRegistry _peers = new();

    private PolicySet _policies = policies;

    public int Count => _series.Count;

    /// <summary>The entities that the series make up.</summary>
    public EntityRegistry Entities => _entities;

    /// <summary>The series of a metric, a new one where it is seen for the first time.</summary>
    /// <returns>Null where it has none, for this reason.</returns>
    public SeriesState? Find(SampleBatch batch, in SampleBatch.Entity entity, in SampleBatch.Metric metric, out SampleRefusal refusal)
    {
        refusal = SampleRefusal.None;
        if (_series.TryGetValue(metric.Id.Value, out var series)) return series;
        refusal = _ignored.Contains(metric.Id.Value) ? SampleRefusal.Ignored : _series.Count >= detection.SeriesPerPartition ? SampleRefusal.SeriesLimit : SampleRefusal.None;
        if (refusal != SampleRefusal.None) return null;
        var key = batch.KeyOf(entity, metric);
        var policy = _policies.For(key);
        if (policy.Ignore)
        {
            // Bounded, as everything that producers can make grow: an id that finds no room is asked about at every sample.
            if (_ignored.Count < detection.SeriesPerPartition) _ignored.Add(metric.Id.Value);
            refusal = SampleRefusal.Ignored;
            return null;
        }

        series = PipelineOf(policy).NewSeries(metric.Id, key);
        _series.Add(metric.Id.Value, series);
        _entities.Join(entity.Id, series, entity.Time);
        Seat(series, policy.AsksPeers);
        return series;
    }

    /// <summary>Asks the cache for the series of a metric that is judged next, if it is known. Changes nothing.</summary>
    public void Prefetch(in SampleBatch.Metric metric)
    {
        if (_series.TryGetValue(metric.Id.Value, out var series)) series.Pipeline.Prefetch(series);
    }

    /// <summary>Judges by other policies from now on. Series that are known are asked about anew.</summary>
    public void Adopt(PolicySet policies)
    {
        _policies = policies;
        _ignored.Clear();
        _leaving.Clear();
        foreach (var series in _series.Values)
        {
            var policy = policies.For(series.Key);
            if (!policy.Ignore && policy.KeepsStateOf(series.Policy)) Move(series, policy);
            else _leaving.Add(series.Id.Value);
        }

        _entities.Adopt(policies);
        foreach (var id in _leaving.ToList()) Settle(_series[id]);
        foreach (var unused in _pipelines.Keys.Except(_series.Values.Select(s => s.Policy)).ToList()) _pipelines.Remove(unused);
    }

    /// <summary>To be called after each sample: forgets a series that was waiting for its end.</summary>
    public void Settle(SeriesState series)
    {
        if (series.IsTold) return;
        series.RenewLimit();
        if (_leaving.Count == 0 || series.Entity is { IsTold: true } || !_leaving.Remove(series.Id.Value)) return;
        _series.Remove(series.Id.Value);
        series.Pipeline.Return(series.Memory);
        _entities.Leave(series);
        Seat(series, asksPeers: false);
    }

    /// <summary>Forgets an entity and its series, whatever is told of them.</summary>
    public void Forget(SeriesId entity)
    {
        foreach (var series in _series.Values.Where(series => series.Entity?.Id == entity).ToList())
        {
            _series.Remove(series.Id.Value);
            _leaving.Remove(series.Id.Value);
            series.Pipeline.Return(series.Memory);
            Seat(series, asksPeers: false);
        }

        _entities.Forget(entity);
    }

    private void Move(SeriesState series, SeriesPolicy policy)
    {
        series.MoveTo(PipelineOf(policy));
        Seat(series, policy.AsksPeers);
    }

    private void Seat(SeriesState series, bool asksPeers)
    {
        if (asksPeers)
        {
            series.Peers ??= new(_peers.Join(series.Key));
            return;
        }

        if (series.Peers is { } peers) _peers.Leave(peers.Seat);
        series.Peers = null;
    }

    private SeriesPipeline PipelineOf(SeriesPolicy policy)
    {
        if (_pipelines.TryGetValue(policy, out var pipeline)) return pipeline;
        if (!_layouts.TryGetValue((policy.Levels, policy.Memory), out var layout))
            _layouts.Add((policy.Levels, policy.Memory), layout = new(detection, policy.Levels, policy.Memory));
        _pipelines.Add(policy, pipeline = new(detection, policy, layout));
        return pipeline;
    }
}
