using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// A group of alerts that are notified together: its members, its timer and each channel's last notification. Everything that must survive
/// a restart.
/// </summary>
public sealed class AlertGroupState
{
    /// <summary>Makes a group without members, or one that a store had.</summary>
    public AlertGroupState(string routeKey, string receiver, LabelSet groupLabels, Timestamp nextFlush)
    {
        RouteKey = routeKey;
        Receiver = receiver;
        GroupLabels = groupLabels;
        NextFlush = nextFlush;
        Key = GroupKey.Of(routeKey, groupLabels);
        Id = GroupKey.IdOf(Key, receiver);
    }

    /// <summary>Its identity in the store: a function of route, receiver and group labels.</summary>
    public string Id { get; }

    /// <summary>Its group key as receivers see it.</summary>
    public string Key { get; }

    /// <summary>The key of the route that made it.</summary>
    public string RouteKey { get; }

    /// <summary>The name of the receiver that is notified.</summary>
    public string Receiver { get; }

    /// <summary>The labels that its members share.</summary>
    public LabelSet GroupLabels { get; }

    /// <summary>Time of the next flush.</summary>
    public Timestamp NextFlush { get; internal set; }

    /// <summary>Its alerts by fingerprint: those that fire, and those that are over and not yet removed.</summary>
    public Dictionary<Fingerprint, GroupedAlert> Alerts { get; } = [];

    /// <summary>The last notification of each channel, by the channel's key.</summary>
    public Dictionary<string, NotificationLogEntry> Notified { get; init; } = [];
}
