using k8s.Models;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// A pod as a target: one with the annotation <c>prometheus.io/scrape: "true"</c>, at its port <c>prometheus.io/port</c> or its first, and
/// the path <c>prometheus.io/path</c>.
/// </summary>
internal static class PodTarget
{
    private const string Prefix = "prometheus.io/";

    /// <summary>The target; null where the pod has no address or does not ask to be scraped.</summary>
    public static ScrapeTarget? Of(ScrapeJob job, V1Pod pod)
    {
        var annotations = pod.Metadata?.Annotations ?? new Dictionary<string, string>();
        if (pod.Status is not { PodIP: { Length: > 0 } ip, Phase: "Running" }) return null;
        if (!annotations.TryGetValue(Prefix + "scrape", out var asks) || asks != "true") return null;
        var port = annotations.TryGetValue(Prefix + "port", out var named) ? named
            : pod.Spec?.Containers.SelectMany(container => container.Ports ?? []).FirstOrDefault()?.ContainerPort.ToString(
                System.Globalization.CultureInfo.InvariantCulture);
        if (!ushort.TryParse(port, out var number) || number == 0) return null;

        var labels = new List<KeyValuePair<string, string>>
        {
            new("namespace", pod.Metadata!.NamespaceProperty ?? ""), new("pod", pod.Metadata.Name ?? ""),
            new("node", pod.Spec?.NodeName ?? ""),
        };
        if (annotations.TryGetValue(Prefix + "path", out var path) && path.StartsWith('/')) labels.Add(new("__metrics_path__", path));
        if (annotations.TryGetValue(Prefix + "scheme", out var scheme)) labels.Add(new("__scheme__", scheme));
        foreach (var (name, value) in pod.Metadata.Labels ?? new Dictionary<string, string>())
            labels.Add(new($"__meta_kubernetes_pod_label_{LabelName(name)}", value));
        return ScrapeTarget.Of(job, labels, ip.Contains(':') ? $"[{ip}]:{number}" : $"{ip}:{number}");
    }

    private static string LabelName(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
}
