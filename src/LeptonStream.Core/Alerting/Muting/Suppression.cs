namespace LeptonStream.Alerting.Muting;

/// <summary>
/// What kept an alert out of its group's notifications; <see cref="SuppressionCauses.NameOf"/> gives Alertmanager's words.
/// </summary>
public enum SuppressionCause
{
    /// <summary><c>inhibition</c>: another alert fires.</summary>
    Inhibition = 0,

    /// <summary><c>active_time_interval</c>: the route is outside the times in which it sends.</summary>
    InactiveTime = 1,

    /// <summary><c>mute_time_interval</c>: the route is in a time in which it does not send.</summary>
    MuteTime = 2,

    /// <summary><c>silence</c>: somebody asked for it.</summary>
    Silence = 3,

    /// <summary><c>acknowledgement</c>: somebody works on it, and nothing but the repeat interval asks for a notification.</summary>
    Acknowledgement = 4,

    /// <summary><c>maintenance</c>: planned work.</summary>
    Maintenance = 5,

    /// <summary><c>flapping</c>: it opens again and again, and its receiver knows.</summary>
    Flapping = 6,
}

/// <summary>The names of causes.</summary>
public static class SuppressionCauses
{
    /// <summary>All names.</summary>
    public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<SuppressionCause>().Select(NameOf)];

    /// <summary>The cause as Alertmanager writes it, which knows no acknowledgement, maintenance or flapping.</summary>
    public static string NameOf(SuppressionCause cause) => cause switch
    {
        SuppressionCause.Inhibition => "inhibition",
        SuppressionCause.InactiveTime => "active_time_interval",
        SuppressionCause.MuteTime => "mute_time_interval",
        SuppressionCause.Silence => "silence",
        SuppressionCause.Acknowledgement => "acknowledgement",
        SuppressionCause.Maintenance => "maintenance",
        SuppressionCause.Flapping => "flapping",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };
}

/// <summary>An alert that was left out of a flush of its group: who was not notified, and why.</summary>
/// <param name="Group">The group.</param>
/// <param name="Alert">The alert as the group had it.</param>
/// <param name="Cause">The kind of cause.</param>
/// <param name="By">Ids of the silences, the id of the inhibiting alert, the names of the intervals or windows, who
/// acknowledged it, or the time since which it flaps.</param>
public sealed record Suppression(AlertGroupState Group, GroupedAlert Alert, SuppressionCause Cause, IReadOnlyList<string> By);
