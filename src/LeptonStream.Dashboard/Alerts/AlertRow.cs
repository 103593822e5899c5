namespace LeptonStream.Dashboard.Alerts;

/// <summary>One row of the journal's table <c>alert</c>: the present state of one alert.</summary>
internal sealed class AlertRow
{
    public required string AlertId { get; init; }

    public required long Seq { get; init; }

    public required string Status { get; init; }

    public required string Severity { get; init; }

    public required string Model { get; init; }

    public required string Metric { get; init; }

    public required double Score { get; init; }

    public required long Onset { get; init; }

    public required long OpenedAt { get; init; }

    public required long UpdatedAt { get; init; }

    public long? ResolvedAt { get; init; }

    public string? EndedReason { get; init; }

    public string? AcknowledgedBy { get; init; }

    public long? AskAgainAt { get; init; }

    public string? Assignee { get; init; }

    public string? Verdict { get; init; }

    public string? VerdictBy { get; init; }

    public required string Payload { get; init; }

    /// <summary>What mutes it at present, from other tables; null where nothing does.</summary>
    public Muted? Muted { get; set; }
}

/// <summary>An open alert, without its payload.</summary>
internal sealed class OpenAlertRow
{
    public required string AlertId { get; init; }

    public required long Seq { get; init; }

    public required string Severity { get; init; }

    public required string Model { get; init; }

    public required string Metric { get; init; }

    public required long Onset { get; init; }

    public required long UpdatedAt { get; init; }
}

/// <summary>One row of the journal's table <c>alert_event</c>.</summary>
internal sealed class AlertEventRow
{
    public required long Seq { get; init; }

    public required string EventId { get; init; }

    public required string Type { get; init; }

    public required string Severity { get; init; }

    public required double Score { get; init; }

    public required long DetectedAt { get; init; }

    public required long RecordedAt { get; init; }

    public required int KafkaPartition { get; init; }

    public required long KafkaOffset { get; init; }

    public required string Payload { get; init; }
}
