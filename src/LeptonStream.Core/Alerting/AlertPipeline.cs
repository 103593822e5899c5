using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// The way of one alert from the alerts topic to the people who are notified of it. Pure: the state is the <see cref="AlertGroups"/> that
/// are handed in, the time is an argument, and nothing is sent here.
/// </summary>
/// <remarks>
/// The rules are Alertmanager's (dispatch, deduplication, notification log), with two additions: critical_wait, and where a firing alert
/// was sent, its end is sent too, even when the alert changes its labels and with them its group, the routes change while it fires, or it
/// is muted when it ends.
/// <para>An event comes in (<see cref="OnAlert"/>):</para>
/// <list type="number">
/// <item>its labels choose the routes, and the routes its groups;</item>
/// <item>wherever else the alert still fires, it ends;</item>
/// <item>in its groups it is added or renewed; a new group gathers for a while (group_wait) before its first flush. Where the route has a
/// critical_wait, the first critical alert of a group waits no longer than that.</item>
/// </list>
/// <para>Time passes (<see cref="OnTick"/>), for each group whose flush is due:</para>
/// <list type="number">
/// <item value="4">the next flush is set (group_interval), whatever comes of this one;</item>
/// <item>the members are what fires and what is over; those that are inhibited, outside the route's times or silenced are left out, each
/// with its cause (<see cref="Mutes"/>), and where none is left nothing is sent;</item>
/// <item>for each channel of the receiver: is there anything new for it, and why (<see cref="NotifyReasons.Decide"/>)? What somebody works
/// on is not repeated;</item>
/// <item>if so: the notification is made and the channel's log entry says what it got; escalation steps will hang on this
/// entry;</item>
/// <item>what is over leaves the group, sent or not, but for an end that is owed and held; an empty group goes.</item>
/// </list>
/// <para>A channel refuses a notification for good (<see cref="OnRefused"/>): its alerts count as not sent, and its ends stay with the log
/// entry until a later flush tries them again.</para>
/// </remarks>
public sealed partial class AlertPipeline(RouteTree routes)
{
    /// <summary>How long after its beginning an alert is notified with the texts of its opening.</summary>
    private static readonly TimeSpan OpeningIsNews = TimeSpan.FromMinutes(5);

    /// <summary>Takes one event.</summary>
    /// <param name="groups">At least the groups of <paramref name="targets"/> and those that hold the alert; changed in place.</param>
    /// <param name="alert">The event.</param>
    /// <param name="targets">The groups in which it belongs, as <see cref="TargetsOf"/> tells; not asked for where the event ends its
    /// alert, or only shows its progress.</param>
    /// <param name="publishedAt">Time at which it was written to the topic. Waiting counts from then and not from the onset,
    /// which always lies before detection.</param>
    /// <param name="now">The time.</param>
    public static void OnAlert(AlertGroups groups, AlertEvent alert, IReadOnlyList<GroupTarget> targets, Timestamp publishedAt,
        Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(alert);
        ArgumentNullException.ThrowIfNull(targets);

        if (alert.Type == AlertEventType.Resolved)
        {
            End(groups, groups.Holding(alert.AlertId), alert.DetectedAt, EndedTexts.Annotate(alert.Annotations, alert.EndedReason));
            return;
        }

        if (alert.IsProgress)
        {
            Refresh(groups, alert);
            return;
        }

        Place(groups, GroupedAlert.Of(alert), targets, alert.DetectedAt, publishedAt, now);
    }

    /// <summary>Ends an alert that a person closed, wherever it fires.</summary>
    /// <param name="groups">At least the groups that hold the alert; changed in place.</param>
    /// <param name="alertId">The alert.</param>
    /// <param name="by">Who closed it: its last notification says so.</param>
    /// <param name="at">Time of the closing.</param>
    public static void Close(AlertGroups groups, string alertId, string by, Timestamp at)
    {
        ArgumentNullException.ThrowIfNull(groups);
        EndEverywhere(groups, alertId, at, annotations => EndedTexts.AnnotateClosed(annotations, by));
    }

