using System.IO.Hashing;
using System.Text;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Received;

/// <summary>
/// An alert that somebody else found and posted, for one time that it fires. What is posted of it later is merged by Alertmanager's rules.
/// </summary>
public sealed record ReceivedAlert
{
    /// <summary>After this time an alert without an end is over that nobody renews, where the routing file does not say.</summary>
    public static readonly TimeSpan ResolveTimeout = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Its id, 32 hexadecimal digits: a function of its labels and the first start that was named, so that a repetition is the same alert.
    /// </summary>
    public required string AlertId { get; init; }

    /// <summary>Its labels; at least one.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>Its annotations as they were posted last.</summary>
    public required LabelSet Annotations { get; init; }

    /// <summary>The sender's page about it; empty where it named none.</summary>
    public required string GeneratorUrl { get; init; }

    /// <summary>The earliest beginning that was named.</summary>
    public required Timestamp StartsAt { get; init; }

    /// <summary>Its end, which may lie ahead; null where the sender named none.</summary>
    public Timestamp? EndsAt { get; init; }

    /// <summary>Time at which it was posted last.</summary>
    public required Timestamp RenewedAt { get; init; }

    /// <summary>Whether the sender said that it is over; else its end passed and nobody renewed it.</summary>
    public bool IsEndedBySender => EndsAt <= RenewedAt;

    /// <summary>The id of an alert with these labels that began then.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="startsAt">The beginning.</param>
    public static string IdOf(LabelSet labels, Timestamp startsAt)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{startsAt.UnixNanoseconds} {labels}")));
    }

    /// <summary>The time from which it is over, unless it is renewed.</summary>
    /// <param name="resolveTimeout">Time for which one without an end fires.</param>
    public Timestamp EndsBy(TimeSpan resolveTimeout) => EndsAt ?? (RenewedAt + resolveTimeout);

    /// <summary>
    /// Whether a later post is of this time that the alert fires: it fires still, or the posted one began before it ended.
    /// </summary>
    /// <param name="posted">A later post with the same labels.</param>
    /// <param name="resolveTimeout">Time for which one without an end fires.</param>
    public bool Covers(ReceivedAlert posted, TimeSpan resolveTimeout)
    {
        ArgumentNullException.ThrowIfNull(posted);
        var end = EndsBy(resolveTimeout);
        return end > posted.RenewedAt || posted.StartsAt < end || (posted.IsEndedBySender && posted.StartsAt <= end);
    }

    /// <summary>
    /// This alert after a later post of it: the earliest beginning, the newest texts, and the end that lies further ahead.
    /// </summary>
    /// <param name="posted">A later post that it covers.</param>
    /// <param name="resolveTimeout">Time for which one without an end fires.</param>
    public ReceivedAlert Merge(ReceivedAlert posted, TimeSpan resolveTimeout)
    {
        ArgumentNullException.ThrowIfNull(posted);
        var keepsEnd = posted.IsEndedBySender
            ? IsEndedBySender && EndsAt > posted.EndsAt
            : EndsAt is { } own && own > posted.EndsBy(resolveTimeout);
        return posted with
        {
            AlertId = AlertId,
            StartsAt = StartsAt < posted.StartsAt ? StartsAt : posted.StartsAt,
            EndsAt = keepsEnd ? EndsAt : posted.EndsAt,
        };
    }
}
