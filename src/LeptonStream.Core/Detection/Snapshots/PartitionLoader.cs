using LeptonStream.Alerts;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Store;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// Reads a snapshot into a fresh <see cref="PartitionPipeline"/>, block by block in the order of <see cref="SnapshotBlockKind"/>, as they
/// were written. After an exception the pipeline is of no use: begin with another.
/// </summary>
public sealed class PartitionLoader : ISnapshotSink
{
    private readonly PartitionParts _parts;
    private readonly SnapshotSubject _subject;
    private readonly Action<long> _onLast;
    private readonly Action? _onEnd;
    private readonly WrittenLayout _layout;
    private readonly RestoredPolicies _policies;
    private readonly SharedStates _shared;
    private readonly Queue<EntityState> _forgottenEntities = [];
    private readonly Queue<SeriesState> _forgottenSeries = [];
    private readonly int[] _counts = new int[(int)SnapshotBlockKind.End + 1];
    private SnapshotBlockKind _kind;

    /// <param name="parts">The partition.</param>
    /// <param name="subject">The position that the snapshot must be of.</param>
    /// <param name="layout">The layout of the snapshot.</param>
    /// <param name="onLast">Takes the offset of the last record that was taken.</param>
    /// <param name="onEnd">Called when all is read; may be null.</param>
    internal PartitionLoader(PartitionParts parts, in SnapshotSubject subject, WrittenLayout layout, Action<long> onLast, Action? onEnd)
    {
        (_parts, _subject, _layout, _onLast, _onEnd) = (parts, subject, layout, onLast, onEnd);
        _policies = new(layout.Migration);
        _shared = new(layout.Migration);
    }

    /// <summary>Whether all blocks were read, and the pipeline can go on.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads the next block.</summary>
    /// <exception cref="SnapshotCorruptException">It is not one that can follow, or of another layout, partition or policy.</exception>
    public void Take(in SnapshotBlock block)
    {
        var kind = KindOf(block);
        if (kind < _kind || IsComplete || (kind != SnapshotBlockKind.Head && _counts[0] == 0))
            throw new SnapshotCorruptException($"a block of {kind} behind one of {_kind}");
        _kind = kind;
        // Those that nobody names are numbered, so that none is missing, twice or elsewhere.
        if (IsNumbered(kind) && block.Id != (UInt128)_counts[(int)kind])
            throw new SnapshotCorruptException($"block {block.Id} of {kind}, {_counts[(int)kind]} is the next");
        _counts[(int)kind]++;
        Read(block);
    }

    // The end had the number of the kind that came next.
    private SnapshotBlockKind KindOf(in SnapshotBlock block) => block.Kind == WrittenEnd ? SnapshotBlockKind.End : block.Kind;

    private SnapshotBlockKind WrittenEnd =>
        !HasDrift ? SnapshotBlockKind.Drift : !HasVersions ? SnapshotBlockKind.Versions : SnapshotBlockKind.End;

    private bool HasDrift => _layout.Migration is null or { Version: >= StateLayout.DriftSince };

    private bool HasVersions => _layout.Migration is null or { Version: >= StateLayout.VersionsSince };

    private static bool IsNumbered(SnapshotBlockKind kind) =>
        kind is SnapshotBlockKind.Head or SnapshotBlockKind.ForgottenEntity or SnapshotBlockKind.ForgottenSeries or SnapshotBlockKind.List
            or SnapshotBlockKind.Event or SnapshotBlockKind.End;

    private void Read(in SnapshotBlock block)
    {
        var state = new StateReader(block.Bytes) { Migration = _layout.Migration };
        switch (_kind)
        {
            case SnapshotBlockKind.Policy:
                _policies.Take(block);
                return;
            case SnapshotBlockKind.Peers:
                _shared.Take(block);
                return;
            case SnapshotBlockKind.Event:
                ReadEvent(block.Bytes);
                return;
            case SnapshotBlockKind.Head:
                ReadHead(ref state);
                break;
            case SnapshotBlockKind.Entity:
                _parts.Series.Entities.Load(block.Id, isForgotten: false, ref state);
                break;
            case SnapshotBlockKind.Series:
                _parts.Series.Load(block.Id, _policies, _shared, ref state);
                break;
            case SnapshotBlockKind.ForgottenEntity:
                _forgottenEntities.Enqueue(_parts.Series.Entities.Load(state.ReadUInt128(), isForgotten: true, ref state));
                break;
            case SnapshotBlockKind.ForgottenSeries:
                _forgottenSeries.Enqueue(_parts.Series.LoadForgotten(_policies, ref state));
                break;
            case SnapshotBlockKind.List:
                ReadList(ref state);
                break;
            case SnapshotBlockKind.Drift:
                _parts.Drift.Load(block.Id, ref state);
                break;
            case SnapshotBlockKind.Versions:
                _parts.Versions.Load(block.Id, ref state);
                break;
            default:
                Complete(ref state);
                break;
        }

        state.End();
    }

