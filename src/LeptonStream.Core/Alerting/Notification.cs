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

    /// <summary>Number of alerts that it is about and that <see cref="Alerts"/> lacks; null where it has all.</summary>
    public LeftOutAlerts? LeftOut { get; init; }

    /// <summary>
    /// Number of alerts that its receiver was notified of as firing, and that are held back now: their end follows. Null where there are
    /// none.
    /// </summary>
    public int? Withheld { get; init; }

    /// <summary>All alerts that it is about, while it is being decided; afterwards those that it holds.</summary>
    [JsonIgnore]
    public IReadOnlyList<GroupedAlert> About
    {
        get => field ?? Alerts;
        private init;
    }

    /// <summary>The alerts that fire.</summary>
    [JsonIgnore]
    public IEnumerable<GroupedAlert> Firing => Alerts.Where(alert => !alert.IsResolved);

    /// <summary>The alerts that are over.</summary>
    [JsonIgnore]
    public IEnumerable<GroupedAlert> Resolved => Alerts.Where(alert => alert.IsResolved);

    /// <summary>Whether its receiver has the end of all that it was notified of: an incident ends with it.</summary>
    [JsonIgnore]
    public bool IsOver => Digest?.KeepsOpen is not true && Withheld is null && !Firing.Any();

    /// <summary>Number of alerts that fire, held or not.</summary>
    [JsonIgnore]
    public int FiringCount => Digest?.Firing ?? Firing.Count() + (LeftOut?.Firing ?? 0);

    /// <summary>Number of alerts that are over, held or not.</summary>
    [JsonIgnore]
    public int ResolvedCount => Digest?.Resolved ?? Resolved.Count() + (LeftOut?.Resolved ?? 0);

    /// <summary>Number of alerts that it is about and does not hold.</summary>
    [JsonIgnore]
    public int NotHeld => FiringCount + ResolvedCount - Alerts.Count;

    /// <summary>The notification with so many alerts at most: the worst, in their order.</summary>
    public Notification Bounded(int most)
    {
        if (Alerts.Count <= most) return this;
        GroupedAlert[] shown = [.. GroupedAlertOrder.WorstFirst(Alerts).Take(most).Order(GroupedAlertOrder.Instance)];
        var firing = shown.Count(alert => !alert.IsResolved);
        return this with
        {
            Alerts = shown,
            About = Alerts,
            LeftOut = new(FiringCount - firing, ResolvedCount - (shown.Length - firing)),
        };
    }

    /// <summary>The notification as several, each with so many alerts at most, for a program that needs each alert.</summary>
    public IEnumerable<Notification> Split(int most) =>
        Alerts.Count <= most ? [this] : Alerts.Chunk(most).Select(part => this with { Alerts = part });
}

/// <summary>Alerts that a notification is about and does not hold.</summary>
/// <param name="Firing">Number of those that fire.</param>
/// <param name="Resolved">Number of those that are over.</param>
public sealed record LeftOutAlerts(int Firing, int Resolved);
