using System.Data.Common;
using System.Text.Json;
using Dapper;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Actions;

/// <summary>The audit: every change with its person, time and reason, written in the transaction of the change.</summary>
internal sealed class Audit(Database journal)
{
    /// <summary>Adds an entry.</summary>
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="change">Who, when and why.</param>
    /// <param name="action">The action in one word, such as <c>acknowledge</c>.</param>
    /// <param name="alertId">The alert that it is about, or null.</param>
    /// <param name="silenceId">The silence that it is about, or null.</param>
    /// <param name="detail">What else there is to know, by name.</param>
    public static Task Add(
        DbTransaction transaction, Change change, string action, string? alertId, string? silenceId,
        params (string Name, string? Value)[] detail) =>
        new AuditRecord(change.At.UnixMilliseconds, change.Actor, change.Role.ToString().ToLowerInvariant(), action)
        {
            AlertId = alertId,
            SilenceId = silenceId,
            Note = change.Note,
            Detail = detail,
        }.Add(transaction);

    /// <summary>The entries of one alert, or of everything where it is null; the newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> Read(string? alertId, int limit, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        var rows = await connection.QueryAsync<AuditRow>(new CommandDefinition(
            $"""
            select audit_id, at, actor, role, action, alert_id, silence_id, note, detail from audit
            {(alertId is null ? "" : "where alert_id = @alertId")} order by audit_id desc limit @limit
            """,
            new { alertId, limit }, cancellationToken: stop));
        return [.. rows.Select(row => row.ToEntry())];
    }

    private sealed class AuditRow
    {
        public required long At { get; init; }

        public required string Actor { get; init; }

        public required string Role { get; init; }

        public required string Action { get; init; }

        public string? AlertId { get; init; }

        public string? SilenceId { get; init; }

        public required string Note { get; init; }

        public required string Detail { get; init; }

        public AuditEntry ToEntry() => new(
            Timestamp.FromUnixMilliseconds(At).ToString(), Actor, Role, Action, AlertId, SilenceId, Note,
            JsonSerializer.Deserialize(Detail, ActionJson.Default.DictionaryStringString)!);
    }
}

/// <summary>One change.</summary>
/// <param name="At">The time, RFC 3339.</param>
/// <param name="Actor">Who made it.</param>
/// <param name="Role">The role they had.</param>
/// <param name="Action">
/// acknowledge, unacknowledge, assign, note, close, silence, silence_changed, silence_expired, stale, verdict, verdict_withdrawn,
/// escalate, outbox_retry or outbox_drop.
/// </param>
/// <param name="AlertId">The alert that it is about; null where it is about none.</param>
/// <param name="SilenceId">The silence that it is about; null where it is about none.</param>
/// <param name="Note">Their words; may be empty.</param>
/// <param name="Detail">What else there is to know, by name.</param>
internal sealed record AuditEntry(
    string At,
    string Actor,
    string Role,
    string Action,
    string? AlertId,
    string? SilenceId,
    string Note,
    IReadOnlyDictionary<string, string> Detail);