    /// <summary>Notifies more people of an alert: it enters the groups of an escalation's step, too, whose flush is due at once.</summary>
    /// <param name="groups">At least the groups that hold the alert and those of the step; changed in place.</param>
    /// <param name="alertId">The alert; where it fires no more nothing happens.</param>
    /// <param name="routes">The routes of the step.</param>
    /// <param name="now">The time.</param>
    public static void Escalate(AlertGroups groups, string alertId, IReadOnlyList<Route> routes, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(routes);
        if (groups.Holding(alertId).Select(place => place.Alert).FirstOrDefault(alert => !alert.IsResolved) is not { } alert) return;
        foreach (var target in routes.Select(route => new GroupTarget(route, route.GroupLabelsOf(alert.Labels))))
        {
            if (!groups.TryGet(target.GroupId, out var group)) groups.Add(group = target.NewGroup(now));
            if (group.NextFlush > now) group.NextFlush = now;
            groups.Put(group, alert);
        }
    }

    /// <summary>An action against an alert failed: every channel that was notified of it is notified again, at once.</summary>
    /// <param name="groups">At least the groups that hold the alert; changed in place.</param>
    /// <param name="alertId">The alert; where it fires no more nothing happens.</param>
    /// <param name="now">The time.</param>
    public static void ActionFailed(AlertGroups groups, string alertId, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(groups);
        foreach (var (group, alert) in groups.Holding(alertId).Where(place => !place.Alert.IsResolved))
        {
            foreach (var (channel, last) in group.Notified.Where(entry => entry.Value.HasFiring(alert.Fingerprint)).ToArray())
                group.Notified[channel] = last with { ActionFailed = true };
            group.NextFlush = now;
        }
    }

    /// <summary>Ends an alert of which nothing was heard for long, wherever it fires.</summary>
    /// <param name="groups">At least the groups that hold the alert; changed in place.</param>
    /// <param name="alertId">The alert.</param>
    /// <param name="at">The time.</param>
    public static void Expire(AlertGroups groups, string alertId, Timestamp at)
    {
        ArgumentNullException.ThrowIfNull(groups);
        EndEverywhere(groups, alertId, at, EndedTexts.AnnotateStale);
    }

    /// <summary>Lets time pass: looks at every group whose flush is due.</summary>
    /// <param name="groups">At least the groups that are due, each with all its members; changed in place.</param>
    /// <param name="mutes">What must not be sent now.</param>
    /// <param name="now">The time.</param>
    public TickOutcome OnTick(AlertGroups groups, Mutes mutes, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(mutes);
        var outcome = new TickOutcome([], []);
        foreach (var group in groups.All.Where(group => IsDue(group, now)).OrderBy(group => group.NextFlush)
            .ThenBy(group => group.Id, StringComparer.Ordinal).ToArray())
            Flush(groups, group, mutes, now, outcome);
        return outcome;
    }

    /// <summary>
    /// Moves firing alerts after the routes changed: where an alert is no longer routed to its group it ends there and fires where it
    /// belongs now.
    /// </summary>
    /// <param name="groups">At least the groups that hold one of the alerts, and those in which they belong now; changed in place.</param>
    /// <param name="alertIds">The alerts to move.</param>
    /// <param name="now">The time.</param>
    public void Reroute(AlertGroups groups, IReadOnlySet<string> alertIds, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(alertIds);
        var firing = groups.All.SelectMany(group => group.Alerts.Values).Where(alert => !alert.IsResolved
            && alertIds.Contains(alert.AlertId))
            .OrderBy(alert => alert.AlertId, StringComparer.Ordinal).ThenBy(alert => alert.Fingerprint.Value).DistinctBy(alert =>
            alert.AlertId);
        foreach (var alert in firing.ToArray())
            Place(groups, alert, TargetsOf(alert.Labels), endOfOthers: now, publishedAt: Timestamp.Zero, now);
    }

    /// <summary>
    /// The groups in which an alert with these labels belongs. Two routes with the same key and receiver share their groups. A gap in a
    /// detector's knowledge, and a change by a verdict, are for the record: only routes that ask for them by <c>alertname</c> or
    /// <c>kind</c> get them. Other alerts that a detector calls <c>info</c> go where <c>severity</c> is asked for, changes of a
    /// model's version also where <c>alertname</c> or <c>kind</c> is.
    /// </summary>
    public IReadOnlyList<GroupTarget> TargetsOf(LabelSet labels) =>
        // 1. Its labels choose the routes, and the routes its groups.
        [.. routes.Match(labels).Where(route => Asks(route, labels))
            .Select(route => new GroupTarget(route, route.GroupLabelsOf(labels))).DistinctBy(target => target.GroupId)];

