using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Remediation;

/// <summary>The actions that alerts started: their list, and what people decide about those that wait.</summary>
internal sealed class RemediationActions(Database journal)
{
    /// <summary>The actions with one of these states, or of one alert, the newest first.</summary>
    public async Task<RemediationList> List(IReadOnlyList<string> states, string? alertId, int limit, CancellationToken stop)
    {
        var filter = $"state {journal.AnyOf("@states")}{(alertId is null ? "" : " and alert_id = @alertId")}";
        var parameters = new { states = states.ToArray(), alertId, limit };
        await using var connection = await journal.Open(stop);
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from remediation where {filter}", parameters, cancellationToken: stop));
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select action_id, policy, alert_id, model, kind, action, target, state, reason, actor, changed_at, acted_at, due_at, attempts
            from remediation where {filter} order by action_id desc limit @limit
            """,
            parameters, cancellationToken: stop));
        return new(total, [.. rows.Select(row => row.ToEntry())]);
    }

    /// <summary>Lets it start: a notifier starts it, unless the alert is over or suppressed by then.</summary>
    public Task<RemediationResult> Approve(string id, Change change, CancellationToken stop) =>
        Decide(id, RemediationStates.Approved, change, stop);

    /// <summary>It never starts for this alert.</summary>
    public Task<RemediationResult> Reject(string id, Change change, CancellationToken stop) =>
        Decide(id, RemediationStates.Rejected, change, stop);

    private Task<RemediationResult> Decide(string id, string state, Change change, CancellationToken stop) =>
        journal.Write(async transaction =>
    {
        // The number first, as every writer of the journal does; by it open pages learn of the change.
        var seq = (await transaction.Query<long>(
            "update counter set value = value + 1 where name = 'alert_event' returning value")).Single();
        var row = (await transaction.Query<Row>(
            $"""
            select action_id, policy, alert_id, model, kind, action, target, state, reason, actor, changed_at, acted_at, due_at, attempts
            from remediation where action_id = @id {journal.ForUpdate}
            """,
            new { id })).SingleOrDefault();
        if (row is null) return RemediationResult.Unknown;
        var now = change.At.UnixMilliseconds;
        if (row.State != RemediationStates.Waiting || row.DueAt <= now) return RemediationResult.IsNotWaiting;
        await transaction.Execute(
            """
            update remediation set state = @state, actor = @actor, reason = @reason, due_at = null, changed_at = @now where action_id = @id
            """,
            new { id, state, actor = SqlText.Clean(change.Actor), reason = ReasonOf(state, change), now });
        await transaction.Execute("update alert set seq = @seq where alert_id = @AlertId", new { seq, row.AlertId });
        await Audit.Add(transaction, change, $"action_{state}", row.AlertId, silenceId: null, ("action_id", id), ("policy", row.Policy),
            ("action", $"{row.Kind} {row.Action}"), ("target", row.Target));
        return RemediationResult.Done;
    }, stop);

    private static string? ReasonOf(string state, Change change) =>
        state == RemediationStates.Rejected && change.Note.Length > 0 ? SqlText.Clean(change.Note) : null;

    private sealed class Row
    {
        public required string ActionId { get; init; }

        public required string Policy { get; init; }

        public required string AlertId { get; init; }

        public required string Model { get; init; }

        public required string Kind { get; init; }

        public required string Action { get; init; }

        public required string Target { get; init; }

        public required string State { get; init; }

        public string? Reason { get; init; }

        public string? Actor { get; init; }

        public required long ChangedAt { get; init; }

        public long? ActedAt { get; init; }

        public long? DueAt { get; init; }

        public required long Attempts { get; init; }

        public RemediationEntry ToEntry() => new(
            ActionId, Policy, AlertId, Model, Kind, Action, AlertingJson.Read<LabelSet>(Target).ToDictionary(), State, Reason, Actor,
            Time(ChangedAt), ActedAt is { } acted ? Time(acted) : null, DueAt is { } due ? Time(due) : null, (int)Attempts);

        private static string Time(long milliseconds) => Timestamp.FromUnixMilliseconds(milliseconds).ToString();
    }
}

/// <summary>The outcome of a decision about an action.</summary>
internal enum RemediationResult
{
    /// <summary>It is done and in the audit.</summary>
    Done = 0,

    /// <summary>The journal has no such action.</summary>
    Unknown = 1,

    /// <summary>It does not wait for anybody, or no more.</summary>
    IsNotWaiting = 2,
}

/// <summary>Actions that alerts started, the newest first.</summary>
/// <param name="Total">Number of all that were asked for.</param>
/// <param name="Actions">The newest of them.</param>
internal sealed record RemediationList(long Total, IReadOnlyList<RemediationEntry> Actions);

/// <summary>One action.</summary>
/// <param name="ActionId">Its id, which whoever executes it sees.</param>
/// <param name="Policy">The policy that decided it.</param>
/// <param name="AlertId">The alert.</param>
/// <param name="Model">The model of the alert.</param>
/// <param name="Kind">webhook, kafka or kubernetes.</param>
/// <param name="Action">The verb.</param>
/// <param name="Target">The parts that name its target.</param>
/// <param name="State">planned, blocked, dry_run, waiting_approval, approved, running, done, verified, failed, rejected or expired.</param>
/// <param name="Reason">Reason of the state; null where there is nothing to say.</param>
/// <param name="Actor">Who approved or rejected it; null where nobody did.</param>
/// <param name="ChangedAt">Time of its last change, RFC 3339.</param>
/// <param name="ActedAt">Time of its start; null before it.</param>
/// <param name="DueAt">Until when it waits, or the alert must recover; null where nothing is due.</param>
/// <param name="Attempts">Number of attempts to execute it so far.</param>
internal sealed record RemediationEntry(
    string ActionId,
    string Policy,
    string AlertId,
    string Model,
    string Kind,
    string Action,
    IReadOnlyDictionary<string, string> Target,
    string State,
    string? Reason,
    string? Actor,
    string ChangedAt,
    string? ActedAt,
    string? DueAt,
    int Attempts);
