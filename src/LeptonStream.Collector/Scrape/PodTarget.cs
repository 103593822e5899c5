using System.Globalization;
using k8s.Models;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// A pod as a target: one with the annotation <c>prometheus.io/scrape: "true"</c>, at its port <c>prometheus.io/port</c> or its first, with
/// <c>prometheus.io/path</c> and <c>prometheus.io/scheme</c>. Its labels are those that outlive a restart: of a DaemonSet's pod the node,
/// of a StatefulSet's its name, of any other both.
/// </summary>
internal static class PodTarget
{
    private const string Prefix = "prometheus.io/";
    private const string Meta = "__meta_kubernetes_";

    /// <summary>The target; null where the pod does not run, is about to end, or does not ask to be scraped.</summary>
    /// <param name="job">The job.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="problem">Why a pod that asks for it can't be scraped; null where it can.</param>
    public static ScrapeTarget? Of(ScrapeJob job, V1Pod pod, out string? problem)
    {
        problem = null;
        var annotations = pod.Metadata?.Annotations ?? new Dictionary<string, string>();
        if (pod.Status is not { PodIP: { Length: > 0 } ip, Phase: "Running" } || pod.Metadata?.DeletionTimestamp is not null) return null;
        if (!annotations.TryGetValue(Prefix + "scrape", out var asks) || asks != "true") return null;
        problem = Problem(annotations, pod, out var port);
        if (problem is not null)
        {
            problem = $"pod {pod.Metadata!.NamespaceProperty}/{pod.Metadata.Name} {problem}";
            return null;
        }

        var labels = Labels(pod);
        if (annotations.TryGetValue(Prefix + "path", out var path)) labels.Add(new("__metrics_path__", path));
        if (annotations.TryGetValue(Prefix + "scheme", out var scheme)) labels.Add(new("__scheme__", scheme));
        return ScrapeTarget.Of(job, labels, ip.Contains(':') ? $"[{ip}]:{port}" : $"{ip}:{port}");
    }

    private static string? Problem(IDictionary<string, string> annotations, V1Pod pod, out ushort port)
    {
        var given = annotations.TryGetValue(Prefix + "port", out var named) ? named
            : pod.Spec?.Containers.SelectMany(container => container.Ports ?? []).FirstOrDefault()?.ContainerPort.ToString(
                CultureInfo.InvariantCulture);
        if (!ushort.TryParse(given, CultureInfo.InvariantCulture, out port) || port == 0)
            return given is null ? "names no port: set the annotation prometheus.io/port"
                : $"has the port '{given}': write a number from 1 to 65535";
        if (annotations.TryGetValue(Prefix + "path", out var path) && !path.StartsWith('/'))
            return $"has the path '{path}': it begins with /";
        if (annotations.TryGetValue(Prefix + "scheme", out var scheme) && scheme is not ("http" or "https"))
            return $"has the scheme '{scheme}': it may be http or https";
        return null;
    }

    private static List<KeyValuePair<string, string>> Labels(V1Pod pod)
    {
        var (name, node) = (pod.Metadata!.Name ?? "", pod.Spec?.NodeName ?? "");
        var owner = pod.Metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller is true);
        var isOfNode = owner?.Kind == "DaemonSet" && node.Length > 0;
        // The address changes with each restart, and a series whose labels change is another one.
        List<KeyValuePair<string, string>> labels =
        [
            new("namespace", pod.Metadata.NamespaceProperty ?? ""), new("instance", isOfNode ? node : name),
            new(Meta + "namespace", pod.Metadata.NamespaceProperty ?? ""), new(Meta + "pod_name", name),
            new(Meta + "pod_node_name", node), new(Meta + "pod_ip", pod.Status.PodIP), new(Meta + "pod_uid", pod.Metadata.Uid ?? ""),
            new(Meta + "pod_controller_kind", owner?.Kind ?? ""), new(Meta + "pod_controller_name", owner?.Name ?? ""),
        ];
        if (!isOfNode) labels.Add(new("pod", name));
        if (owner?.Kind != "StatefulSet") labels.Add(new("node", node));
        foreach (var (label, value) in pod.Metadata.Labels ?? new Dictionary<string, string>())
            labels.Add(new($"{Meta}pod_label_{LabelName(label)}", value));
        foreach (var (annotation, value) in pod.Metadata.Annotations ?? new Dictionary<string, string>())
            labels.Add(new($"{Meta}pod_annotation_{LabelName(annotation)}", value));
        return labels;
    }

    private static string LabelName(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
}
