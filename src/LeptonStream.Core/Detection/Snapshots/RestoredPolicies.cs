using LeptonStream.Detection.Policies;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>The policies of a snapshot, by their ids. Where the policies of today give a series the same one, it is that one.</summary>
internal sealed class RestoredPolicies
{
    private readonly Dictionary<UInt128, (SeriesPolicy Policy, bool IsShared)> _policies = [];

    /// <summary>Takes a policy's block.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no policy, or not that of the id.</exception>
    public void Take(in SnapshotBlock block)
    {
        var state = new StateReader(block.Bytes);
        var policy = PolicyState.Load(ref state);
        state.End();
        if (PolicyState.IdOf(policy) != block.Id) throw new SnapshotCorruptException("a policy under the id of another");
        _policies[block.Id] = (policy, false);
    }

    /// <summary>The policy of an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="key">A series under that policy.</param>
    /// <param name="policies">The policies of today.</param>
    /// <exception cref="SnapshotCorruptException">There is none.</exception>
    public SeriesPolicy Find(UInt128 id, SeriesKey key, PolicySet policies)
    {
        if (!_policies.TryGetValue(id, out var found)) throw new SnapshotCorruptException("a series whose policy is missing");
        if (found.IsShared) return found.Policy;
        var today = policies.For(key);
        // A series that is followed to its end has another policy today; the next one of this id is asked again.
        if (PolicyState.IdOf(today) != id) return found.Policy;
        _policies[id] = (today, true);
        return today;
    }
}
