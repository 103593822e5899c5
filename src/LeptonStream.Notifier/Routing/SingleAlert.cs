using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Routing;

/// <summary>A notification of one alert that no route and no group decided: for a test or a preview of a receiver.</summary>
internal static class SingleAlert
{
    public static Notification Of(ReceiverConfig receiver, string channel, GroupedAlert alert, LabelSet group, Timestamp at)
    {
        var key = GroupKey.Of("{}", group);
        return new Notification
        {
            GroupId = GroupKey.IdOf(key, receiver.Name),
            GroupKey = key,
            Receiver = receiver.Name,
            Channel = channel,
            Reason = alert.IsResolved ? NotifyReason.AllResolved : NotifyReason.FirstNotification,
            GroupLabels = group,
            RouteLabels = LabelSet.Empty,
            Alerts = [alert],
            At = at,
        };
    }
}
