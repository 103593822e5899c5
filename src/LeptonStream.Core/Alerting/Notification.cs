using System.Text.Json.Serialization;
using LeptonStream.Alerting.Digests;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>One message for one channel: the state of a group, and why it is sent now.</summary>
public sealed record Notification
{
    /// <summary>The identity of the group in the store.</summary>
    public required string GroupId { get; init; }

    /// <summary>The group key as receivers see it.</summary>
    public required string GroupKey { get; init; }

    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>The key of the channel in its receiver.</summary>
    public required string Channel { get; init; }

    /// <summary>Reason of sending it now.</summary>
    public required NotifyReason Reason { get; init; }

    /// <summary>The labels that the alerts of the group share by definition.</summary>
    public required LabelSet GroupLabels { get; init; }

    /// <summary>The labels of the route.</summary>
    public required LabelSet RouteLabels { get; init; }

    /// <summary>The alerts, firing and resolved, in <see cref="GroupedAlertOrder"/>; never empty.</summary>
    public required IReadOnlyList<GroupedAlert> Alerts { get; init; }

    /// <summary>The time of the decision.</summary>
    public required Timestamp At { get; init; }

    /// <summary>The period of the digests of its route, for those that can wait; null where it is sent by itself.</summary>
    public TimeSpan? DigestEvery { get; init; }

    /// <summary>On a digest, what it says beside its alerts; else null.</summary>
    public Digest? Digest { get; init; }

    /// <summary>The alerts that fire.</summary>
    [JsonIgnore]
    public IEnumerable<GroupedAlert> Firing => Alerts.Where(alert => !alert.IsResolved);

    /// <summary>The alerts that are over.</summary>
    [JsonIgnore]
    public IEnumerable<GroupedAlert> Resolved => Alerts.Where(alert => alert.IsResolved);
}
