using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using k8s.Models;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Remediation;

namespace LeptonStream.Notifier.Remediation;

/// <summary>
/// Acts on a cluster by its API. An annotation of the object holds the id of the last action, by which a repetition is known.
/// </summary>
internal sealed partial class KubernetesRemedy(KubernetesCluster cluster) : IRemedy
{
    /// <summary>The annotation.</summary>
    public const string Annotation = "leptonstream.io/action";

    // Controllers write the status of an object several times a second while its pods change.
    private const int MostReads = 10;

    private const string RestartedAt = "kubectl.kubernetes.io/restartedAt";

    public async Task<RemedyOutcome> Execute(RemediationRow row, CancellationToken cancellation)
    {
        var request = AlertingJson.Read<ActionRequest>(row.Payload!);
        foreach (var (part, value) in request.Target)
            if (!Name().IsMatch(value)) return new(RemedyResult.Never, $"the {part} is '{value}', which is no name in Kubernetes");
        try
        {
            if (cluster.Api() is not { } api) return new(RemedyResult.Never, "Notifier:Kubernetes is not set");
            for (var left = MostReads - 1; ; left--)
            {
                try
                {
                    return await Act(api, request, cancellation);
                }
                catch (HttpOperationException changed) when (changed.Response.StatusCode == HttpStatusCode.Conflict && left > 0)
                {
                    // Its controller wrote the status between: read again.
                }
            }
        }
        catch (HttpOperationException refused)
        {
            var mayWorkLater = refused.Response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
                or >= HttpStatusCode.InternalServerError;
            return new(mayWorkLater ? RemedyResult.Later : RemedyResult.Never, $"Kubernetes: {MessageOf(refused)}");
        }
        catch (HttpRequestException unreachable)
        {
            return new(RemedyResult.Later, $"Kubernetes: {unreachable.Message}");
        }
        catch (Exception wrong) when (wrong is KubeConfigException or KubernetesException or IOException)
        {
            return new(RemedyResult.Never, $"Notifier:Kubernetes: {wrong.Message}");
        }
    }

    private static Task<RemedyOutcome> Act(IKubernetes api, ActionRequest request, CancellationToken cancellation) => request.Action switch
    {
        KubernetesReader.RolloutRestart => Restart(api, request, cancellation),
        KubernetesReader.Scale => Scale(api, request, cancellation),
        KubernetesReader.Cordon => Cordon(api, request, cancellation),
        _ => Task.FromResult(new RemedyOutcome(RemedyResult.Never, $"{request.Action} is unknown")),
    };

    // As kubectl does: another annotation of the pods' template makes a new revision.
    private static async Task<RemedyOutcome> Restart(IKubernetes api, ActionRequest request, CancellationToken cancellation)
    {
        var (name, space) = (request.Target["deployment"]!, request.Target["namespace"]!);
        var before = await api.AppsV1.ReadNamespacedDeploymentAsync(name, space, cancellationToken: cancellation);
        if (IsDone(before.Spec.Template.Metadata, request)) return new(RemedyResult.Done, "was restarted before");
        var annotations = new JsonObject { [RestartedAt] = request.At.ToString(), [Annotation] = request.Id };
        var template = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        await api.AppsV1.PatchNamespacedDeploymentAsync(
            Patch(before.Metadata, new JsonObject { ["spec"] = new JsonObject { ["template"] = template } }),
            name, space, cancellationToken: cancellation);
        return new(RemedyResult.Done, $"deployment {space}/{name} restarts");
    }

    private static async Task<RemedyOutcome> Scale(IKubernetes api, ActionRequest request, CancellationToken cancellation)
    {
        var (name, space) = (request.Target["deployment"]!, request.Target["namespace"]!);
        var before = await api.AppsV1.ReadNamespacedDeploymentAsync(name, space, cancellationToken: cancellation);
        if (IsDone(before.Metadata, request)) return new(RemedyResult.Done, "was scaled before");
        var replicas = before.Spec.Replicas ?? 1;
        var wanted = request.Parameters["replicas"] is { } number ? Whole(number)
            : Math.Max(replicas, Math.Min(replicas + Whole(request.Parameters["by"]!), Whole(request.Parameters["max"]!)));
        if (wanted == replicas) return new(RemedyResult.Never, $"deployment {space}/{name} has {replicas} replicas, no more are allowed");
        await api.AppsV1.PatchNamespacedDeploymentAsync(
            Patch(before.Metadata, new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Annotation] = request.Id } },
                ["spec"] = new JsonObject { ["replicas"] = wanted },
            }),
            name, space, cancellationToken: cancellation);
        return new(RemedyResult.Done, $"deployment {space}/{name}: {replicas} to {wanted} replicas");
    }

    private static async Task<RemedyOutcome> Cordon(IKubernetes api, ActionRequest request, CancellationToken cancellation)
    {
        var name = request.Target["node"]!;
        var before = await api.CoreV1.ReadNodeAsync(name, cancellationToken: cancellation);
        if (before.Spec?.Unschedulable is true) return new(RemedyResult.Done, $"node {name} is cordoned already");
        if (request.Parameters["pool_label"] is { } label)
        {
            if (before.Metadata.Labels?.TryGetValue(label, out var pool) is not true)
                return new(RemedyResult.Never, $"node {name} has no label {label}, so its pool is unknown");
            var nodes = await api.CoreV1.ListNodeAsync(labelSelector: $"{label}={pool}", cancellationToken: cancellation);
            var cordoned = nodes.Items.Count(node => node.Spec?.Unschedulable is true);
            var share = double.Parse(request.Parameters["pool_share"]!, CultureInfo.InvariantCulture);
            if (cordoned + 1 > share * nodes.Items.Count) return new(RemedyResult.Blocked, "pool_share");
        }

        await api.CoreV1.PatchNodeAsync(
            Patch(before.Metadata, new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Annotation] = request.Id } },
                ["spec"] = new JsonObject { ["unschedulable"] = true },
            }),
            name, cancellationToken: cancellation);
        return new(RemedyResult.Done, $"node {name} is cordoned");
    }

    private static bool IsDone(V1ObjectMeta? metadata, ActionRequest request) =>
        metadata?.Annotations?.TryGetValue(Annotation, out var id) is true && id == request.Id;

    // Only the object that was read: whoever changed it between is asked again.
    private static V1Patch Patch(V1ObjectMeta read, JsonObject change)
    {
        if (change["metadata"] is not JsonObject metadata) change["metadata"] = metadata = [];
        metadata["resourceVersion"] = read.ResourceVersion;
        return new V1Patch(change.ToJsonString(), V1Patch.PatchType.MergePatch);
    }

    private static string MessageOf(HttpOperationException refused)
    {
        try
        {
            return JsonNode.Parse(refused.Response.Content)?["message"]?.ToString() ?? refused.Message;
        }
        catch (JsonException)
        {
            return refused.Message;
        }
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
