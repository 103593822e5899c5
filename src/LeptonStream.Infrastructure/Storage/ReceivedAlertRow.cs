using LeptonStream.Alerting;
using LeptonStream.Alerting.Received;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Storage;

/// <summary>One row of the journal's table <c>received_alert</c>: how the notifier and the dashboard read it.</summary>
public sealed class ReceivedAlertRow
{
    /// <summary>State of one of which no event is recorded yet.</summary>
    public const string New = "new";

    /// <summary>State of one whose opening is recorded.</summary>
    public const string Firing = "firing";

    /// <summary>State of one whose end is recorded.</summary>
    public const string Ended = "ended";

    /// <summary>Selects whole rows.</summary>
    public const string Select =
        """
        select alert_id, labels, annotations, generator_url, starts_at, ends_at, renewed_at, state, events, taken_at, pending
        from received_alert
        """;

    /// <summary>Its id.</summary>
    public required string AlertId { get; init; }

    /// <summary>Its labels, a JSON object.</summary>
    public required string Labels { get; init; }

    /// <summary>Its annotations, a JSON object.</summary>
    public required string Annotations { get; init; }

    /// <summary>The sender's page about it, or empty.</summary>
    public required string GeneratorUrl { get; init; }

    /// <summary>Its beginning, in Unix milliseconds.</summary>
    public required long StartsAt { get; init; }

    /// <summary>Its end, in Unix milliseconds; null where the sender named none.</summary>
    public long? EndsAt { get; init; }

    /// <summary>Time of the last post, in Unix milliseconds.</summary>
    public required long RenewedAt { get; init; }

    /// <summary>new, firing or ended: as the notifier left it.</summary>
    public required string State { get; init; }

    /// <summary>Number of its events.</summary>
    public required int Events { get; init; }

    /// <summary>Time of the last of them, in Unix milliseconds.</summary>
    public required long TakenAt { get; init; }

    /// <summary>1 where there is something that the notifier has not taken up.</summary>
    public required int Pending { get; init; }

    /// <summary>The alert.</summary>
    public ReceivedAlert ToAlert() => new()
    {
        AlertId = AlertId,
        Labels = AlertingJson.Read<LabelSet>(Labels),
        Annotations = AlertingJson.Read<LabelSet>(Annotations),
        GeneratorUrl = GeneratorUrl,
        StartsAt = Timestamp.FromUnixMilliseconds(StartsAt),
        EndsAt = EndsAt is { } end ? Timestamp.FromUnixMilliseconds(end) : null,
        RenewedAt = Timestamp.FromUnixMilliseconds(RenewedAt),
    };
}