    private void ReadHead(ref StateReader state)
    {
        if (state.ReadUInt128() != _layout.Fingerprint)
            throw new SnapshotCorruptException("a snapshot of another layout");
        if (state.ReadUInt128() != _subject.TopicId || state.ReadInt32() != _subject.Partition)
            throw new SnapshotCorruptException("a snapshot of another partition");
        if (state.ReadName() != _subject.Policies) throw new SnapshotCorruptException("a snapshot under other policies");
        _onLast(state.ReadInt64());
        _parts.Runs.Load(ref state);
        _parts.Open.Load(ref state);
        _parts.Series.LoadClocks(ref state);
        _parts.Series.Entities.Number = state.ReadInt64();
        _parts.Gaps.Load(ref state);
        if (!state.IsBefore(StateLayout.PagesSince)) _parts.Series.Entities.Models.Load(ref state);
        if (HasDrift) _parts.Drift.LoadClock(ref state);
        if (HasVersions) _parts.Versions.LoadClock(ref state);
        if (state.IsBefore(StateLayout.HolesSince)) return;
        _parts.Runs.Holes.Load(ref state);
        _parts.Open.Holes.Load(ref state);
        if (!state.IsBefore(StateLayout.ClocksSince)) _parts.Runs.Watch.Load(ref state);
    }

    private void ReadEvent(ReadOnlySpan<byte> json)
    {
        if (!AlertEventJson.TryRead(json.ToArray(), out var waiting, out var error))
            throw new SnapshotCorruptException($"an event that waits: {error}");
        _parts.Queue.Restore(waiting!);
    }

    private void ReadList(ref StateReader state)
    {
        var list = (SnapshotList)state.ReadInt32();
        for (var left = state.ReadCount(PartitionSnapshot.IdsPerBlock); left > 0; left--)
        {
            var id = state.ReadUInt128();
            switch (list)
            {
                case SnapshotList.Ignored:
                    _parts.Series.Ignored.Add(id);
                    break;
                case SnapshotList.Runs:
                    _parts.Series.Entities.Runs.Add(EntityOf(id) is { Run: not null } run
                        ? run
                        : throw new SnapshotCorruptException("a training run that is none"));
                    break;
                case SnapshotList.OpenSeries:
                    _parts.Open.Series.Add(SeriesOf(id));
                    break;
                case SnapshotList.Ending:
                    _parts.Open.Ending.Add(SeriesOf(id));
                    break;
                case SnapshotList.OpenEntities:
                    _parts.Open.Entities.Add(id == 0 && _forgottenEntities.TryDequeue(out var forgotten) ? forgotten : EntityOf(id));
                    break;
                default:
                    // A list of a later version.
                    break;
            }
        }
    }

    private SeriesState SeriesOf(UInt128 id) =>
        id == 0 && _forgottenSeries.TryDequeue(out var forgotten) ? forgotten
            : _parts.Series.Find(id) ?? throw new SnapshotCorruptException("an open alert whose series is missing");

    private EntityState EntityOf(UInt128 id) => _parts.Series.Entities.Find(id)
        ?? throw new SnapshotCorruptException("an entity is missing");

    private void Complete(ref StateReader state)
    {
        for (var kind = 0; kind < (int)WrittenEnd; kind++)
        {
            var count = state.ReadInt32();
            if (count != _counts[kind])
                throw new SnapshotCorruptException($"{_counts[kind]} blocks of {(SnapshotBlockKind)kind}, {count} were written");
        }

        if (_forgottenEntities.Count + _forgottenSeries.Count > 0) throw new SnapshotCorruptException("an open alert is missing");
        IsComplete = true;
        _onEnd?.Invoke();
    }
}
