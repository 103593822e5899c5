using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Remediation;

/// <summary>
/// The actions that alerts start: each moves in a transaction that holds the counter of events, so that no two notifiers decide at once,
/// none exceeds a bound, and neither alert nor person changes meanwhile. <see cref="RemediationRunner"/> executes what runs.
/// </summary>
internal sealed class Remediations(Database database)
{
    // What runs, or is to be verified or escalated, is looked at; what is over is not.
    private const string Open =
        "(state in ('planned', 'blocked', 'waiting_approval', 'approved', 'running') "
        + "or (state in ('done', 'failed') and due_at is not null))";

    // Changes of alerts up to here were met with these policies.
    private long? _seen;
    private IReadOnlyList<RemediationPolicy> _policies = [];

    /// <summary>Whether any may have something to do.</summary>
    public async Task<bool> AnyDue(IReadOnlyList<RemediationPolicy> policies, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        var open = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from (select 1 from remediation where {Open} limit 1) as due", cancellationToken: cancellation));
        if (open > 0) return true;
        if (policies.Count == 0) return false;
        return !ReferenceEquals(policies, _policies) || _seen is not { } seen || seen < await connection.ExecuteScalarAsync<long>(
            new CommandDefinition("select value from counter where name = 'alert_event'", cancellationToken: cancellation));
    }

    /// <summary>Takes note that everything up to a number of the counter was looked at and is committed.</summary>
    public void Seen(IReadOnlyList<RemediationPolicy> policies, long seq) => (_policies, _seen) = (policies, seq);

    /// <summary>Moves all that have something to do.</summary>
    /// <param name="transaction">A transaction that holds the counter of events.</param>
    /// <param name="policies">The policies in force.</param>
    /// <param name="mutes">What holds actions back.</param>
    /// <param name="groups">The groups, for those who are notified of a failure.</param>
    /// <param name="now">The time.</param>
    /// <returns>The states that actions came to.</returns>
    public async Task<IReadOnlyList<string>> Move(DbTransaction transaction, IReadOnlyList<RemediationPolicy> policies, Mutes mutes,
        GroupStore groups, Timestamp now)
    {
        var rows = (await transaction.Query<RemediationRow>(
            $"select {RemediationRow.Columns} from remediation where {Open} order by action_id {database.ForUpdate}")).ToList();
        string[] alertIds = [.. rows.Select(row => row.AlertId).Distinct()];
        var seen = ReferenceEquals(policies, _policies) ? _seen ?? -1 : -1;
        var alerts = (await transaction.Query<LabelledAlert>(
            $"""
            select {LabelledAlert.Columns}, onset, ended_reason from alert
            where (status = 'firing' and seq > @seen) or alert_id {database.AnyOf("@alertIds")}
            """,
            new { seen, alertIds })).ToDictionary(alert => alert.AlertId);
        var begun = await Begin(transaction, policies, [.. alerts.Values], now);

        var round = new RemediationRound(policies, mutes, now, await Past(transaction, policies, now),
            isClusterBusy: rows.Any(row => row is { Kind: "kubernetes", State: RemediationStates.Running }));
        var outcomes = new List<string>();
        foreach (var row in rows.Concat(begun))
        {
            var moved = round.Move(row, alerts.GetValueOrDefault(row.AlertId));
            if (moved != row) await moved.Update(transaction, now);
            if ((moved.State, moved.Reason) == (row.State, row.Reason) || moved.State == RemediationStates.Planned) continue;
            await moved.Record(transaction, now);
            outcomes.Add(moved.State);
        }

        await Escalate(transaction, groups, round.Failed, now);
        return outcomes;
    }

    // Of each alert and policy there is one row, however often the alert is looked at.
    private async Task<IReadOnlyList<RemediationRow>> Begin(DbTransaction transaction, IReadOnlyList<RemediationPolicy> policies,
        LabelledAlert[] alerts, Timestamp now)
    {
        var wanted = alerts.Where(alert => alert.Status == "firing").Select(alert => (alert.AlertId, Labels: alert.LabelSet()))
            .Where(alert => ActionTriggers.MayStart(alert.Labels))
            .SelectMany(alert => policies.Where(policy => policy.Covers(alert.Labels))
                .Select(policy => (Policy: policy, alert.AlertId, alert.Labels)))
            .ToArray();
        if (wanted.Length == 0) return [];
        string[] alertIds = [.. wanted.Select(one => one.AlertId).Distinct()];
        var known = (await transaction.Query<(string, string)>(
            $"select policy, alert_id from remediation where alert_id {database.AnyOf("@alertIds")}", new { alertIds })).ToHashSet();
        RemediationRow[] begun = [.. wanted.Where(one => !known.Contains((one.Policy.Name, one.AlertId)))
            .Select(one => RemediationRow.Of(one.Policy, one.AlertId, one.Labels, now))];
        foreach (var row in begun) await row.Insert(transaction, now);
        return begun;
    }

    private static async Task<List<PastAction>> Past(DbTransaction transaction, IReadOnlyList<RemediationPolicy> policies, Timestamp now) =>
        [.. (await transaction.Query<(string Policy, string Target, string Model, long DryRun, long? ActedAt)>(
            """
            select policy, target, model, dry_run, acted_at from remediation
            where acted_at > @oldest or state in ('waiting_approval', 'approved')
            """,
            new { oldest = BlastRadius.Oldest(policies, now).UnixMilliseconds }))
            .Select(row => new PastAction(row.Policy, AlertingJson.Read<LabelSet>(row.Target), row.Model, row.DryRun == 1,
                row.ActedAt is { } at ? Timestamp.FromUnixMilliseconds(at) : null))];

    // Who was notified of the alert is notified of the failure, and the next step of its escalation is taken at once.
    private static async Task Escalate(DbTransaction transaction, GroupStore groups, IReadOnlyCollection<string> failed, Timestamp now)
    {
        if (failed.Count == 0) return;
        string[] alertIds = [.. failed.Distinct()];
        var loaded = await groups.LoadFor(transaction, groupIds: [], alertIds, fingerprints: []);
        foreach (var alertId in alertIds) AlertPipeline.ActionFailed(loaded.Groups, alertId, now);
        await groups.Save(transaction, loaded);
        await transaction.ExecuteEach(
            """
            update escalation set started_at = started_at - (due_at - @now), due_at = @now
            where alert_id = @alertId and held = 0 and due_at > @now
            """,
            alertIds.Select(alertId => new { alertId, now = now.UnixMilliseconds }));
    }
}
