using System.Collections.Frozen;
using LeptonStream.Collector.Mapping;
using LeptonStream.Series;

namespace LeptonStream.Collector.Quality;

/// <summary>Which labels of an entity name a thing that comes and goes as a whole, and which a part of something that stays.</summary>
internal static class EntityLabels
{
    // A pod, a process or a host takes all that it sends along when it goes.
    private static readonly FrozenSet<string> Owners = FrozenSet.Create(StringComparer.Ordinal,
        "pod", "pod_name", "k8s_pod_name", "k8s_pod_uid", "container", "container_id", "instance", "exported_instance",
        "service_instance_id", "host", "hostname", "host_name", "node", "node_name", "k8s_node_name", "process", "process_pid", "pid");

    private static readonly FrozenSet<string> Parts = FrozenSet.Create(StringComparer.Ordinal,
        "rank", "local_rank", "global_rank", "node_rank", "worker", "gpu", "device", "uuid", "gpu_uuid");

    private static readonly FrozenSet<string> Devices = FrozenSet.Create(StringComparer.Ordinal,
        "gpu", "gpu_id", "gpu_index", "gpuindex", "gpu_uuid", "npu", "npu_id", "accelerator_id");

    // An instance of a GPU comes and goes as its owner divides it.
    private const string GpuInstance = "gpu_i_id";

    // Virtual machines and disks have one, too.
    private const string GpuUuid = "GPU-";

    /// <summary>
    /// Whether it is a device that stays where it is. Other things leave a page for many reasons: interfaces, queues, mount points.
    /// </summary>
    public static bool IsDevice(LabelSet labels)
    {
        var isDevice = false;
        foreach (var (name, value) in labels)
        {
            var plain = Plain(name);
            if (plain == GpuInstance) return false;
            isDevice |= Devices.Contains(plain) || (plain == "uuid" && value.StartsWith(GpuUuid, StringComparison.Ordinal));
        }

        return isDevice;
    }

    /// <summary>The pod, process or host that it is of; null where no label names one.</summary>
    public static string? OwnerOf(LabelSet labels)
    {
        var owners = labels.Where(label => Owners.Contains(Plain(label.Key))).Select(label => $"{label.Key}={label.Value}").ToList();
        return owners.Count == 0 ? null : string.Join(',', owners);
    }

    /// <summary>The model and the labels that all ranks of a run have.</summary>
    public static string RunOf(MappedEntity entity) => entity.Model + string.Concat(entity.Labels
        .Where(label => Plain(label.Key) is var plain && !Owners.Contains(plain) && !Parts.Contains(plain))
        .Select(label => $"\n{label.Key}={label.Value}"));

    private static string Plain(string name) => name.ToLowerInvariant().Replace('.', '_').Replace('-', '_');
}
