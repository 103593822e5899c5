using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;

namespace LeptonStream.Alerting;

/// <content>The flush of one group, and what a refusal makes of it.</content>
public sealed partial class AlertPipeline
{
    /// <summary>
    /// A channel refused a notification for good, as a service may while it is deployed or its key changes. Its group tries again: at its
    /// next flush, then after one, three, seven … intervals, and at the repeat interval at the latest.
    /// </summary>
    /// <param name="groups">At least the group of the notification, if there still is one, and of its members the alerts that the
    /// notification has as over; changed in place.</param>
    /// <param name="refused">The notification; no digest.</param>
    /// <param name="times">Number of refusals since the channel took one of this group, from 1.</param>
    /// <param name="giveUpAfter">Time after the end of an alert from which nobody needs to learn of it any more.</param>
    /// <param name="now">The time.</param>
    /// <returns>The time from which it is tried again; null where nothing of it is to be said, or a later notification says it.</returns>
    public Timestamp? OnRefused(AlertGroups groups, Notification refused, int times, TimeSpan giveUpAfter, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(refused);
        groups.TryGet(refused.GroupId, out var group);
        var last = group?.Notified.GetValueOrDefault(refused.Channel);
        var ended = refused.Resolved.Concat(last?.Refused?.Ended ?? []).DistinctBy(alert => alert.Fingerprint)
            .Where(alert => alert.EndsAt + giveUpAfter > now
                && group?.Alerts.GetValueOrDefault(alert.Fingerprint) is not { IsResolved: false }).ToArray();
        // What fires is in every later notification, too.
        var isLast = last?.At == refused.At;
        if (ended.Length == 0 && !(isLast && last!.Firing.Count > 0)) return null;
        if (group is null)
        {
            if (GroupKey.RouteKeyOf(refused.GroupKey, refused.GroupLabels) is not { } routeKey) return null;
            group = new AlertGroupState(routeKey, refused.Receiver, refused.GroupLabels, now + RouteOf(routeKey, refused.Receiver)
                .GroupInterval);
            groups.Add(group);
        }

        var again = now + Pause(RouteOf(group.RouteKey, group.Receiver), times);
        var notice = new RefusedNotice(again, isLast || last?.Refused is { IsLast: true }, ended);
        group.Notified[refused.Channel] = (last ?? new([], [], refused.At)) with { Refused = notice };
        return again > group.NextFlush ? again : group.NextFlush;
    }

    private static TimeSpan Pause(Route route, int times)
    {
        var pause = route.GroupInterval * (Math.Pow(2, Math.Min(times - 1, 30)) - 1);
        return pause < route.RepeatInterval ? pause : route.RepeatInterval;
    }

    // A group of a route that is gone (its alerts are elsewhere by now) sends its last resolves by the root's timing.
    private Route RouteOf(string routeKey, string receiver) => routes.Find(routeKey, receiver) ?? routes.Root;

    // A clock that was set back must not leave a group waiting for a time that is far away again.
    private bool IsDue(AlertGroupState group, Timestamp now) => group.NextFlush <= now || group.NextFlush > now + routes.LongestWait;

    private void Flush(AlertGroups groups, AlertGroupState group, Mutes mutes, Timestamp now, TickOutcome outcome)
    {
        var route = RouteOf(group.RouteKey, group.Receiver);

        // 4. The next flush is set, whatever comes of this one.
        group.NextFlush = now + route.GroupInterval;

        // 5. What fires and what is over, but for what must not be sent now.
        var members = group.Alerts.Values.Order(GroupedAlertOrder.Instance).ToArray();
        var before = outcome.Suppressed.Count;
        var passed = mutes.Pass(group, members, route.Schedule, now, outcome.Suppressed);
        Suppression[] held = [.. outcome.Suppressed.Skip(before)];
        foreach (var channel in routes.FindReceiver(group.Receiver)?.Channels ?? [])
            Notify(group, route, channel, passed, held, mutes, now, outcome);
        ForgetFlapping(group, held);

        // 8. What is over leaves the group, but for an end that is owed and held, and an empty group goes.
        var owed = held.Where(item => Mutes.IsOwed(group, item.Alert)).Select(item => item.Alert.Fingerprint).ToHashSet();
        foreach (var alert in members.Where(alert => alert.IsResolved && !owed.Contains(alert.Fingerprint)))
            groups.Remove(group, alert);
        if (group.Alerts.Count == 0 && !OwesRefusedEnds(group)) groups.Remove(group);
    }

