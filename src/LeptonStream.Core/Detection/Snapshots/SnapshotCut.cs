using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Store;
using LeptonStream.Drift;
using LeptonStream.State;
using LeptonStream.Updates;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// A snapshot of a <see cref="PartitionPipeline"/> as of one record that is written while the pipeline goes on: copy on write. The small
/// parts are written or copied at once; series and entities are written a few at a time, and one that changes earlier is copied before it
/// does. The bytes are those that would have been written at once. Used by the pipeline's thread.
/// </summary>
public sealed class SnapshotCut
{
    private readonly SnapshotWriter _out;
    private readonly SnapshotWriter _copy = new(NoSink.Instance);
    private readonly int _number;
    private readonly EntityState[] _entities;
    private readonly SeriesState[] _series;
    private readonly CutWatches<DriftWatch> _drift;
    private readonly CutWatches<VersionWatch> _versions;
    private readonly long _entitiesEnd;
    private readonly long _seriesEnd;
    private readonly CopiedBlocks _peers = new();
    private readonly CopiedBlocks _tail = new();
    private readonly Dictionary<EntityState, BlockCopy> _keptEntities = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<SeriesState, BlockCopy> _keptSeries = new(ReferenceEqualityComparer.Instance);
    private readonly Action _onEnd;
    private Stage _stage = Stage.Entities;
    private int _at;

    /// <param name="parts">The partition.</param>
    /// <param name="subject">The position.</param>
    /// <param name="number">The number of the cut: no other of the pipeline's life has it, and it is not 0.</param>
    /// <param name="sink">Takes the blocks.</param>
    /// <param name="onEnd">Called when nothing needs to be kept any more.</param>
    internal SnapshotCut(PartitionParts parts, in SnapshotSubject subject, int number, ISnapshotSink sink, Action onEnd)
    {
        (_number, _onEnd) = (number, onEnd);
        _out = new(sink);
        _series = parts.Series.InOrder();
        _entities = parts.Series.Entities.InOrder();
        _drift = new(SnapshotBlockKind.Drift, parts.Drift.InOrder(), number);
        _versions = new(SnapshotBlockKind.Versions, parts.Versions.InOrder(), number);
        _seriesEnd = _series.Length > 0 ? _series[^1].Number + 1 : 0;
        _entitiesEnd = _entities.Length > 0 ? _entities[^1].Number + 1 : 0;
        PartitionSnapshot.SaveHead(parts, subject, _out);
        PartitionSnapshot.SavePolicies(_series, parts.Open, _out);
        parts.Series.Peers.Save(new(_peers));
        PartitionSnapshot.SaveTail(parts, new(_tail));
        // Clocks move these on without a message of theirs.
        foreach (var entity in parts.Series.Entities.Runs) Keep(entity);
        foreach (var entity in parts.Open.Entities) Keep(entity);
        foreach (var series in parts.Open.Series) Keep(series);
        // A comparison of siblings changes all of them.
        foreach (var series in _series)
            if (series.Peers is not null) Keep(series);
    }

    private enum Stage
    {
        Entities,
        Series,
        Watches,
        Done,
    }

    /// <summary>Whether all is written, or it was given up.</summary>
    public bool IsDone => _stage == Stage.Done;

    /// <summary>Whether it was given up before all was written.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>
    /// Number of series, entities, distributions and models that changed before they were written, and so were copied; they wait for their
    /// turn.
    /// </summary>
    public int Copies => _keptEntities.Count + _keptSeries.Count + _drift.Copies + _versions.Copies;

    /// <summary>Writes some blocks.</summary>
    /// <param name="blocks">Number of series, entities, distributions and models to write, at most.</param>
    public void Advance(int blocks)
    {
        for (; blocks > 0 && !IsDone; blocks--) Step();
    }

    /// <summary>Writes all that is left.</summary>
    public void Finish() => Advance(int.MaxValue);

    /// <summary>Gives the snapshot up: its blocks are of no use.</summary>
    public void Abandon()
    {
        if (IsDone) return;
        IsAbandoned = true;
        foreach (var copy in _keptEntities.Values) copy.Release();
        foreach (var copy in _keptSeries.Values) copy.Release();
        _drift.Release();
        _versions.Release();
        End();
    }

