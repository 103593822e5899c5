using LeptonStream.Samples;

namespace LeptonStream.Alerting;

/// <summary>
/// Why a channel is notified of its group now, or that it is not; <see cref="NotifyReasons.TextOf"/> gives Alertmanager's words for it.
/// </summary>
public enum NotifyReason
{
    /// <summary><c>none</c>: nothing changed, or nothing that this channel knows of.</summary>
    None = 0,

    /// <summary><c>first notification</c>: something fires and the channel believes that nothing does.</summary>
    FirstNotification = 1,

    /// <summary><c>new alerts added</c>: something fires that was not in the last notification.</summary>
    NewAlerts = 2,

    /// <summary><c>some alerts resolved</c>: something is over, something else still fires.</summary>
    SomeResolved = 3,

    /// <summary><c>all alerts resolved</c>: everything that the channel was notified of is over.</summary>
    AllResolved = 4,

    /// <summary><c>repeat interval elapsed</c>: nothing changed, but it still fires and the last notification is old.</summary>
    RepeatInterval = 5,

    /// <summary><c>action failed</c>: nothing changed, but an action against an alert did not help. Not Alertmanager's word.</summary>
    ActionFailed = 6,

    /// <summary><c>digest</c>: several notifications in one.</summary>
    Digest = 7,
}

/// <summary>The decision whether to notify a channel about its group, and its reason in words.</summary>
public static class NotifyReasons
{
    /// <summary>The value of <c>notification_reason</c> in a webhook's payload, as Alertmanager writes it.</summary>
    public static string TextOf(NotifyReason reason) => reason switch
    {
        NotifyReason.None => "none",
        NotifyReason.FirstNotification => "first notification",
        NotifyReason.NewAlerts => "new alerts added",
        NotifyReason.SomeResolved => "some alerts resolved",
        NotifyReason.AllResolved => "all alerts resolved",
        NotifyReason.RepeatInterval => "repeat interval elapsed",
        NotifyReason.ActionFailed => "action failed",
        NotifyReason.Digest => "digest",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>
    /// Decides what is new for a channel. The order of the questions is Alertmanager's; it matters where several answers are yes.
    /// </summary>
    /// <param name="last">The last notification of the channel, or null where it never had one of this group.</param>
    /// <param name="firing">Fingerprints of the alerts that fire in the group now.</param>
    /// <param name="resolved">Fingerprints of the alerts that are over and still in the group.</param>
    /// <param name="sendResolved">Whether the channel wants to hear of resolved alerts.</param>
    /// <param name="repeatInterval">Greatest age of the last notification while nothing changes.</param>
    /// <param name="now">The time of this flush.</param>
    public static NotifyReason Decide(
        NotificationLogEntry? last,
        IReadOnlySet<Fingerprint> firing,
        IReadOnlySet<Fingerprint> resolved,
        bool sendResolved,
        TimeSpan repeatInterval,
        Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(firing);
        ArgumentNullException.ThrowIfNull(resolved);

        // Never notified: an alert that began and ended unseen stays unseen.
        if (last is null) return firing.Count > 0 ? NotifyReason.FirstNotification : NotifyReason.None;

        // After a full resolution the next alert opens a new story, whatever the log still holds.
        if (!firing.IsSubsetOf(last.Firing)) return last.Firing.Count == 0 ? NotifyReason.FirstNotification : NotifyReason.NewAlerts;

        // Decided even for a channel that does not want resolves: its log must be cleared, or the next alert would look like an old one.
        if (firing.Count == 0) return last.Firing.Count > 0 || resolved.Any(last.IsOwed) ? NotifyReason.AllResolved : NotifyReason.None;

        if (sendResolved && !resolved.IsSubsetOf(last.Resolved)) return NotifyReason.SomeResolved;

        if (last.ActionFailed is true) return NotifyReason.ActionFailed;

        return last.At + repeatInterval <= now ? NotifyReason.RepeatInterval : NotifyReason.None;
    }
}
