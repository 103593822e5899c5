using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Digests;

/// <summary>What a digest says beside its alerts, of which it shows the worst.</summary>
/// <param name="Notifications">Number of notifications that are folded into it.</param>
/// <param name="Firing">Number of alerts that fire, shown or not.</param>
/// <param name="Resolved">Number of alerts that are over, shown or not.</param>
/// <param name="Kinds">The alerts by name, severity and model, the most frequent first; at most 20.</param>
public sealed record Digest(int Notifications, int Firing, int Resolved, IReadOnlyList<DigestKind> Kinds)
{
    /// <summary>Alerts that a digest holds, at most.</summary>
    public const int MostAlerts = 500;

    private const int MostKinds = 20;

    /// <summary>
    /// Whether the incident of a storm stays open, whichever alerts this digest is about: its end is a digest of its own. Null where
    /// people read it.
    /// </summary>
    public bool? KeepsOpen { get; init; }

    /// <summary>Folds notifications of one destination into one: each alert as the last of them has it, the worst first.</summary>
    /// <param name="folded">The notifications in the order of their decisions; at least one, all of one receiver and channel.</param>
    /// <param name="now">The time.</param>
    /// <param name="most">Alerts that it holds, at most.</param>
    public static Notification Of(IReadOnlyList<Notification> folded, Timestamp now, int most = MostAlerts)
    {
        ArgumentNullException.ThrowIfNull(folded);
        var (receiver, channel) = (folded[0].Receiver, folded[0].Channel);
        var last = new Dictionary<Fingerprint, GroupedAlert>();
        foreach (var alert in folded.SelectMany(notification => notification.Alerts)) last[alert.Fingerprint] = alert;
        var alerts = GroupedAlertOrder.WorstFirst(last.Values).ToArray();
        var firing = alerts.Count(alert => !alert.IsResolved);
        var left = folded.GroupBy(notification => notification.GroupId).Select(group => group.Last().LeftOut).OfType<LeftOutAlerts>()
            .Aggregate(new LeftOutAlerts(0, 0), (sum, one) => new(sum.Firing + one.Firing, sum.Resolved + one.Resolved));
        var withheld = folded.GroupBy(notification => notification.GroupId).Sum(group => group.Last().Withheld ?? 0);
        var kinds = alerts.GroupBy(alert => (alert.Labels["alertname"] ?? "", alert.Labels["severity"] ?? "", alert.Labels["model"] ?? ""))
            .Select(kind => new DigestKind(kind.Key.Item1, kind.Key.Item2, kind.Key.Item3, kind.Count()))
            .OrderByDescending(kind => kind.Alerts).ThenBy(kind => kind.Name, StringComparer.Ordinal)
            .ThenBy(kind => kind.Model, StringComparer.Ordinal).ThenBy(kind => kind.Severity, StringComparer.Ordinal);
        var key = GroupKey.Of($"{{}}/digest/{channel}", LabelSet.Empty);
        return new Notification
        {
            GroupId = GroupKey.IdOf(key, receiver),
            GroupKey = key,
            Receiver = receiver,
            Channel = channel,
            Reason = NotifyReason.Digest,
            GroupLabels = LabelSet.Empty,
            RouteLabels = LabelSet.Empty,
            Alerts = alerts.Length > most ? alerts[..most] : alerts,
            At = now,
            Withheld = withheld > 0 ? withheld : null,
            Digest = new(folded.Count, firing + left.Firing, alerts.Length - firing + left.Resolved, [.. kinds.Take(MostKinds)]),
        };
    }

    /// <summary>The end of the incident of a storm, of which no alert fires any more.</summary>
    /// <param name="last">The last digest of the incident.</param>
    /// <param name="now">The time.</param>
    public static Notification EndOf(Notification last, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(last);
        var digest = last.Digest ?? throw new ArgumentException("is no digest", nameof(last));
        return last with
        {
            At = now,
            Alerts = [.. last.Alerts.Select(alert => alert.IsResolved ? alert : alert with { EndsAt = now })],
            Withheld = null,
            Digest = digest with { Firing = 0, Resolved = digest.Firing + digest.Resolved, KeepsOpen = null },
        };
    }

    /// <summary>The time at which a route with digests sends what it decided: the end of the period.</summary>
    /// <param name="period">The period.</param>
    /// <param name="at">Time of the decision.</param>
    public static Timestamp DueAt(TimeSpan period, Timestamp at)
    {
        var length = period.Ticks * 100;
        return new(((at.UnixNanoseconds / length) + 1) * length);
    }
}

/// <summary>Alerts of a digest that have name, severity and model in common; what an alert lacks is empty.</summary>
/// <param name="Name">Their <c>alertname</c>.</param>
/// <param name="Severity">Their severity.</param>
/// <param name="Model">Their model.</param>
/// <param name="Alerts">Number of them.</param>
public sealed record DigestKind(string Name, string Severity, string Model, int Alerts);
