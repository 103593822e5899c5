using System.Data.Common;
using LeptonStream.Alerting;
using LeptonStream.Feedback;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Actions;

/// <summary>
/// What people do with an alert. Each action is one transaction: the decision, its entry in the audit, and a new number of the alert in the
/// journal, by which open pages learn of it.
/// </summary>
internal sealed class AlertActions(Database journal)
{
    /// <summary>Somebody works on it: repeats stop until the alert ends, or until <paramref name="askAgainAt"/>.</summary>
    public Task<ActionResult> Acknowledge(string alertId, Timestamp? askAgainAt, Change change, CancellationToken stop) =>
        journal.Write(transaction => Acknowledge(transaction, alertId, askAgainAt, change), stop);

    /// <summary>The same in a transaction that does more.</summary>
    public static Task<ActionResult> Acknowledge(DbTransaction transaction, string alertId, Timestamp? askAgainAt, Change change) =>
        On(transaction, alertId, mustFire: true, async () =>
    {
        await SetCare(transaction, "acknowledged_by, acknowledged_at, ask_again_at, acknowledged_severity",
            "@actor, @at, @again, (select severity from alert where alert_id = @alertId)", new
            {
                alertId,
                actor = SqlText.Clean(change.Actor),
                at = change.At.UnixMilliseconds,
                again = askAgainAt?.UnixMilliseconds,
            });
        await Audit.Add(transaction, change, "acknowledge", alertId, silenceId: null, ("ask_again_at", askAgainAt?.ToString()));
    });

    /// <summary>Nobody works on it any more: repeats go on.</summary>
    public async Task<ActionResult> Unacknowledge(string alertId, Change change, CancellationToken stop)
    {
        var wasAcknowledged = false;
        var result = await OnFiring(alertId, async transaction =>
        {
            wasAcknowledged = await transaction.Execute(
                """
                update alert_care set acknowledged_by = null, acknowledged_at = null, ask_again_at = null
                where alert_id = @alertId and acknowledged_by is not null
                """,
                new { alertId }) > 0;
            if (wasAcknowledged) await Audit.Add(transaction, change, "unacknowledge", alertId, silenceId: null);
        }, stop);
        return result == ActionResult.Done && !wasAcknowledged ? ActionResult.NotAcknowledged : result;
    }

    /// <summary>Says whose it is; null takes it from whomever it was.</summary>
    public Task<ActionResult> Assign(string alertId, string? assignee, Change change, CancellationToken stop) =>
        OnKnown(alertId, async transaction =>
    {
        await SetCare(transaction, "assignee", "@assignee",
            new { alertId, assignee = assignee is null ? null : SqlText.Clean(assignee) });
        await Audit.Add(transaction, change, "assign", alertId, silenceId: null, ("to", assignee));
    }, stop);

    /// <summary>Adds a note.</summary>
    public Task<ActionResult> Note(string alertId, Change change, CancellationToken stop) =>
        OnKnown(alertId, transaction => Audit.Add(transaction, change, "note", alertId, silenceId: null), stop);

    /// <summary>
    /// Ends it, whatever the detector says of it afterwards. Who was notified of it is notified of the end, unless a silence or a mute time
    /// holds then.
    /// </summary>
    public Task<ActionResult> Close(string alertId, string reason, Change change, CancellationToken stop) =>
        OnFiring(alertId, async transaction =>
    {
        await SetCare(transaction, "closed_by, closed_at, close_reason, close_pending", "@actor, @at, @reason, 1",
            new { alertId, actor = SqlText.Clean(change.Actor), at = change.At.UnixMilliseconds, reason });
        await transaction.Execute(
            "update alert set status = 'resolved', resolved_at = @at, ended_reason = @Closed where alert_id = @alertId",
            new { alertId, at = change.At.UnixMilliseconds, EndedTexts.Closed });
        await Audit.Add(transaction, change, "close", alertId, silenceId: null, ("reason", reason));
        // Who accepts a level says to the detector that it is the usual one.
        if (reason == CloseReasons.Accepted) await AlertVerdict.Give(transaction, alertId, Verdict.Normal, change);
    }, stop);

    /// <summary>Says what it was, in place of the verdict before. The detector that raised it is notified.</summary>
    public Task<ActionResult> Judge(string alertId, Verdict verdict, Change change, CancellationToken stop) =>
        journal.Write(transaction => Judge(transaction, alertId, verdict, change), stop);

    /// <summary>The same in a transaction that does more.</summary>
    public static Task<ActionResult> Judge(DbTransaction transaction, string alertId, Verdict verdict, Change change) =>
        On(transaction, alertId, mustFire: false, () => AlertVerdict.Give(transaction, alertId, verdict, change));

    /// <summary>Takes the verdict back.</summary>
    public async Task<ActionResult> WithdrawVerdict(string alertId, Change change, CancellationToken stop)
    {
        var hadOne = false;
        var result = await OnKnown(alertId,
            async transaction => hadOne = await AlertVerdict.Withdraw(transaction, alertId, change), stop);
        return result == ActionResult.Done && !hadOne ? ActionResult.NoVerdict : result;
    }

    private Task<ActionResult> OnFiring(string alertId, Func<DbTransaction, Task> act, CancellationToken stop) =>
        On(alertId, mustFire: true, act, stop);

    private Task<ActionResult> OnKnown(string alertId, Func<DbTransaction, Task> act, CancellationToken stop) =>
        On(alertId, mustFire: false, act, stop);

    private Task<ActionResult> On(string alertId, bool mustFire, Func<DbTransaction, Task> act, CancellationToken stop) =>
        journal.Write(transaction => On(transaction, alertId, mustFire, () => act(transaction)), stop);

    private static async Task<ActionResult> On(DbTransaction transaction, string alertId, bool mustFire, Func<Task> act)
    {
        // The number first, as every writer of the journal does: whoever holds its row may change alerts.
        var seq = (await transaction.Query<long>(
            "update counter set value = value + 1 where name = 'alert_event' returning value")).Single();
        var status = (await transaction.Query<string>("select status from alert where alert_id = @alertId", new { alertId }))
            .SingleOrDefault();
        if (status is null) return ActionResult.Unknown;
        if (mustFire && status != "firing") return ActionResult.IsOver;
        await act();
        await transaction.Execute("update alert set seq = @seq where alert_id = @alertId", new { alertId, seq });
        return ActionResult.Done;
    }

    internal static Task<int> SetCare(DbTransaction transaction, string columns, string values, object parameters)
    {
        var changes = string.Join(", ", columns.Split(", ").Select(column => $"{column} = excluded.{column}"));
        return transaction.Execute(
            $"insert into alert_care (alert_id, {columns}) values (@alertId, {values}) on conflict (alert_id) do update set {changes}",
            parameters);
    }
}

/// <summary>The outcome of an action.</summary>
internal enum ActionResult
{
    /// <summary>It is done and in the audit.</summary>
    Done = 0,

    /// <summary>The journal has no such alert.</summary>
    Unknown = 1,

    /// <summary>The alert has ended already.</summary>
    IsOver = 2,

    /// <summary>There is no verdict to take back.</summary>
    NoVerdict = 3,

    /// <summary>There is no acknowledgement to withdraw.</summary>
    NotAcknowledged = 4,
}
