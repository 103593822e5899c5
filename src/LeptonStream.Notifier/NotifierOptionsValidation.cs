using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Egress;
using LeptonStream.Notifier.Heartbeats;
using LeptonStream.Notifier.Remediation;
using LeptonStream.Notifier.Routing;
using LeptonStream.Yaml;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier;

internal sealed class NotifierOptionsValidation : IValidateOptions<NotifierOptions>
{
    private const int LeastStormLimit = 20;

    private static readonly TimeSpan ShortestStale = TimeSpan.FromHours(2);
    private static readonly TimeSpan ShortestDirect = TimeSpan.FromSeconds(10);

    public ValidateOptionsResult Validate(string? name, NotifierOptions options)
    {
        List<string> wrong = [];
        if (string.IsNullOrWhiteSpace(options.GroupId))
            wrong.Add("Notifier:GroupId is empty: all notifiers of one installation need the same name here");
        if (UrlText.Parse(options.ExternalUrl) is null)
            wrong.Add($"Notifier:ExternalUrl is '{options.ExternalUrl}': {UrlText.Form}");
        if (options.RoutingFile is { Length: > 0 } && options.WebhookUrl is { Length: > 0 })
            wrong.Add(
                "Notifier:WebhookUrl is set beside Notifier:RoutingFile: it is for use without one; add a receiver with a webhook to the "
                + "file");
        if (options.ProxyUrl is { Length: > 0 } proxy && UrlText.Parse(proxy) is null) wrong.Add($"Notifier:ProxyUrl: {UrlText.Form}");
        if (DurationText.Read(options.StaleAfter) is not { } stale || (stale > TimeSpan.Zero && stale < ShortestStale))
            wrong.Add($"Notifier:StaleAfter is '{options.StaleAfter}': {DurationText.Form}, 2h and more (an open alert reports once an "
                + "hour), or 0s for never");
        if (DurationText.Read(options.DirectAfter) is not { } direct || (direct > TimeSpan.Zero && direct < ShortestDirect))
            wrong.Add($"Notifier:DirectAfter is '{options.DirectAfter}': {DurationText.Form}, 10s and more, or 0s for never");
        foreach (var (setting, value) in new[] { ("FlapWindow", options.FlapWindow), ("FlapSteady", options.FlapSteady) })
        {
            if (DurationText.Read(value) is not { Ticks: > 0 })
                wrong.Add($"Notifier:{setting} is '{value}': {DurationText.Form}, above 0s");
        }

        if (options.Kubernetes is { Length: > 0 } cluster && cluster != KubernetesCluster.InCluster && !File.Exists(cluster))
            wrong.Add(
                $"Notifier:Kubernetes is '{cluster}': write {KubernetesCluster.InCluster}, or the path of a kubeconfig that is there");
        if (options.StormLimit is > 0 and < LeastStormLimit)
            wrong.Add($"Notifier:StormLimit is {options.StormLimit}: {LeastStormLimit} to 10000, or 0 for no limit");
        AllowedTargets.Parse(options.AllowedTargets, out var target);
        if (target is not null) wrong.Add(target);
        HeartbeatTarget.Of(options, wrong);
        NotifierRouting.Of(options, out var errors);
        wrong.AddRange(errors);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
