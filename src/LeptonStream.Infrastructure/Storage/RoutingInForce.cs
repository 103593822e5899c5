using LeptonStream.Alerting.Received;

namespace LeptonStream.Storage;

/// <summary>What the notifier lets others know of its routing: the journal's one row of <c>routing_in_force</c>.</summary>
public sealed class RoutingInForce
{
    /// <summary>Reads it; no row where no notifier of this version has started yet.</summary>
    public const string Select = "select original, resolve_timeout_ms from routing_in_force";

    /// <summary>Writes it.</summary>
    public const string Upsert =
        """
        insert into routing_in_force (name, original, resolve_timeout_ms) values ('routing', @Original, @ResolveTimeoutMs)
        on conflict (name) do update set original = excluded.original, resolve_timeout_ms = excluded.resolve_timeout_ms
        """;

    /// <summary>The routes in Alertmanager's words, without the settings of channels.</summary>
    public string Original { get; init; } = "";

    /// <summary>Milliseconds for which an alert without an end fires.</summary>
    public long ResolveTimeoutMs { get; init; } = (long)ReceivedAlert.ResolveTimeout.TotalMilliseconds;

    /// <summary>Time for which an alert without an end fires.</summary>
    public TimeSpan ResolveTimeout => TimeSpan.FromMilliseconds(ResolveTimeoutMs);
}
