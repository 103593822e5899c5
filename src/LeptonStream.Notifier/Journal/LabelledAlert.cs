using System.Text;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Journal;

/// <summary>An alert of the journal with the labels that routes, silences and inhibit rules see.</summary>
internal sealed class LabelledAlert
{
    /// <summary>The columns of the table <c>alert</c>; the payload only where the labels were not recorded yet.</summary>
    public const string Columns = "alert_id, status, seq, labels, case when labels is null then payload end as payload";

    public required string AlertId { get; init; }

    public required string Status { get; init; }

    public required long Seq { get; init; }

    public string? Labels { get; init; }

    public string? Payload { get; init; }

    /// <summary>Beginning of the trouble, Unix milliseconds, where it was asked for.</summary>
    public long Onset { get; init; }

    /// <summary>Reason of its end, where it was asked for and has one.</summary>
    public string? EndedReason { get; init; }

    public LabelSet LabelSet() => Labels is not null
        ? AlertingJson.Read<LabelSet>(Labels)
        : AlertEventJson.TryRead(Encoding.UTF8.GetBytes(Payload!), out var alert, out _) ? alert!.RoutingLabels : Series.LabelSet.Empty;
}
