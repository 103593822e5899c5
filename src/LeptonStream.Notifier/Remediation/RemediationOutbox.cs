using Dapper;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Remediation;

/// <summary>
/// Actions that are to be executed. Whoever takes one leases it: if that process dies, it comes free when the lease ends, and is executed
/// again under the same id.
/// </summary>
internal sealed class RemediationOutbox(Database database)
{
    // So soon a pool that has no node to spare is asked again.
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(5);

    /// <summary>Takes one in hand whose alert still fires; null where there is none.</summary>
    public async Task<RemediationRow?> Claim(Timestamp now, TimeSpan lease, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await connection.QuerySingleOrDefaultAsync<RemediationRow>(new CommandDefinition(
            $"""
            with due as materialized (
              select action_id from remediation where state = 'running' and leased_until <= @now and due_at <= @now
                and exists (select 1 from alert where alert.alert_id = remediation.alert_id and alert.status = 'firing')
              order by action_id limit 1 {database.ForUpdateSkipLocked})
            update remediation set leased_until = @until, attempts = attempts + 1 where action_id in (select action_id from due)
            returning {RemediationRow.Columns}
            """,
            new { now = now.UnixMilliseconds, until = (now + lease).UnixMilliseconds }, cancellationToken: cancellation));
    }

    /// <summary>It was executed: the alert has so long to recover.</summary>
    public Task<bool> Done(RemediationRow row, string? answer, TimeSpan verifyWithin, Timestamp now, CancellationToken cancellation) =>
        End(row, row.To(RemediationStates.Done, dueAt: now + verifyWithin), now, cancellation, answer);

    /// <summary>It can't be executed: people are to be notified.</summary>
    public Task<bool> Fail(RemediationRow row, string error, Timestamp now, CancellationToken cancellation) =>
        End(row, row.To(RemediationStates.Failed, error, dueAt: now), now, cancellation);

    /// <summary>It must not be executed now, and was not.</summary>
    public Task<bool> Block(RemediationRow row, string reason, Timestamp now, CancellationToken cancellation) =>
        End(row, row.To(RemediationStates.Blocked, reason, dueAt: now + AskAgain) with { ActedAt = null }, now, cancellation);

    /// <summary>It is tried again at a time.</summary>
    public Task<bool> Retry(RemediationRow row, string error, Timestamp at, Timestamp now, CancellationToken cancellation) =>
        Write(row, row.To(RemediationStates.Running, error, at) with { LeasedUntil = 0 }, now, isRecorded: false, answer: null,
            cancellation);

    private Task<bool> End(
        RemediationRow row, RemediationRow ended, Timestamp now, CancellationToken cancellation, string? answer = null) =>
        Write(row, ended with { LeasedUntil = 0 }, now, isRecorded: true, answer, cancellation);

    // One whose lease ended is another process's by now, which says how it ends.
    private Task<bool> Write(RemediationRow row, RemediationRow next, Timestamp now, bool isRecorded, string? answer,
        CancellationToken cancellation) => database.Write(async transaction =>
    {
        var mine = await transaction.Query<long>(
            $"""
            select attempts from remediation where action_id = @ActionId and state = 'running' and attempts = @Attempts {database.ForUpdate}
            """,
            new { row.ActionId, row.Attempts });
        if (mine.Count == 0) return false;
        await next.Update(transaction, now);
        if (isRecorded) await next.Record(transaction, now, answer);
        return true;
    }, cancellation);
}
