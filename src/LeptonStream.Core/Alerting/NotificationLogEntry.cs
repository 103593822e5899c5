using LeptonStream.Samples;

namespace LeptonStream.Alerting;

/// <summary>The last notification of a channel about a group.</summary>
/// <param name="Firing">The alerts that it was notified of as firing.</param>
/// <param name="Resolved">The alerts that it was notified of as over.</param>
/// <param name="At">When.</param>
public sealed record NotificationLogEntry(IReadOnlyList<Fingerprint> Firing, IReadOnlyList<Fingerprint> Resolved, Timestamp At)
{
    private HashSet<Fingerprint>? _firing;

    /// <summary>Whether an action failed since, which the channel must learn; null where none did.</summary>
    public bool? ActionFailed { get; init; }

    /// <summary>Whether something critical was among those that fire; null where nothing was.</summary>
    public bool? HasCritical { get; init; }

    /// <summary>
    /// Whether the channel was notified of an alert as firing. A group may hold a hundred thousand, each of which is asked for.
    /// </summary>
    public bool HasFiring(Fingerprint alert) => (_firing ??= [.. Firing]).Contains(alert);
}
