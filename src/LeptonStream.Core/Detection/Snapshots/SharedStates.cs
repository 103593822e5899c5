using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>The states of a snapshot that siblings share, by the ids of their groups, until their members come.</summary>
/// <param name="migration">The way from the layout that was written; null where it is this program's own.</param>
internal sealed class SharedStates(LayoutMigration? migration)
{
    private readonly Dictionary<UInt128, byte[]> _states = [];

    /// <summary>Keeps a block.</summary>
    /// <exception cref="SnapshotCorruptException">The group has one already.</exception>
    public void Take(in SnapshotBlock block)
    {
        if (!_states.TryAdd(block.Id, block.Bytes.ToArray())) throw new SnapshotCorruptException("siblings twice");
    }

    /// <summary>Begins to read the state of a group.</summary>
    /// <exception cref="SnapshotCorruptException">There is none.</exception>
    public StateReader Read(UInt128 group) => _states.TryGetValue(group, out var bytes)
        ? new(bytes) { Migration = migration }
        : throw new SnapshotCorruptException("a membership in a group that is missing");
}
