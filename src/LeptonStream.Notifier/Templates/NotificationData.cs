using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Templates;

/// <summary>A notification as templates see it, in Alertmanager's words.</summary>
internal static class NotificationData
{
    private static readonly GoTime Never = GoTime.Of(DateTimeOffset.MinValue);

    /// <summary>The data of a notification.</summary>
    /// <param name="notification">The notification.</param>
    /// <param name="externalUrl">The address of the dashboard.</param>
    /// <param name="more">Members beside Alertmanager's.</param>
    public static TemplateRecord Of(Notification notification, Uri externalUrl,
        params IReadOnlyList<(string Name, TemplateMethod Value)> more)
    {
        return new([
            .. more.Select(member => (member.Name, (object?)member.Value)),
            ("Receiver", notification.Receiver),
            ("Status", notification.Firing.Any() ? "firing" : "resolved"),
            ("Alerts", Alerts([.. notification.Alerts.Select(alert => Alert(alert, externalUrl))])),
            ("GroupLabels", LabelMap.Of(notification.GroupLabels)),
            ("CommonLabels", LabelMap.Of(Common(notification.Alerts.Select(alert => alert.Labels)))),
            ("CommonAnnotations", LabelMap.Of(Common(notification.Alerts.Select(alert => alert.Annotations)))),
            ("ExternalURL", new VouchedText(AlertAddress.Base(externalUrl))),
            ("NotificationReason", NotifyReasons.TextOf(notification.Reason)),
            ("RouteLabels", LabelMap.Of(notification.RouteLabels)),
            ("GroupKey", new TemplateMethod(_ => notification.GroupKey)),
        ]);
    }

    /// <summary>The labels that all sets share.</summary>
    public static LabelSet Common(IEnumerable<LabelSet> sets) =>
        sets.Aggregate((common, next) => LabelSet.Of(common.Where(label => next[label.Key] == label.Value)));

    private static TemplateList Alerts(IReadOnlyList<TemplateRecord> alerts)
    {
        return new(alerts, ("Firing", _ => Only("firing")), ("Resolved", _ => Only("resolved")));

        TemplateList Only(string status) =>
            Alerts([.. alerts.Where(alert => alert.TryGet("Status", out var own) && own is string text && text == status)]);
    }

    private static TemplateRecord Alert(GroupedAlert alert, Uri externalUrl) => new(
        ("Status", alert.IsResolved ? "resolved" : "firing"),
        ("Labels", LabelMap.Of(alert.Labels)),
        ("Annotations", LabelMap.Of(alert.Annotations)),
        ("StartsAt", GoTime.Of(alert.StartsAt.ToDateTimeOffset())),
        ("EndsAt", alert.EndsAt is { } end ? GoTime.Of(end.ToDateTimeOffset()) : Never),
        ("GeneratorURL", new VouchedText(AlertAddress.Of(alert, externalUrl))),
        ("Fingerprint", alert.Fingerprint.ToString()));
}
