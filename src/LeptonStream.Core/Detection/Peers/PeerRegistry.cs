using System.IO.Hashing;
using System.Text;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Peers;

/// <summary>
/// Finds the siblings of series: those of the same model and metric, with the same label names, where exactly one label's value differs. A
/// series has one group of siblings for each of its labels: <c>{host="a",gpu="3"}</c> is compared with the GPUs of its host and with the
/// third GPUs of all hosts. Labels that name a GPU once more beside <c>gpu</c>, as NVIDIA's exporter has them, don't count. One owner, one
/// thread; no clock.
/// </summary>
public sealed class PeerRegistry
{
    // Beyond this a group is no node or job any more, and its comparison no cheap one.
    private const int MaxMembers = 4096;

    // Labels that say no more than the label "gpu" beside them.
    private static readonly HashSet<string> OtherNamesOfGpu =
        ["UUID", "uuid", "gpu_uuid", "pci_bus_id", "device", "minor_number", "serial"];

    private readonly Dictionary<GroupKey, PeerGroup> _groups = [];

    /// <summary>Gives a series its place among its siblings. A group that is full has no place for it.</summary>
    /// <param name="key">The series; each at most once.</param>
    public PeerMembership Join(SeriesKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var places = new List<PeerMembership.Place>(key.Labels.Count);
        foreach (var (label, _) in key.Labels)
        {
            if (SaysTheSame(label, key.Labels)) continue;
            var name = GroupKey.Of(key, label);
            if (!_groups.TryGetValue(name, out var group)) _groups.Add(name, group = new(name.Id, label));
            if (group.Count < MaxMembers) places.Add(new(group, group.Join()));
        }

        return new(key, [.. places]);
    }

    /// <summary>Takes a series away that is forgotten. Its membership must not be used any more.</summary>
    public void Leave(PeerMembership membership)
    {
        ArgumentNullException.ThrowIfNull(membership);
        foreach (var (group, member) in membership.Places)
        {
            group.Leave(member);
            if (group.Count == 0) _groups.Remove(GroupKey.Of(membership.Key, group.Label));
        }
    }

    /// <summary>Writes what each group shares, a block each.</summary>
    internal void Save(SnapshotWriter snapshot)
    {
        PeerGroup[] groups = [.. _groups.Values];
        Array.Sort(groups, static (a, b) => a.Id.CompareTo(b.Id));
        foreach (var group in groups)
        {
            group.Save(snapshot.Begin());
            snapshot.End(SnapshotBlockKind.Peers, group.Id);
        }
    }

    /// <summary>Gives a series the places that it had, whoever else came before it since.</summary>
    /// <param name="key">The series; each at most once.</param>
    /// <param name="labels">The labels by which it differs from its siblings, in the order of its places.</param>
    /// <param name="shared">The states that the groups share, as <see cref="Save"/> wrote them.</param>
    /// <exception cref="SnapshotCorruptException">The series has no such label, or the group is missing.</exception>
    internal PeerMembership Rejoin(SeriesKey key, IReadOnlyList<string> labels, SharedStates shared)
    {
        var places = new PeerMembership.Place[labels.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var label = labels[i];
            if (key.Labels[label] is null) throw new SnapshotCorruptException("a membership of another label than the series has");
            var name = GroupKey.Of(key, label);
            if (!_groups.TryGetValue(name, out var group)) _groups.Add(name, group = Restore(name, shared));
            places[i] = new(group, group.Join());
        }

        return new(key, places);
    }

    private static PeerGroup Restore(in GroupKey name, SharedStates shared)
    {
        var group = new PeerGroup(name.Id, name.Label);
        var state = shared.Read(name.Id);
        group.Load(ref state);
        state.End();
        return group;
    }

    private static bool SaysTheSame(string label, LabelSet labels) => OtherNamesOfGpu.Contains(label) && labels["gpu"] is not null;

    private readonly record struct GroupKey(string Model, string Metric, string Label, LabelSet Others)
    {
        /// <summary>XXH128 of its parts, each ended by 0xFF (no byte of UTF-8).</summary>
        public UInt128 Id
        {
            get
            {
                var hash = new XxHash128();
                Append(hash, Model);
                Append(hash, Metric);
                Append(hash, Label);
                foreach (var (name, value) in Others)
                {
                    Append(hash, name);
                    Append(hash, value);
                }

                return hash.GetCurrentHashAsUInt128();
            }
        }

        public static GroupKey Of(SeriesKey key, string label) => new(key.Model, key.Metric, label,
            LabelSet.Of(key.Labels.Where(pair => pair.Key != label && !SaysTheSame(pair.Key, key.Labels))));

        private static void Append(XxHash128 hash, string text)
        {
            hash.Append(Encoding.UTF8.GetBytes(text));
            hash.Append([0xFF]);
        }
    }
}
