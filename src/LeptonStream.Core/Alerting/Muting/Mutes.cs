using System.Collections.Frozen;
using LeptonStream.Alerting.Flapping;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Muting;

/// <summary>What a flush must know from outside its groups: what people silenced, and the alerts that inhibit others.</summary>
/// <param name="Silences">The silences; those that do not hold at the time of the flush do nothing.</param>
/// <param name="Inhibitor">The alerts that fire, wherever they are routed.</param>
public sealed record Mutes(IReadOnlyList<Silence> Silences, Inhibitor Inhibitor)
{
    /// <summary>
    /// Who acknowledged an alert, by the alert's id. An acknowledged alert is not repeated while nothing changes; it hides no change.
    /// </summary>
    /// <value>The default value is empty.</value>
    public IReadOnlyDictionary<string, string> Acknowledged { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Times of planned work; those that do not hold at the time of the flush do nothing.</summary>
    /// <value>The default value is empty.</value>
    public IReadOnlyList<MaintenanceWindow> Maintenance { get; init; } = [];

    /// <summary>The alerts that flap, by <see cref="FlapState.KeyOf"/>, each with the time since which it does.</summary>
    /// <value>The default value is empty.</value>
    public IReadOnlyDictionary<Fingerprint, Timestamp> Flapping { get; init; } = FrozenDictionary<Fingerprint, Timestamp>.Empty;

    /// <summary>The actions that did not help, by the ids of the alerts that fire on; their notifications say so.</summary>
    /// <value>The default value is empty.</value>
    public IReadOnlyDictionary<string, FailedAction> FailedActions { get; init; } = FrozenDictionary<string, FailedAction>.Empty;

    /// <summary>Nothing is silenced, nothing inhibits.</summary>
    public static readonly Mutes None = new([], new Inhibitor([]));

    /// <summary>
    /// The members of a group that may be sent. The stages are Alertmanager's, in its order: inhibition, active times, mute times,
    /// silences; each sees what those before it left. Alerts that are over pass them like those that fire. Planned work comes
    /// before the silences; of alerts that were sent before it lets pass the end, and those that somebody works on.
    /// Behind them all, one that flaps passes once, with the annotation that says so.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="members">Its members, in the order in which they are sent.</param>
    /// <param name="schedule">The times of the group's route.</param>
    /// <param name="now">The time of the flush.</param>
    /// <param name="suppressed">Takes the others, each with its cause.</param>
    internal GroupedAlert[] Pass(
        AlertGroupState group, IReadOnlyList<GroupedAlert> members, RouteSchedule schedule, Timestamp now, List<Suppression> suppressed)
    {
        var (timeCause, intervals) = schedule.MutedAt(now);
        var silences = Silences.Where(silence => silence.IsActive(now)).ToArray();
        var windows = Maintenance.Where(window => window.IsActive(now)).ToArray();
        var passed = new List<GroupedAlert>(members.Count);
        foreach (var alert in members)
        {
            if (Inhibitor.InhibitingOf(alert.AlertId, alert.Labels) is { } source) Suppress(alert, SuppressionCause.Inhibition, [source]);
            else if (timeCause is { } cause) Suppress(alert, cause, intervals);
            else if (WindowsOf(group, alert, windows) is { Length: > 0 } names) Suppress(alert, SuppressionCause.Maintenance, names);
            else if (SilencesOf(alert, silences) is { Length: > 0 } ids) Suppress(alert, SuppressionCause.Silence, ids);
            else if (FlapsSince(alert) is not { } since) passed.Add(WithFailure(alert));
            else if (WasNotified(group, alert, since)) Suppress(alert, SuppressionCause.Flapping, [since.ToString()]);
            else passed.Add(WithFailure(alert with { Annotations = alert.Annotations.With((FlapState.Annotation, since.ToString())) }));
        }

        return [.. passed];

        void Suppress(GroupedAlert alert, SuppressionCause cause, IReadOnlyList<string> by) =>
            suppressed.Add(new Suppression(group, alert, cause, by));
    }

    /// <summary>Whether a repetition must not be sent, since somebody works on each alert that fires.</summary>
    /// <param name="group">The group.</param>
    /// <param name="members">Its members that may be sent.</param>
    /// <param name="suppressed">Takes them, each with who acknowledged it, where the repetition is not sent.</param>
    internal bool HoldRepetition(AlertGroupState group, IReadOnlyList<GroupedAlert> members, List<Suppression> suppressed)
    {
        if (!members.All(alert => alert.IsResolved || Acknowledged.ContainsKey(alert.AlertId))) return false;
        var known = suppressed.Where(one => one.Group == group).Select(one => one.Alert.Fingerprint).ToHashSet();
        suppressed.AddRange(members.Where(alert => !alert.IsResolved && !known.Contains(alert.Fingerprint))
            .Select(alert => new Suppression(group, alert, SuppressionCause.Acknowledgement, [Acknowledged[alert.AlertId]])));
        return true;
    }

    /// <summary>Why no action may start against an alert that fires, whatever its routes are; null where one may.</summary>
    /// <param name="alertId">The alert.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="now">The time.</param>
    public SuppressionCause? HoldingBack(string alertId, LabelSet labels, Timestamp now)
    {
        if (Acknowledged.ContainsKey(alertId)) return SuppressionCause.Acknowledgement;
        if (Inhibitor.InhibitingOf(alertId, labels) is not null) return SuppressionCause.Inhibition;
        if (Maintenance.Any(window => window.IsActive(now) && window.Covers(labels))) return SuppressionCause.Maintenance;
        return Silences.Any(silence => silence.IsActive(now) && silence.Covers(labels)) ? SuppressionCause.Silence : null;
    }

    private GroupedAlert WithFailure(GroupedAlert alert) =>
        !alert.IsResolved && FailedActions.TryGetValue(alert.AlertId, out var failed)
            ? alert with { Annotations = failed.Annotate(alert.Annotations) }
            : alert;

    private Timestamp? FlapsSince(GroupedAlert alert) =>
        Flapping.Count > 0 && Flapping.TryGetValue(FlapState.KeyOf(alert.Labels), out var since) ? since : null;

    private static bool WasNotified(AlertGroupState group, GroupedAlert alert, Timestamp since) =>
        group.Notified.Values.Any(entry => entry.At >= since && entry.HasFiring(alert.Fingerprint));

    private string[] WindowsOf(AlertGroupState group, GroupedAlert alert, MaintenanceWindow[] windows)
    {
        if (windows.Length == 0) return [];
        // An acknowledgement hides nothing that was sent, and causes no first notification.
        var canPass = alert.IsResolved || Acknowledged.ContainsKey(alert.AlertId);
        if (canPass && group.Notified.Values.Any(entry => entry.HasFiring(alert.Fingerprint))) return [];
        return [.. windows.Where(window => window.Covers(alert.Labels)).Select(window => window.Name)];
    }

    private static string[] SilencesOf(GroupedAlert alert, Silence[] silences) =>
        [.. silences.Where(silence => silence.Covers(alert.Labels)).Select(silence => silence.Id).Order(StringComparer.Ordinal)];
}
