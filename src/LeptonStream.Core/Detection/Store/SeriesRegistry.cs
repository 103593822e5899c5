using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Store;

/// <summary>The series of one partition, each with the pipeline of its policy.</summary>
internal sealed class SeriesRegistry(DetectionPolicy detection, PolicySet policies)
{
    private readonly Dictionary<SeriesId, SeriesState> _series = [];
    private readonly PolicyPipelines _pipelines = new(detection);

    // Series that the policies ignore, by id only.
    private readonly HashSet<UInt128> _ignored = [];

    private readonly EntityRegistry _entities = new(detection, policies);
    private readonly PeerRegistry _peers = new();

    // The bytes of a series beside its numbers: the objects around them, its place in the rows of its entity, its membership among
    // siblings, the watch over its limit.
    private const int ObjectBytes = 1024;
    private const int PlaceBytes = 1024;
    private const int MembershipBytes = 512;
    private const int LimitBytes = 4096;

    // Silence is looked for as often as this, by the clock of the log.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    // After a long hole in the log all sources get as much time to come back.
    private readonly TimeSpan _hole = detection.ForgetAfter / 4;

    private readonly SilenceQueue _silence = new();
    private Timestamp _clock = Timestamp.Never;
    private Timestamp _sweepAt = Timestamp.Never;
    private long _bytes;

    /// <summary>The snapshot that is being written, which keeps what changes; null where none is.</summary>
    public SnapshotCut? Cut { get; set; }

    /// <summary>The policies in force.</summary>
    public PolicySet Policies { get; private set; } = policies;

    public int Count => _series.Count;

    /// <summary>About how many bytes all of it takes.</summary>
    public long Bytes => _bytes + _entities.Bytes;

    /// <summary>Number of series forgotten because they were silent.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Moves the clock on to a record's log time, and forgets series that were silent for too long.</summary>
    public void Advance(Timestamp logTime)
    {
        if (logTime <= _clock) return;
        if (_clock.IsNever || logTime - _clock > _hole) _sweepAt = logTime + _hole;
        _clock = logTime;
        if (_clock < _sweepAt) return;
        _sweepAt = _clock + SweepEvery;
        while (_silence.Next(_clock, Cut) is { } silent && _clock - silent.Heard >= detection.ForgetAfter) ForgetSilent(silent);
    }

    /// <summary>Sets the clock back.</summary>
    public void SetBack(Timestamp to)
    {
        _clock = to;
        _sweepAt = Timestamp.Earlier(_sweepAt, to + SweepEvery);
        var all = InOrder();
        foreach (var series in all) series.Heard = Timestamp.Earlier(series.Heard, to);
        _silence.Renew(all);
        _entities.Models.SetBack(to);
    }

    /// <summary>
    /// Whether the newest sample of a series lies ahead of the clock, which was set back since. It takes no sample of now.
    /// </summary>
    public bool IsAhead(SeriesState series) => series.LastTime > _clock + SweepEvery;

    /// <summary>Whether the newest row of an entity lies ahead of it.</summary>
    public bool IsAhead(EntityState entity) => entity.Row.Time > _clock + SweepEvery;

    /// <summary>
    /// Forgets a series that is ahead, so that it begins again with its next sample; where the rows of its entity are ahead too, with all
    /// of them.
    /// </summary>
    public void ForgetAhead(SeriesState series)
    {
        if (series.IsForgotten) return;
        SeriesState[] all = series.Entity is { } entity && IsAhead(entity) ? Of(entity.Id) : [series];
        foreach (var one in all) ForgetSilent(one);
    }

    /// <summary>The entities that the series make up.</summary>
    public EntityRegistry Entities => _entities;

    /// <summary>The series of a metric, a new one where it is seen for the first time.</summary>
    /// <returns>Null where it has none, for this reason.</returns>
    public SeriesState? Find(SampleBatch batch, in SampleBatch.Entity entity, in SampleBatch.Metric metric, out SampleRefusal refusal)
    {
        refusal = SampleRefusal.None;
        if (_series.TryGetValue(metric.Id, out var series)) return series;
        refusal = _ignored.Contains(metric.Id.Value) ? SampleRefusal.Ignored : HasRoom() ? SampleRefusal.None : SampleRefusal.SeriesLimit;
        if (refusal != SampleRefusal.None) return null;
        var key = _entities.KeyOf(entity.Id) is { } sibling ? batch.KeyOf(metric, sibling) : Names.Share(batch.KeyOf(entity, metric));
        key = key with { Metric = Names.Share(key.Metric) };
        var policy = Policies.For(key);
        if (policy.Ignore)
        {
            // Bounded, as everything that producers can make grow: those that are still there are asked about once more.
            if (_ignored.Count >= detection.SeriesPerPartition) _ignored.Clear();
            _ignored.Add(metric.Id.Value);
            refusal = SampleRefusal.Ignored;
            return null;
        }

        series = _pipelines.Of(policy).NewSeries(metric.Id, key);
        series.Heard = _clock;
        _series.Add(metric.Id, series);
        _entities.Join(entity.Id, series, entity.Time);
        JoinPeers(series, policy.AsksPeers);
        Weigh(series);
        _silence.Add(series);
        return series;
    }

