using System.Text.Json.Serialization;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>An alert as a member of a group: what its notifications say of it.</summary>
public sealed record GroupedAlert
{
    /// <summary>The alert's id; the same alert may change its labels (its severity) and so its fingerprint.</summary>
    public required string AlertId { get; init; }

    /// <summary>The labels that routes, groups and receivers see.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>The annotations that receivers see.</summary>
    public required LabelSet Annotations { get; init; }

    /// <summary>Beginning of the anomaly.</summary>
    public required Timestamp StartsAt { get; init; }

    /// <summary>Time of its end, or null while it fires. An event ends it, a person, or a long silence of its series.</summary>
    public Timestamp? EndsAt { get; init; }

    /// <summary>An alert as its event says, without an end.</summary>
    public static GroupedAlert Of(AlertEvent alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return new()
        {
            AlertId = alert.AlertId, Labels = alert.RoutingLabels, Annotations = alert.Annotations, StartsAt = alert.Onset,
        };
    }

    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool IsResolved => EndsAt is not null;

    /// <summary>Whether it is over although the trouble did not go away; its annotations say why.</summary>
    [JsonIgnore]
    public bool IsClosedUnrecovered => IsResolved
        && Annotations[EndedTexts.Annotation] is { } reason
        && reason != AlertEventJson.NameOf(EndedReason.Recovered);

    /// <summary>Whether its severity is critical.</summary>
    [JsonIgnore]
    public bool IsCritical => Labels["severity"] == AlertEventJson.NameOf(AlertSeverity.Critical);

    /// <summary>Whether it is critical and fires.</summary>
    [JsonIgnore]
    public bool IsUrgent => IsCritical && !IsResolved;

    /// <summary>The identity of its labels: what receivers know it by.</summary>
    [JsonIgnore]
    public Fingerprint Fingerprint => Fingerprint.Of(Labels);
}

/// <summary>
/// The order of the alerts in a notification, Alertmanager's: job, instance, number of labels, labels. It decides which ones a limited
/// channel shows.
/// </summary>
public sealed class GroupedAlertOrder : IComparer<GroupedAlert>
{
    /// <summary>The one instance.</summary>
    public static readonly GroupedAlertOrder Instance = new();

    private static readonly string[] First = ["job", "instance"];
    private static readonly string?[] Severities = ["critical", "warning", "info"];

    private GroupedAlertOrder()
    {
    }

    /// <summary>The alerts with the worst first: those that fire before those that are over, and by severity.</summary>
    public static IEnumerable<GroupedAlert> WorstFirst(IEnumerable<GroupedAlert> alerts) =>
        alerts.OrderBy(alert => alert.IsResolved).ThenBy(Rank).ThenBy(alert => alert, Instance);

    /// <inheritdoc/>
    public int Compare(GroupedAlert? x, GroupedAlert? y)
    {
        if (x is null || y is null) return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        foreach (var name in First)
        {
            var (left, right) = (x.Labels[name], y.Labels[name]);
            if (left == right) continue;
            if (left is null) return 1;
            if (right is null) return -1;
            return string.CompareOrdinal(left, right);
        }

        if (x.Labels.Count != y.Labels.Count) return x.Labels.Count - y.Labels.Count;
        return CompareLabels(x.Labels, y.Labels);
    }

    private static int Rank(GroupedAlert alert)
    {
        var rank = Array.IndexOf(Severities, alert.Labels["severity"]);
        return rank < 0 ? Severities.Length : rank;
    }

    // At the first name that only one set has, the set without it comes first.
    private static int CompareLabels(LabelSet x, LabelSet y)
    {
        for (var i = 0; i < x.Count; i++)
        {
            var names = string.CompareOrdinal(x[i].Key, y[i].Key);
            if (names != 0) return -names;
            var values = string.CompareOrdinal(x[i].Value, y[i].Value);
            if (values != 0) return values;
        }

        return 0;
    }
}
