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
    /// Who acknowledged an alert, by the alert's id. An acknowledged alert is not repeated while nothing changes; it hides no change, and
    /// the messages that it is in say who works on it. Who took a lesser alert in hand than it is now is not among them.
    /// </summary>
    /// <value>The default value is empty.</value>
    public IReadOnlyDictionary<string, CareTaken> Acknowledged { get; init; } = FrozenDictionary<string, CareTaken>.Empty;

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
    /// silences; each sees what those before it left. Planned work comes before the silences; of alerts that were sent before it lets
    /// pass those that somebody works on. The end of an alert that was sent as firing passes them all, unless the same alert fires on
    /// under other labels, which are held. Behind them, one that flaps passes once, with the annotation that says so.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="members">Its members, in the order in which they are sent.</param>
    /// <param name="schedule">The times of the group's route.</param>
    /// <param name="now">The time of the flush.</param>
    /// <param name="suppressed">Takes the others, each with its cause.</param>
    internal GroupedAlert[] Pass(
        AlertGroupState group, IReadOnlyList<GroupedAlert> members, RouteSchedule schedule, Timestamp now, List<Suppression> suppressed)
    {
        var stages = new Stages(this, group, schedule.MutedAt(now),
            [.. Maintenance.Where(window => window.IsActive(now))], [.. Silences.Where(silence => silence.IsActive(now))]);
        var causes = members.Select(stages.HoldingBack).ToArray();
        var held = members.Zip(causes).Where(member => !member.First.IsResolved && member.Second is not null)
            .ToLookup(member => member.First.AlertId, member => member.Second);
        var passed = new List<GroupedAlert>(members.Count);
        foreach (var (alert, cause) in members.Zip(causes))
        {
            var isOwedEnd = alert.IsResolved && IsOwed(group, alert);
            if ((isOwedEnd ? held[alert.AlertId].FirstOrDefault() : cause) is { } found)
                suppressed.Add(new(group, alert, found.Cause, found.By));
            else if (FlapsSince(alert) is not { } since) passed.Add(Annotated(alert));
            else if (WasNotified(group, alert, since))
                suppressed.Add(new(group, alert, SuppressionCause.Flapping, [since.ToString()]));
            else passed.Add(Annotated(alert with { Annotations = alert.Annotations.With((FlapState.Annotation, since.ToString())) }));
        }

        return [.. passed];
    }

    /// <summary>Whether a channel of the group believes that an alert fires.</summary>
    internal static bool IsOwed(AlertGroupState group, GroupedAlert alert) =>
        group.Notified.Values.Any(entry => entry.IsOwed(alert.Fingerprint));

    /// <summary>Whether a repetition must not be sent, since somebody works on each alert that fires.</summary>
    /// <param name="group">The group.</param>
    /// <param name="members">Its members that may be sent.</param>
    /// <param name="suppressed">Takes them, each with who acknowledged it, where the repetition is not sent.</param>
    internal bool HoldRepetition(AlertGroupState group, IReadOnlyList<GroupedAlert> members, List<Suppression> suppressed)
    {
        if (!members.All(alert => alert.IsResolved || Acknowledged.ContainsKey(alert.AlertId))) return false;
        var known = suppressed.Where(one => one.Group == group).Select(one => one.Alert.Fingerprint).ToHashSet();
        suppressed.AddRange(members.Where(alert => !alert.IsResolved && !known.Contains(alert.Fingerprint))
            .Select(alert => new Suppression(group, alert, SuppressionCause.Acknowledgement, [Acknowledged[alert.AlertId].By])));
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

    // News of an alert that fires, since its last event: who works on it, and an action that did not help.
    private GroupedAlert Annotated(GroupedAlert alert)
    {
        if (alert.IsResolved) return alert;
        var annotations = alert.Annotations;
        if (Acknowledged.TryGetValue(alert.AlertId, out var care)) annotations = care.Annotate(annotations);
        if (FailedActions.TryGetValue(alert.AlertId, out var failed)) annotations = failed.Annotate(annotations);
        return alert with { Annotations = annotations };
    }

    private Timestamp? FlapsSince(GroupedAlert alert) =>
        Flapping.Count > 0 && Flapping.TryGetValue(FlapState.KeyOf(alert.Labels), out var since) ? since : null;

    // One that was refused was not notified.
    private static bool WasNotified(AlertGroupState group, GroupedAlert alert, Timestamp since) =>
        group.Notified.Values.Any(entry => entry.At >= since && entry.Refused is not { IsLast: true } && entry.IsOwed(alert.Fingerprint));

    // Everything that may hold an alert back but for flapping, as it is in one flush of a group.
    private sealed record Stages(Mutes Mutes, AlertGroupState Group, (SuppressionCause? Cause, IReadOnlyList<string> Intervals) Times,
        MaintenanceWindow[] Windows, Silence[] Silences)
    {
        public (SuppressionCause Cause, IReadOnlyList<string> By)? HoldingBack(GroupedAlert alert)
        {
            if (Mutes.Inhibitor.InhibitingOf(alert.AlertId, alert.Labels) is { } source) return (SuppressionCause.Inhibition, [source]);
            if (Times.Cause is { } cause) return (cause, Times.Intervals);
            if (WindowsOf(alert) is { Length: > 0 } names) return (SuppressionCause.Maintenance, names);
            return SilencesOf(alert) is { Length: > 0 } ids ? (SuppressionCause.Silence, ids) : null;
        }

        private string[] WindowsOf(GroupedAlert alert)
        {
            if (Windows.Length == 0) return [];
            // An acknowledgement hides nothing that was sent, and causes no first notification.
            if (Mutes.Acknowledged.ContainsKey(alert.AlertId) && IsOwed(Group, alert)) return [];
            return [.. Windows.Where(window => window.Covers(alert.Labels)).Select(window => window.Name)];
        }

        private string[] SilencesOf(GroupedAlert alert) =>
            [.. Silences.Where(silence => silence.Covers(alert.Labels)).Select(silence => silence.Id).Order(StringComparer.Ordinal)];
    }
}