    /// <summary>Asks the cache for the series of a metric that is judged soon. Changes nothing.</summary>
    /// <returns>The series, if it is known now.</returns>
    public SeriesState? Ask(in SampleBatch.Metric metric)
    {
        if (!_series.TryGetValue(metric.Id, out var series)) return null;
        CacheLines.Prefetch(series, SeriesState.Lines);
        return series;
    }

    /// <summary>Judges by other policies from now on. Known series get their policy again.</summary>
    public void Adopt(PolicySet policies)
    {
        Policies = policies;
        _ignored.Clear();
        foreach (var series in InOrder())
        {
            var policy = policies.For(series.Key);
            if (series.Policy.TypeOrigin == TypeOrigin.Found && policy.FindsTotals) policy = policy.AsTotal(series.Metric);
            series.IsUnwatched = policy.Ignore || !policy.KeepsStateOf(series.Policy);
            if (!series.IsUnwatched) Move(series, policy);
        }

        _entities.Adopt(policies);
        foreach (var series in _series.Values.Where(series => series.IsUnwatched).ToList()) Release(series);
        _pipelines.KeepOnly(_series.Values.Select(series => series.Policy));
    }

    /// <summary>Takes a series that turned out to be a total as a counter from this sample on.</summary>
    public void TakeAsTotal(SeriesState series, in Sample sample)
    {
        var (policy, metric) = (series.Policy, series.Metric);
        series.BeginAs(_pipelines.Of(policy.AsTotal(metric)), sample);
        Weigh(series);
    }

    /// <summary>To be called after each sample: forgets a series that was waiting for its end.</summary>
    public void Release(SeriesState series)
    {
        if (series.HasOpenAlert || series.IsForgotten) return;
        series.RenewLimit();
        if (series.IsUnwatched && series.Entity is not { HasAnyOpenAlert: true }) Forget(series);
    }

    /// <summary>Forgets an entity and its series, whatever alerts of them are open.</summary>
    public void Forget(SeriesId entity)
    {
        foreach (var series in Of(entity)) Forget(series);
    }

    /// <summary>The series in the order in which they came, whatever was forgotten in between.</summary>
    public SeriesState[] InOrder() => Arrival.Sorted<SeriesState>([.. _series.Values], static one => one.Number);

    private SeriesState[] Of(SeriesId entity) =>
        Arrival.Sorted<SeriesState>([.. _series.Values.Where(series => series.Entity?.Id == entity)], static one => one.Number);

    /// <summary>The series of a key, or null: it looks at all.</summary>
    public SeriesState? Find(SeriesKey key) => _series.Values.FirstOrDefault(series => series.Metric == key.Metric && series.Key == key);

    /// <summary>The series of an id, or null.</summary>
    public SeriesState? Find(UInt128 id) => _series.GetValueOrDefault(new(id));

    /// <summary>Ids of series that the policies ignore.</summary>
    public HashSet<UInt128> Ignored => _ignored;

    /// <summary>The state that siblings share.</summary>
    public PeerRegistry Peers => _peers;

    /// <summary>Writes the clocks.</summary>
    public void SaveClocks(StateWriter state)
    {
        state.Write(_clock.UnixNanoseconds);
        state.Write(_sweepAt.UnixNanoseconds);
        state.Write(_silence.Number);
    }

    /// <summary>Reads what <see cref="SaveClocks"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void LoadClocks(ref StateReader state)
    {
        _clock = new(state.ReadInt64());
        _sweepAt = new(state.ReadInt64());
        _silence.Number = state.ReadInt64();
    }

