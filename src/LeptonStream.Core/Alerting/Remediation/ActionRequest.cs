using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Remediation;

/// <summary>An action as whoever executes it gets it (docs/events.md). One that comes again with the same id is the same action.</summary>
public sealed record ActionRequest
{
    /// <summary>The CloudEvents type of all of them.</summary>
    public const string Type = "io.leptonstream.action.requested.v1";

    /// <summary>The id: the same one in every attempt.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The verb, such as <c>retrain</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The parts that name the target, by their names.</summary>
    public required LabelSet Target { get; init; }

    /// <summary>What else the policy says, by name.</summary>
    public required LabelSet Parameters { get; init; }

    /// <summary>The alert that asks for it.</summary>
    public required string AlertId { get; init; }

    /// <summary>The watched model.</summary>
    public required string Model { get; init; }

    /// <summary>The labels of the alert, as routes see them.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>The beginning of the trouble.</summary>
    public required Timestamp Onset { get; init; }

    /// <summary>Time of the decision.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Who approved it; null where the policy starts it by itself.</summary>
    public string? ApprovedBy { get; init; }
}
