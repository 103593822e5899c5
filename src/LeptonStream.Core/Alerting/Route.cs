using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>One route of a <see cref="RouteTree"/>, with everything inherited filled in.</summary>
public sealed record Route
{
    /// <summary>
    /// The matchers from the root to here, in Alertmanager's notation: <c>{}/{severity="critical"}</c>. The same key may occur with another
    /// receiver.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>The receiver that is notified.</summary>
    public required ReceiverConfig Receiver { get; init; }

    /// <summary>The matchers of this route; an alert must fulfil all of them.</summary>
    public required IReadOnlyList<Matcher> Matchers { get; init; }

    /// <summary>The labels of a group; null means all.</summary>
    public required IReadOnlyList<string>? GroupBy { get; init; }

    /// <summary>Whether it, or a route above, asks for alerts by their <c>alertname</c> or <c>kind</c>.</summary>
    public required bool AsksByKind { get; init; }

    /// <summary>Whether it, or a route above, asks for alerts by their <c>severity</c>.</summary>
    public required bool AsksBySeverity { get; init; }

    /// <summary>Whether the siblings behind it are tried too.</summary>
    public required bool Continue { get; init; }

    /// <summary>Time for which a new group gathers alerts before its first notification.</summary>
    public required TimeSpan GroupWait { get; init; }

    /// <summary>Time for which a notified group waits before its changes are sent.</summary>
    public required TimeSpan GroupInterval { get; init; }

    /// <summary>
    /// Longest wait of the first critical alert of a group that was notified of others; null where it waits for the group interval, as in
    /// Alertmanager.
    /// </summary>
    public TimeSpan? CriticalWait { get; init; }

    /// <summary>After which time an unchanged group that still fires is sent again.</summary>
    public required TimeSpan RepeatInterval { get; init; }

    /// <summary>Period of the digests in which it sends what can wait; null where it sends everything by itself.</summary>
    public TimeSpan? Digest { get; init; }

    /// <summary>Whether something critical waits for the digest, too.</summary>
    public bool DigestCritical { get; init; }

    /// <summary>When it sends.</summary>
    public required RouteSchedule Schedule { get; init; }

    /// <summary>The labels of the route and its parents.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>The steps of its escalation, in the order of their times.</summary>
    public IReadOnlyList<EscalationStep> Escalation { get; init; } = [];

    /// <summary>The routes below, tried in order.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>The labels of the group in which an alert with these labels belongs.</summary>
    public LabelSet GroupLabelsOf(LabelSet labels) =>
        GroupBy is null ? labels : LabelSet.Of(labels.Where(label => GroupBy.Contains(label.Key)));
}
