using System.Collections.Frozen;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Received;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Storage;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>The routes, and how to reach each channel of each receiver.</summary>
internal sealed record NotifierRouting(RouteTree Routes, IReadOnlyDictionary<(string Receiver, string Channel), ChannelSettings> Channels)
{
    /// <summary>What is sound in the file and yet may not be meant, or is not read here.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Time for which an alert of others that names no end fires.</summary>
    public TimeSpan ResolveTimeout { get; init; } = ReceivedAlert.ResolveTimeout;

    /// <summary>The routes as others may read them.</summary>
    public string Original { get; init; } = PublicRouting.OfDefault(DefaultReceiver);

    /// <summary>What the journal has of it.</summary>
    public RoutingInForce InForce => new() { Original = Original, ResolveTimeoutMs = (long)ResolveTimeout.TotalMilliseconds };

    /// <summary>The policies by which alerts start actions, in the order of the file.</summary>
    public IReadOnlyList<RemediationPolicy> Policies { get; init; } = [];

    /// <summary>How to reach the webhooks of policies, by the names of these.</summary>
    public IReadOnlyDictionary<string, WebhookSettings> ActionWebhooks { get; init; } =
        FrozenDictionary<string, WebhookSettings>.Empty;

    /// <summary>The name of the one receiver without a routing file.</summary>
    public const string DefaultReceiver = "default";

    /// <summary>
    /// The routing of a routing file, or without one: everything to the console and the webhook of the options, grouped by model and alert
    /// name.
    /// </summary>
    /// <returns>The routing, or null and everything that is wrong.</returns>
    public static NotifierRouting? Of(NotifierOptions options, out IReadOnlyList<string> errors)
    {
        if (options.RoutingFile is not { Length: > 0 } file) return Default(options, out errors);
        if (YamlText.Read(file, out var unreadable) is not { } text)
        {
            errors = [$"Notifier:RoutingFile {unreadable}"];
            return null;
        }

        var routing = RoutingFile.Parse(text, file, out var wrong);
        if (routing is not null && options.Kubernetes is not { Length: > 0 }
            && routing.Policies.FirstOrDefault(ActsOnKubernetes) is { } homeless)
        {
            errors = [$"Notifier:Kubernetes is not set, and the action '{homeless.Name}' in {file} needs it: write in-cluster, the path of "
                + "a kubeconfig, or mode: dry_run in the action"];
            return null;
        }

        errors = [.. wrong.Select(error => $"Notifier:RoutingFile {error}")];
        return routing;
    }

    /// <summary>A notification as its channel gets it; see <see cref="ChannelSettings.Fit"/>.</summary>
    public IEnumerable<Notification> Fit(Notification notification) =>
        (Channels.GetValueOrDefault((notification.Receiver, notification.Channel)) ?? new ConsoleSettings(SendResolved: true))
        .Fit(notification);

    private static bool ActsOnKubernetes(RemediationPolicy policy) =>
        policy.Remedy.Kind == RemedyKind.Kubernetes && policy.Mode != RemediationMode.DryRun;

    private static NotifierRouting? Default(NotifierOptions options, out IReadOnlyList<string> errors)
    {
        var wrong = new List<string>();
        var channels = new Dictionary<(string, string), ChannelSettings>
            { [(DefaultReceiver, "console/0")] = new ConsoleSettings(SendResolved: true) };
        if (options.WebhookUrl is { Length: > 0 } text)
        {
            if (UrlText.Parse(text) is { } url)
                channels[(DefaultReceiver, "webhook/0")] = new WebhookSettings(SendResolved: true, url, MaxAlerts: 0, Timeout: null);
            else wrong.Add($"Notifier:WebhookUrl: {UrlText.Form}");
        }

        var route = new RouteConfig
        {
            Receiver = DefaultReceiver,
            GroupBy = ["model", "alertname"],
            GroupWait = Duration(options.GroupWait, nameof(options.GroupWait), orZero: true),
            CriticalWait = Duration(options.GroupWait, nameof(options.GroupWait), orZero: true),
            GroupInterval = Duration(options.GroupInterval, nameof(options.GroupInterval), orZero: false),
            RepeatInterval = Duration(options.RepeatInterval, nameof(options.RepeatInterval), orZero: false),
        };
        errors = wrong;
        if (wrong.Count > 0) return null;
        var receiver = new ReceiverConfig(
            DefaultReceiver, [.. channels.Select(channel => channel.Value.InPipeline(channel.Key.Item2))]);
        return new NotifierRouting(new RouteTree(new RoutingConfig(route, [receiver])), channels);

        TimeSpan Duration(string value, string setting, bool orZero)
        {
            if (!DurationText.TryParse(value, out var duration) || (duration == TimeSpan.Zero && !orZero))
                wrong.Add($"Notifier:{setting} is '{value}': {DurationText.Form}{(orZero ? "" : ", above 0s")}");
            return duration;
        }
    }
}
