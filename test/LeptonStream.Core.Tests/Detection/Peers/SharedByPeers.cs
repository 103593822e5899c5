using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Peers;

/// <summary>What siblings of one registry share, as bytes, for memberships in another.</summary>
internal sealed class SharedByPeers : ISnapshotSink
{
    private readonly SharedStates _groups = new(null);

    public SharedByPeers(PeerRegistry registry) => registry.Save(new SnapshotWriter(this));

    public void Take(in SnapshotBlock block) => _groups.Take(block);

    /// <summary>The same membership in another registry, whose groups were not joined but by memberships from here.</summary>
    public PeerMembership Membership(PeerRegistry registry, PeerMembership membership) =>
        registry.Rejoin(membership.Key, [.. membership.Places.Select(place => place.Group.Label)], _groups);
}
