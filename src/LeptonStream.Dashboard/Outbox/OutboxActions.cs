using System.Data.Common;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Outbox;

/// <summary>
/// What people do with notifications that were not delivered. Each action is one transaction with its entry in the audit.
/// </summary>
internal sealed class OutboxActions(Database journal)
{
    private const string Again = "outbox_retry";

    /// <summary>Sends it at once, under the id that it had; a dead one gets the whole time to be delivered again.</summary>
    public Task<OutboxResult> Retry(string id, Change change, CancellationToken stop) => On(id, change, Again,
        "status = 'pending', next_attempt_at = @now, retried_at = @now, leased_until = 0", stop);

    /// <summary>It is never sent. It stays in the list of those that were dropped.</summary>
    public Task<OutboxResult> Drop(string id, Change change, CancellationToken stop) => On(id, change, "outbox_drop",
        "status = 'dropped', leased_until = 0", stop);

    private Task<OutboxResult> On(string id, Change change, string action, string values, CancellationToken stop) =>
        journal.Write(async transaction =>
    {
        var row = (await transaction.Query<Row>(
            $"select receiver, channel, status, leased_until from notification where notification_id = @id {journal.ForUpdate}",
            new { id })).SingleOrDefault();
        if (row is null) return OutboxResult.Unknown;
        if (row.Status is not (OutboxStates.Pending or OutboxStates.Dead)) return OutboxResult.IsOver;
        // A notifier has it in hand: whether it arrives is not known before the lease ends.
        if (row.Status == OutboxStates.Pending && row.LeasedUntil > change.At.UnixMilliseconds) return OutboxResult.IsBeingSent;
        // What was delivered later says more: an old beginning behind its end would open at the receiver for ever.
        if (action == Again && (await transaction.Query<long>(
            """
            select count(*) from notification later join notification this on this.notification_id = @id
            where later.group_id = this.group_id and later.channel = this.channel and later.seq > this.seq and later.status = 'sent'
            """, new { id })).Single() > 0) return OutboxResult.IsOvertaken;
        await transaction.Execute($"update notification set {values} where notification_id = @id",
            new { id, now = change.At.UnixMilliseconds });
        await Audit.Add(transaction, change, action, alertId: null, silenceId: null,
            ("notification_id", id), ("receiver", row.Receiver), ("channel", row.Channel));
        return OutboxResult.Done;
    }, stop);

    private sealed class Row
    {
        public required string Receiver { get; init; }

        public required string Channel { get; init; }

        public required string Status { get; init; }

        public required long LeasedUntil { get; init; }
    }
}

/// <summary>The outcome of an action on the outbox.</summary>
internal enum OutboxResult
{
    /// <summary>It is done and in the audit.</summary>
    Done = 0,

    /// <summary>The outbox has no such notification.</summary>
    Unknown = 1,

    /// <summary>It was sent or dropped already.</summary>
    IsOver = 2,

    /// <summary>It is being sent at this moment.</summary>
    IsBeingSent = 3,

    /// <summary>A newer one of its group was delivered to the same channel.</summary>
    IsOvertaken = 4,
}
