using System.Data.Common;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Health;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Remediation;

/// <summary>A row of the table <c>remediation</c>.</summary>
internal sealed record RemediationRow
{
    public const string Columns = "action_id, policy, alert_id, model, kind, action, target, dry_run, state, reason, actor, since, "
        + "acted_at, due_at, leased_until, attempts, payload";

    public required string ActionId { get; init; }

    public required string Policy { get; init; }

    public required string AlertId { get; init; }

    public required string Model { get; init; }

    public required string Kind { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    public required long DryRun { get; init; }

    public required string State { get; init; }

    public string? Reason { get; init; }

    public string? Actor { get; init; }

    public required long Since { get; init; }

    public long? ActedAt { get; init; }

    public long? DueAt { get; init; }

    public required long LeasedUntil { get; init; }

    public required long Attempts { get; init; }

    public string? Payload { get; init; }

    /// <summary>The first row of a policy and an alert that it covers.</summary>
    public static RemediationRow Of(RemediationPolicy policy, string alertId, LabelSet labels, Timestamp now) => new()
    {
        ActionId = Guid.CreateVersion7(now.ToDateTimeOffset()).ToString("N"),
        Policy = policy.Name,
        AlertId = alertId,
        Model = SqlText.Clean(labels["model"] ?? ""),
        Kind = KindOf(policy),
        Action = policy.Remedy.Action,
        Target = SqlText.Clean(AlertingJson.Write(policy.Remedy.TargetOf(labels, out _))),
        DryRun = policy.Mode == RemediationMode.DryRun ? 1 : 0,
        State = RemediationStates.Planned,
        Since = now.UnixMilliseconds,
        LeasedUntil = 0,
        Attempts = 0,
    };

    /// <summary>The word for a policy's executor.</summary>
    public static string KindOf(RemediationPolicy policy) => policy.Remedy.Kind switch
    {
        RemedyKind.Webhook => "webhook",
        RemedyKind.Kafka => "kafka",
        RemedyKind.Kubernetes => "kubernetes",
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };

    /// <summary>The row in another state.</summary>
    public RemediationRow To(string state, string? reason = null, Timestamp? dueAt = null) =>
        this with { State = state, Reason = reason, DueAt = dueAt?.UnixMilliseconds };

    public Task Insert(DbTransaction transaction, Timestamp now) => transaction.Execute(
        $"""
        insert into remediation ({Columns}, changed_at) values (@ActionId, @Policy, @AlertId, @Model, @Kind, @Action, @Target, @DryRun,
          @State, @Reason, @Actor, @Since, @ActedAt, @DueAt, @LeasedUntil, @Attempts, @Payload, @now)
        """,
        Parameters(now));

    public Task Update(DbTransaction transaction, Timestamp now) => transaction.Execute(
        """
        update remediation set target = @Target, dry_run = @DryRun, state = @State, reason = @Reason, actor = @Actor, since = @Since,
          acted_at = @ActedAt, due_at = @DueAt, leased_until = @LeasedUntil, attempts = @Attempts, payload = @Payload, changed_at = @now
        where action_id = @ActionId
        """,
        Parameters(now));

    /// <summary>Says in the audit that it came to its state.</summary>
    public Task Record(DbTransaction transaction, Timestamp now, string? answer = null) =>
        (AuditRecord.ByProgram(RoleNames.Notifier, now.UnixMilliseconds, $"action_{State}") with
        {
            AlertId = AlertId,
            Detail =
            [
                ("action_id", ActionId), ("policy", Policy), ("action", $"{Kind} {Action}"), ("target", Target), ("reason", Reason),
                ("answer", answer),
            ],
        }).Add(transaction);

    private object Parameters(Timestamp now) => new
    {
        ActionId, Policy, AlertId, Model, Kind, Action, Target, DryRun, State,
        Reason = Reason is null ? null : SqlText.Clean(Reason), Actor, Since, ActedAt, DueAt, LeasedUntil,
        Attempts, Payload, now = now.UnixMilliseconds,
    };
}
