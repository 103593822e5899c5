using k8s;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Remediation;

/// <summary>The cluster on which actions may act; its client is made for the first of them.</summary>
internal sealed class KubernetesCluster(IOptions<NotifierOptions> options) : IDisposable
{
    /// <summary>The setting of a notifier that acts on the cluster in which it runs.</summary>
    public const string InCluster = "in-cluster";

    private readonly Lock _making = new();
    private Kubernetes? _api;

    /// <summary>The API of the cluster; null where the settings name none.</summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The settings name a cluster that can't be reached so.</exception>
    public IKubernetes? Api()
    {
        if (options.Value.Kubernetes is not { Length: > 0 } cluster) return null;
        lock (_making)
            return _api ??= new Kubernetes(cluster == InCluster
                ? KubernetesClientConfiguration.InClusterConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster));
    }

    public void Dispose() => _api?.Dispose();
}