    private static bool Asks(Route route, LabelSet labels) => AlertsForTheRecord.Has(labels["alertname"])
        ? route.AsksByKind
        : route.AsksBySeverity || !AlertsForTheRecord.IsInfo(labels)
            || (route.AsksByKind && labels["alertname"] == ModelUpdateNames.AlertName);

    private static void Place(
        AlertGroups groups, GroupedAlert alert, IReadOnlyList<GroupTarget> targets, Timestamp endOfOthers, Timestamp publishedAt,
        Timestamp now)
    {
        // An escalation goes on for as long as the alert stays on its route.
        targets = [.. targets, .. EscalatedTargets(groups, alert, targets)];

        // 2. Wherever else it still fires, it ends: in groups that it left, and under the labels that it no longer has.
        var others = groups.Holding(alert.AlertId)
            .Where(place => place.Alert.Fingerprint != alert.Fingerprint || targets.All(target => target.GroupId != place.Group.Id));
        End(groups, others, endOfOthers, annotations: null);

        // 3. In its groups it is added or renewed.
        foreach (var target in targets)
        {
            if (!groups.TryGet(target.GroupId, out var group))
            {
                // An old alert need not wait again: its group was lost, or the notifier was away.
                var wait = target.Route.GroupWait;
                group = target.NewGroup(publishedAt + wait < now ? now : now + wait);
                groups.Add(group);
            }

            var known = group.Alerts.GetValueOrDefault(alert.Fingerprint);
            var startsAt = known is { IsResolved: false } && known.StartsAt < alert.StartsAt ? known.StartsAt : alert.StartsAt;
            groups.Put(group, alert with { StartsAt = startsAt });
            if (target.Route.CriticalWait is { } most && IsFirstCritical(group, alert) && group.NextFlush > now + most)
                group.NextFlush = now + most;
        }
    }

    // Those that come behind it wait for the group's interval, or a storm would flush the group again and again.
    private static bool IsFirstCritical(AlertGroupState group, GroupedAlert alert) =>
        alert.IsUrgent && group.Notified.Values.All(entry => entry.HasCritical is not true);

    private static IEnumerable<GroupTarget> EscalatedTargets(AlertGroups groups, GroupedAlert alert, IReadOnlyList<GroupTarget> targets)
    {
        var places = groups.Holding(alert.AlertId).Where(place => !place.Alert.IsResolved)
            .Select(place => (place.Group.RouteKey, place.Group.Receiver)).ToHashSet();
        return targets.SelectMany(target => target.Escalations(alert.Labels))
            .Where(target => places.Contains((target.Route.Key, target.Route.Receiver.Name)));
    }

    // Newer texts for repetitions. By themselves they notify nobody, and who was not notified yet first reads how it opened
    // while that is news: a change of routing, or the end of a silence, may notify somebody of an alert that is hours old.
    private static void Refresh(AlertGroups groups, AlertEvent alert)
    {
        foreach (var (group, member) in groups.Holding(alert.AlertId).Where(place => !place.Alert.IsResolved))
            if (Mutes.IsOwed(group, member) || alert.DetectedAt - member.StartsAt > OpeningIsNews)
                groups.Put(group, member with { Annotations = alert.Annotations });
    }

    private static void EndEverywhere(AlertGroups groups, string alertId, Timestamp at, Func<LabelSet, LabelSet> annotate)
    {
        foreach (var place in groups.Holding(alertId)) End(groups, [place], at, annotate(place.Alert.Annotations));
    }

    private static void End(AlertGroups groups, IEnumerable<(AlertGroupState Group, GroupedAlert Alert)> places, Timestamp at,
        LabelSet? annotations)
    {
        foreach (var (group, alert) in places.Where(place => !place.Alert.IsResolved))
            groups.Put(group, alert with { EndsAt = at, Annotations = annotations ?? alert.Annotations });
    }
}
