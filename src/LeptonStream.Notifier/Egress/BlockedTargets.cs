using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Heartbeats;
using LeptonStream.Notifier.Routing;

namespace LeptonStream.Notifier.Egress;

/// <summary>Finds, before the first page, the channels and watchers that the guard will let nobody reach.</summary>
internal static class BlockedTargets
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A sentence for each, which names the setting that would allow it.</summary>
    /// <param name="routing">The channels, and the webhooks of actions.</param>
    /// <param name="options">Allowed targets, proxy and watchers.</param>
    /// <param name="stop">Ends the question.</param>
    public static async Task<IReadOnlyList<string>> Of(NotifierRouting routing, NotifierOptions options, CancellationToken stop)
    {
        var guard = new EgressGuard(AllowedTargets.Parse(options.AllowedTargets, out _));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        var asked = await Task.WhenAll(All(routing, options).Select(target => Ask(guard, target, limit.Token)));
        return [.. asked.OfType<string>()];
    }

    private static async Task<string?> Ask(EgressGuard guard, Target target, CancellationToken stop)
    {
        try
        {
            return await guard.WhyBlocked(target.Host, target.IsBehindProxy, stop) is { } why ? $"{target.Name}: {why}" : null;
        }
        catch (OperationCanceledException)
        {
            // A server of names that is slow: the first page will know.
            return null;
        }
    }

    private static IEnumerable<Target> All(NotifierRouting routing, NotifierOptions options)
    {
        var hasProxy = options.ProxyUrl is { Length: > 0 };
        foreach (var ((receiver, channel), settings) in routing.Channels)
            if (settings.ConnectsTo is { } host) yield return new($"{receiver}, {channel}", host, IsProxied(settings, hasProxy));
        foreach (var (name, webhook) in routing.ActionWebhooks)
            yield return new($"action {name}", webhook.ConnectsTo, IsProxied(webhook, hasProxy));
        foreach (var watcher in HeartbeatTarget.Of(options, []))
            yield return new($"heartbeat {watcher.Name}", watcher.Url.IdnHost, hasProxy);
    }

    private static bool IsProxied(ChannelSettings settings, bool hasProxy) =>
        settings is HttpChannelSettings http && (hasProxy || http.Http.Proxy is not null);

    private readonly record struct Target(string Name, string Host, bool IsBehindProxy);
}