    /// <summary>Writes a series: where it stands in the partition, then what it knows.</summary>
    public static void Save(SeriesState series, StateWriter state)
    {
        state.Write(series.Entity!.Id.Value);
        state.Write(series.Metric);
        state.Write(series.Pipeline.PolicyId);
        state.Write(series.Number);
        state.Write(series.SilenceDue);
        state.Write((long)series.Bytes);
        state.Write(series.Place);
        state.Write(series.IsUnwatched);
        var places = series.Peers?.Membership.Places ?? [];
        state.Write(series.Peers is null ? -1 : places.Length);
        foreach (var (group, _) in places) state.Write(group.Label);
        series.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="id">The series' id.</param>
    /// <param name="policies">The policies by their ids.</param>
    /// <param name="shared">The states that siblings share.</param>
    /// <param name="state">The bytes.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no such series.</exception>
    public void Load(UInt128 id, RestoredPolicies policies, SharedStates shared, ref StateReader state)
    {
        var entity = _entities.Find(state.ReadUInt128()) ?? throw new SnapshotCorruptException("a series whose entity is missing");
        var key = entity.Key with { Metric = Names.Share(state.ReadName()) };
        var (policy, numbers) = policies.Find(state.ReadUInt128(), key, Policies);
        var series = _pipelines.Of(policy).NewSeries(new(id), key);
        if (!_series.TryAdd(series.Id, series)) throw new SnapshotCorruptException("a series twice");
        series.Number = state.ReadInt64();
        series.SilenceDue = state.ReadInt64();
        series.Bytes = (int)Math.Clamp(state.ReadInt64(), 0, int.MaxValue);
        _bytes += series.Bytes;
        var place = state.ReadInt32();
        series.IsUnwatched = state.ReadBoolean();
        var labels = state.ReadInt32();
        if (labels >= 0) series.Peers = new(_peers.Rejoin(key, ReadLabels(labels, key, ref state), shared));
        series.Load(ref state, numbers);
        EntityRegistry.Rejoin(entity, series, place);
        _silence.Restore(series);
    }

    /// <summary>Writes a series that was forgotten, but not by whoever ends its alert.</summary>
    public static void SaveForgotten(SeriesState series, StateWriter state)
    {
        state.Write(series.Id.Value);
        EntityRegistry.Save(series.Key, state);
        state.Write(series.Metric);
        state.Write(series.Pipeline.PolicyId);
        state.Write(series.IsUnwatched);
        series.Save(state);
    }

    /// <summary>Reads what <see cref="SaveForgotten"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such series.</exception>
    public SeriesState LoadForgotten(RestoredPolicies policies, ref StateReader state)
    {
        var id = new SeriesId(state.ReadUInt128());
        var key = EntityRegistry.LoadKey(ref state) with { Metric = state.ReadName() };
        var (policy, numbers) = policies.Find(state.ReadUInt128(), key, Policies);
        var series = _pipelines.Of(policy).NewSeries(id, key);
        series.IsUnwatched = state.ReadBoolean();
        series.IsForgotten = true;
        series.Load(ref state, numbers);
        return series;
    }

    private static string[] ReadLabels(int count, SeriesKey key, ref StateReader state)
    {
        if (count > key.Labels.Count)
            throw new SnapshotCorruptException($"a membership in {count} groups, the series has {key.Labels.Count} labels");
        var labels = new string[count];
        for (var i = 0; i < count; i++) labels[i] = state.ReadName();
        return labels;
    }

    private NamePool Names => _entities.Names;

    // The longest silent make room.
    private bool HasRoom()
    {
        while (_series.Count >= detection.SeriesPerPartition || Bytes >= detection.BytesPerPartition)
        {
            if (_silence.Next(_clock, Cut) is not { } silent) return false;
            ForgetSilent(silent);
        }

        return true;
    }

    private void ForgetSilent(SeriesState series)
    {
        Forget(series);
        Forgotten++;
    }

    private void Forget(SeriesState series)
    {
        Cut?.Keep(series);
        if (series.Entity is { } entity) Cut?.Keep(entity);
        _series.Remove(series.Id);
        // An alert that is open still ends, and reads the series for that.
        if (!series.HasOpenAlert) series.Pipeline.Return(series);
        series.IsForgotten = true;
        series.Follower = null;
        _bytes -= series.Bytes;
        _entities.Leave(series);
        JoinPeers(series, asksPeers: false);
    }

    private void Weigh(SeriesState series)
    {
        _bytes -= series.Bytes;
        series.Bytes = ObjectBytes + (2 * series.Metric.Length) + series.Pipeline.BytesPerSeries + series.Pipeline.ChartBytesPerSeries
            + (series.Place >= 0 ? PlaceBytes : 0) + (series.Limit is null
                ? 0
                : LimitBytes) + (MembershipBytes * (series.Peers?.Membership.Places.Length ?? 0));
        _bytes += series.Bytes;
    }

    private void Move(SeriesState series, SeriesPolicy policy)
    {
        series.MoveTo(_pipelines.Of(policy));
        JoinPeers(series, policy.AsksPeers);
        Weigh(series);
    }

    private void JoinPeers(SeriesState series, bool asksPeers)
    {
        if (asksPeers)
        {
            series.Peers ??= new(_peers.Join(series.Key));
            return;
        }

        if (series.Peers is { } peers) _peers.Leave(peers.Membership);
        series.Peers = null;
    }
}
