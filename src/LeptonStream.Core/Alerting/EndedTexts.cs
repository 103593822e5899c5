using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// Marks the notification of an ended alert with its reason. Receivers know two states only: an alert that ended without recovery must be
/// sent as resolved, or it would stay open there. Its texts say themselves that it did not recover.
/// </summary>
public static class EndedTexts
{
    /// <summary>The annotation that holds the wire name of the reason.</summary>
    public const string Annotation = "ended_reason";

    /// <summary>
    /// The annotation with the time at which the values of a recovered alert became normal, as RFC 3339 in UTC. It ended once they had
    /// stayed so.
    /// </summary>
    public const string NormalSince = "normal_since";

    /// <summary>The annotation that names the person who closed the alert.</summary>
    public const string ClosedBy = "closed_by";

    /// <summary>The reason of an alert that a person closed: no event says it.</summary>
    public const string Closed = "closed";

    /// <summary>The reason of an alert of which nothing was heard for long: no event says it.</summary>
    public const string Stale = "stale";

    /// <summary>The annotations of an alert of which nothing was heard for long.</summary>
    /// <param name="annotations">The annotations that it had.</param>
    public static LabelSet AnnotateStale(LabelSet annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        return annotations.With((Annotation, Stale));
    }

    /// <summary>The annotations of an alert that a person closed.</summary>
    /// <param name="annotations">The annotations that it had.</param>
    /// <param name="by">The person.</param>
    public static LabelSet AnnotateClosed(LabelSet annotations, string by)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        return annotations.With((Annotation, Closed)).With((ClosedBy, by));
    }

    /// <summary>The annotations of an alert's last event, with its reason.</summary>
    /// <param name="annotations">The annotations that the event brought.</param>
    /// <param name="reason">Reason of the end; null for an event that does not say (it is taken as recovered).</param>
    public static LabelSet Annotate(LabelSet annotations, EndedReason? reason)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        return reason is { } known ? annotations.With((Annotation, AlertEventJson.NameOf(known))) : annotations;
    }
}
