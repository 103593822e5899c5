using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using LeptonStream.Output;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// The annotated pods of a cluster. Of a namespace that can't be listed, because the API server is away or forbids it, those that were
/// there before stay.
/// </summary>
/// <param name="configuration">How to reach the cluster; null for the usual way: the service account of the pod, or a kubeconfig.</param>
internal sealed class PodDiscovery(Func<KubernetesClientConfiguration>? configuration = null) : IPodDiscovery, IDisposable
{
    private const string OfAll = "";
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(ScrapeJob Job, string Namespace), IReadOnlyList<ScrapeTarget>> _known = [];
    private Kubernetes? _cluster;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ScrapeTarget>> Find(ScrapeJob job, DiscoveryTroubles troubles, CancellationToken stop)
    {
        var targets = new List<ScrapeTarget>();
        foreach (var name in job.PodNamespaces is { Count: > 0 } named ? named : [OfAll])
            targets.AddRange(await Find(job, name, troubles, stop));
        return targets;
    }

    /// <inheritdoc/>
    public void Keep(IReadOnlyList<ScrapeJob> jobs)
    {
        foreach (var known in _known.Keys)
            if (!jobs.Contains(known.Job)) _known.Remove(known);
    }

    public void Dispose() => _cluster?.Dispose();

    private async Task<IReadOnlyList<ScrapeTarget>> Find(ScrapeJob job, string name, DiscoveryTroubles troubles, CancellationToken stop)
    {
        // Other namespaces and jobs wait for it.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(ListLimit);
        try
        {
            var targets = new List<ScrapeTarget>();
            foreach (var pod in (await List(name, limit.Token)).Items)
            {
                if (PodTarget.Of(job, pod, out var problem) is { } target) targets.Add(target);
                if (problem is not null) troubles.Add("annotation", problem);
            }

            return _known[(job, name)] = targets;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !stop.IsCancellationRequested)
        {
            troubles.Add("pods", $"pods of {(name == OfAll ? "all namespaces" : $"the namespace {name}")} can't be listed, and the "
                + $"targets stay as they are: {Words(failure)}");
            return _known.GetValueOrDefault((job, name), []);
        }
    }

    // From the API server's memory, and not from its store: this is asked every few seconds.
    private Task<V1PodList> List(string name, CancellationToken stop)
    {
        var api = _cluster ??= new Kubernetes(configuration?.Invoke() ?? KubernetesClientConfiguration.BuildDefaultConfig());
        return name == OfAll
            ? api.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: "status.phase=Running", resourceVersion: "0", cancellationToken: stop)
            : api.CoreV1.ListNamespacedPodAsync(name, fieldSelector: "status.phase=Running", resourceVersion: "0", cancellationToken: stop);
    }

    private static string Words(Exception failure) => failure switch
    {
        HttpOperationException { Response.StatusCode: HttpStatusCode.Forbidden } =>
            "the API server forbids it (403): the service account needs the verb list on pods",
        HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } =>
            "the API server does not know the token (401)",
        HttpOperationException { Response: { } response } => $"the API server answers {(int)response.StatusCode}",
        OperationCanceledException => $"the API server does not answer within {ListLimit.TotalSeconds:0} s",
        _ => SafeText.OneLine(failure.Message),
    };
}
