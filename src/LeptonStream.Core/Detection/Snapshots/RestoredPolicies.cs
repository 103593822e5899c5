using LeptonStream.Detection.Policies;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>The policies of a snapshot, by their ids. Where the policies of today give a series the same one, it is that one.</summary>
/// <param name="migration">The way from the layout that was written; null where it is this program's own.</param>
internal sealed class RestoredPolicies(LayoutMigration? migration)
{
    private readonly Dictionary<UInt128, Restored> _policies = [];

    /// <summary>Takes a policy's block.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no policy, or not that of the id.</exception>
    public void Take(in SnapshotBlock block)
    {
        var state = new StateReader(block.Bytes) { Migration = migration };
        var policy = PolicyState.Load(ref state, out var detectors);
        state.End();
        if (PolicyState.IdOf(block.Bytes) != block.Id) throw new SnapshotCorruptException("a policy under the id of another");
        _policies[block.Id] = new(policy, PolicyState.IdOf(policy), false, migration?.MoveOfSeries(detectors, policy.Memory));
    }

    /// <summary>The policy of an id, and the way of the numbers of its series; null where they lie as here.</summary>
    /// <param name="id">The id.</param>
    /// <param name="key">A series under that policy.</param>
    /// <param name="policies">The policies of today.</param>
    /// <exception cref="SnapshotCorruptException">There is none.</exception>
    public (SeriesPolicy Policy, StructMove? Numbers) Find(UInt128 id, SeriesKey key, PolicySet policies)
    {
        if (!_policies.TryGetValue(id, out var found)) throw new SnapshotCorruptException("a series whose policy is missing");
        // A series that is followed to its end has another policy today; the next one of this id is asked again.
        if (!found.IsShared && policies.For(key) is var today && PolicyState.IdOf(today) == found.Id)
            _policies[id] = found = found with { Policy = today, IsShared = true };
        return (found.Policy, found.Numbers);
    }

    /// <param name="Policy">The policy, without detectors that are no more.</param>
    /// <param name="Id">Its id in this program.</param>
    /// <param name="IsShared">Whether it is an object of today's policies.</param>
    /// <param name="Numbers">The way of the numbers of its series.</param>
    private sealed record Restored(SeriesPolicy Policy, UInt128 Id, bool IsShared, StructMove? Numbers);
}
