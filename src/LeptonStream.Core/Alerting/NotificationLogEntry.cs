using LeptonStream.Samples;

namespace LeptonStream.Alerting;

/// <summary>The last notification of a channel about a group.</summary>
/// <param name="Firing">The alerts that it was notified of as firing.</param>
/// <param name="Resolved">The alerts that it was notified of as over.</param>
/// <param name="At">When.</param>
public sealed record NotificationLogEntry(IReadOnlyList<Fingerprint> Firing, IReadOnlyList<Fingerprint> Resolved, Timestamp At)
{
    private HashSet<Fingerprint>? _firing;
    private HashSet<Fingerprint>? _owed;

    /// <summary>
    /// The alerts that it was notified of as firing by notifications before the last one, which left them out, and whose end it has not
    /// got; null where there are none.
    /// </summary>
    public IReadOnlyList<Fingerprint>? Owed
    {
        get;
        init => (field, _owed) = (value, null);
    }

    /// <summary>Whether an action failed since, which the channel must learn; null where none did.</summary>
    public bool? ActionFailed { get; init; }

    /// <summary>Whether something critical was among those that fire; null where nothing was.</summary>
    public bool? HasCritical { get; init; }

    /// <summary>The part of it that the channel refused, which is tried again; null where it refused nothing.</summary>
    public RefusedNotice? Refused { get; init; }

    /// <summary>
    /// Whether the last notification had an alert as firing. A group may hold a hundred thousand, each of which is asked for.
    /// </summary>
    public bool HasFiring(Fingerprint alert) => (_firing ??= [.. Firing]).Contains(alert);

    /// <summary>Whether the channel believes that an alert fires, and is owed its end.</summary>
    public bool IsOwed(Fingerprint alert) => HasFiring(alert) || (Owed is { } owed && (_owed ??= [.. owed]).Contains(alert))
        || Refused?.Ended.Any(ended => ended.Fingerprint == alert) is true;

    /// <summary>The entry without some of the alerts that fire: they count as not sent, and their end is owed.</summary>
    /// <param name="alerts">The alerts.</param>
    public NotificationLogEntry Forget(IReadOnlySet<Fingerprint> alerts)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        if (!Firing.Any(alerts.Contains)) return this;
        return new([.. Firing.Where(alert => !alerts.Contains(alert))], Resolved, At)
        {
            Owed = [.. Firing.Where(alerts.Contains).Union(Owed ?? [])],
            ActionFailed = ActionFailed,
            HasCritical = HasCritical,
            Refused = Refused,
        };
    }

    /// <summary>The entry where nothing that was refused counts as sent.</summary>
    internal NotificationLogEntry Undelivered() => Refused is { IsLast: true } ? Forget(Firing.ToHashSet()) : this;
}

/// <summary>A channel refused notifications of a group for good; their content is tried again.</summary>
/// <param name="TryAgainAt">Time from which it is.</param>
/// <param name="IsLast">Whether the last notification is among them: no alert that fires counts as sent then.</param>
/// <param name="Ended">The ends that it has not got.</param>
public sealed record RefusedNotice(Timestamp TryAgainAt, bool IsLast, IReadOnlyList<GroupedAlert> Ended);