    /// <summary>Copies an entity that is about to change, and the series of its row, which may change with it.</summary>
    internal void Keep(EntityState entity)
    {
        if (entity.Cut != _number && entity.Number < _entitiesEnd && !entity.IsForgotten)
        {
            entity.Cut = _number;
            var state = _copy.Begin();
            EntityRegistry.Save(entity, state);
            _keptEntities.Add(entity, new(state.Written));
        }

        for (var place = 0; place < entity.Row.Count; place++)
            if (entity.Row[place] is { } series) Keep(series);
    }

    /// <summary>Copies a series that is about to change.</summary>
    internal void Keep(SeriesState series)
    {
        if (series.Cut == _number || series.Number >= _seriesEnd || series.IsForgotten) return;
        series.Cut = _number;
        var state = _copy.Begin();
        SeriesRegistry.Save(series, state);
        _keptSeries.Add(series, new(state.Written));
    }

    /// <summary>Copies a distribution that is about to change.</summary>
    internal void Keep(DriftWatch watch) => _drift.Keep(watch, _copy);

    /// <summary>Takes note of a distribution that came after the cut.</summary>
    internal void LeaveOut(DriftWatch watch) => _drift.LeaveOut(watch);

    /// <summary>Copies the versions of a model that are about to change.</summary>
    internal void Keep(VersionWatch watch) => _versions.Keep(watch, _copy);

    /// <summary>Takes note of a model that came after the cut.</summary>
    internal void LeaveOut(VersionWatch watch) => _versions.LeaveOut(watch);

    private void Step()
    {
        switch (_stage)
        {
            case Stage.Entities when _at < _entities.Length:
                Write(_entities[_at++]);
                break;
            case Stage.Entities:
                _peers.WriteTo(_out);
                (_stage, _at) = (Stage.Series, 0);
                break;
            case Stage.Series when _at < _series.Length:
                Write(_series[_at++]);
                break;
            case Stage.Series:
                _tail.WriteTo(_out);
                _stage = Stage.Watches;
                break;
            case Stage.Watches when _drift.TryWriteNext(_out) || _versions.TryWriteNext(_out):
                break;
            default:
                PartitionSnapshot.SaveEnd(_out);
                End();
                break;
        }
    }

    private void Write(EntityState entity)
    {
        var state = _out.Begin();
        if (_keptEntities.Remove(entity, out var copy)) copy.MoveTo(state);
        else EntityRegistry.Save(entity, state);
        entity.Cut = _number;
        _out.End(SnapshotBlockKind.Entity, entity.Id.Value);
    }

    private void Write(SeriesState series)
    {
        var state = _out.Begin();
        if (_keptSeries.Remove(series, out var copy)) copy.MoveTo(state);
        else SeriesRegistry.Save(series, state);
        series.Cut = _number;
        _out.End(SnapshotBlockKind.Series, series.Id.Value);
    }

    private void End()
    {
        _stage = Stage.Done;
        _keptEntities.Clear();
        _keptSeries.Clear();
        _drift.Release();
        _versions.Release();
        _onEnd();
    }

    /// <summary>Blocks that wait for their turn.</summary>
    private sealed class CopiedBlocks : ISnapshotSink
    {
        private readonly List<(SnapshotBlockKind Kind, UInt128 Id, byte[] Bytes)> _blocks = [];

        public void Take(in SnapshotBlock block) => _blocks.Add((block.Kind, block.Id, block.Bytes.ToArray()));

        public void WriteTo(SnapshotWriter snapshot)
        {
            foreach (var (kind, id, bytes) in _blocks)
            {
                snapshot.Begin().WriteRaw(bytes);
                snapshot.End(kind, id);
            }
        }
    }

    private sealed class NoSink : ISnapshotSink
    {
        public static readonly NoSink Instance = new();

        public void Take(in SnapshotBlock block) => throw new NotSupportedException();
    }
}
