using LeptonStream.Series;

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

    // What says no more than the label "gpu" beside it.
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
            if (!_groups.TryGetValue(name, out var group)) _groups.Add(name, group = new(label));
            if (group.Count < MaxMembers) places.Add(new(group, group.Join()));
        }

        return new(key, [.. places]);
    }

    /// <summary>Takes a series away that is forgotten. Its seat must not be used any more.</summary>
    public void Leave(PeerMembership seat)
    {
        ArgumentNullException.ThrowIfNull(seat);
        foreach (var (group, member) in seat.Places)
        {
            group.Leave(member);
            if (group.Count == 0) _groups.Remove(GroupKey.Of(seat.Key, group.Label));
        }
    }

    private static bool SaysTheSame(string label, LabelSet labels) => OtherNamesOfGpu.Contains(label) && labels["gpu"] is not null;

    private readonly record struct GroupKey(string Model, string Metric, string Label, LabelSet Others)
    {
        public static GroupKey Of(SeriesKey key, string label) => new(key.Model, key.Metric, label,
            LabelSet.Of(key.Labels.Where(pair => pair.Key != label && !SaysTheSame(pair.Key, key.Labels))));
    }
}