    private static void Notify(AlertGroupState group, Route route, ChannelConfig channel, GroupedAlert[] members, Suppression[] held,
        Mutes mutes, Timestamp now, TickOutcome outcome)
    {
        var entry = group.Notified.GetValueOrDefault(channel.Key);
        var isTriedAgain = entry?.Refused is { } refused && refused.TryAgainAt <= now;
        if (members.Length == 0 && !isTriedAgain) return;
        var last = isTriedAgain ? entry!.Undelivered() : entry;
        var refusedEnds = RefusedEnds(group, entry);
        var firing = members.Where(alert => !alert.IsResolved).Select(alert => alert.Fingerprint).ToHashSet();
        var resolved = members.Where(alert => alert.IsResolved).Concat(isTriedAgain ? refusedEnds : [])
            .Select(alert => alert.Fingerprint).ToHashSet();

        // 6. Is there anything new for this channel, and why?
        var repeat = channel.RenewEvery < route.RepeatInterval ? channel.RenewEvery.Value : route.RepeatInterval;
        var reason = NotifyReasons.Decide(last, firing, resolved, channel.SendResolved, repeat, now);
        if (reason == NotifyReason.None) return;
        if (reason == NotifyReason.RepeatInterval && channel.RenewEvery is null
            && mutes.HoldRepetition(group, members, outcome.Suppressed)) return;

        // 7. It is sent, and its log entry says what. A channel without resolves gets no end, but its log must know.
        // One that was sent and still fires in a maintenance window counts as sent. Of all others that are held the end is owed; those
        // that fire are sent when they may.
        var known = held.Where(item => last?.IsOwed(item.Alert.Fingerprint) is true).ToLookup(
            item => item is { Cause: SuppressionCause.Maintenance, Alert.IsResolved: false } && last!.HasFiring(item.Alert.Fingerprint),
            item => item.Alert);
        var withheld = known.Sum(alerts => alerts.Count());
        var isUrgent = members.Any(alert => alert.IsUrgent);
        group.Notified[channel.Key] = new NotificationLogEntry(
            [.. firing, .. known[true].Select(alert => alert.Fingerprint)],
            [.. resolved.Union(refusedEnds.Select(alert => alert.Fingerprint))], now)
        {
            Owed = known[false].Any() ? [.. known[false].Select(alert => alert.Fingerprint)] : null,
            HasCritical = isUrgent ? true : null,
        };
        GroupedAlert[] shown = !channel.SendResolved ? [.. members.Where(alert => !alert.IsResolved)]
            : refusedEnds.Length == 0 ? members : [.. members.Concat(refusedEnds).Order(GroupedAlertOrder.Instance)];
        if (shown.Length == 0) return;
        outcome.Notifications.Add(new Notification
        {
            GroupId = group.Id,
            GroupKey = group.Key,
            Receiver = group.Receiver,
            Channel = channel.Key,
            // Not all, where it has yet to get the end of one.
            Reason = reason == NotifyReason.AllResolved && withheld > 0 ? NotifyReason.SomeResolved : reason,
            GroupLabels = group.GroupLabels,
            RouteLabels = RouteLabels.Of(route, group.GroupLabels, shown),
            Alerts = shown,
            At = now,
            Withheld = withheld > 0 ? withheld : null,
            DigestEvery = route.DigestCritical || !isUrgent ? route.Digest : null,
        });
    }

    // Its people know that they hear of it when it is steady: what fires then is sent once more.
    private static void ForgetFlapping(AlertGroupState group, Suppression[] held)
    {
        var flapping = held.Where(item => item.Cause == SuppressionCause.Flapping).Select(item => item.Alert.Fingerprint).ToHashSet();
        if (flapping.Count == 0) return;
        foreach (var (channel, entry) in group.Notified.ToArray()) group.Notified[channel] = entry.Forget(flapping);
    }

    // An alert that is in the group again, over or not, speaks for itself.
    private static GroupedAlert[] RefusedEnds(AlertGroupState group, NotificationLogEntry? entry) =>
        [.. entry?.Refused?.Ended.Where(alert => !group.Alerts.ContainsKey(alert.Fingerprint)) ?? []];

    private bool OwesRefusedEnds(AlertGroupState group) => (routes.FindReceiver(group.Receiver)?.Channels ?? [])
        .Any(channel => group.Notified.GetValueOrDefault(channel.Key)?.Refused is { Ended.Count: > 0 });
}
