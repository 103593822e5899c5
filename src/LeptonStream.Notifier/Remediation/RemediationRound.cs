using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Remediation;

/// <summary>One look at all actions: how each of them goes on. It decides and writes nothing.</summary>
/// <param name="policies">The policies in force.</param>
/// <param name="mutes">What holds actions back.</param>
/// <param name="now">The time.</param>
/// <param name="past">The actions that count against the bounds; those that are decided here are added.</param>
/// <param name="isClusterBusy">Whether an action on Kubernetes runs: they run one after the other, so that each sees the nodes that those
/// before it took.</param>
internal sealed class RemediationRound(
    IReadOnlyList<RemediationPolicy> policies, Mutes mutes, Timestamp now, List<PastAction> past, bool isClusterBusy)
{
    private readonly Dictionary<string, RemediationPolicy> _policies = policies.ToDictionary(policy => policy.Name);
    private readonly List<string> _failed = [];
    private bool _isClusterBusy = isClusterBusy;

    /// <summary>The alerts whose people are to be notified of a failure.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    /// <summary>The row as it is after this look.</summary>
    /// <param name="row">The row as it was.</param>
    /// <param name="alert">Its alert; null where the journal has it no more.</param>
    public RemediationRow Move(RemediationRow row, LabelledAlert? alert)
    {
        if (alert is not { Status: "firing" }) return AfterTheEnd(row, alert?.EndedReason);
        if (row.State is RemediationStates.Done or RemediationStates.Failed) return Verify(row);
        if (row.State == RemediationStates.Running) return row;

        var labels = alert.LabelSet();
        if (_policies.GetValueOrDefault(row.Policy) is not { } policy || (RemediationRow.KindOf(policy), policy.Remedy.Action) != (row.Kind,
            row.Action)) return row.To(RemediationStates.Expired, "policy_gone");
        if (!policy.Covers(labels)) return row.To(RemediationStates.Expired, "no_match");
        if (mutes.HoldingBack(alert.AlertId, labels, now) is { } cause)
            return row.To(RemediationStates.Blocked, SuppressionCauses.NameOf(cause)) with { Actor = null };
        return row.State switch
        {
            RemediationStates.Waiting => row.DueAt <= now.UnixMilliseconds ? row.To(RemediationStates.Expired, "not_approved") : row,
            RemediationStates.Approved => Start(row),
            _ => Decide(Patient(row), policy, alert, labels),
        };
    }

    private RemediationRow AfterTheEnd(RemediationRow row, string? endedReason)
    {
        switch (row.State)
        {
            case RemediationStates.Running when row.LeasedUntil > now.UnixMilliseconds:
                return row;
            // Whoever had it died, and may have executed it before.
            case RemediationStates.Running when row.Attempts > 0:
                return row.To(RemediationStates.Done, "alert_over");
            case RemediationStates.Done:
                return endedReason is null or "recovered"
                    ? row.To(RemediationStates.Verified)
                    : row.To(RemediationStates.Done, endedReason);
            case RemediationStates.Failed:
                return row.To(RemediationStates.Failed, row.Reason);
            default:
                return row.To(RemediationStates.Expired, "alert_over");
        }
    }

    private RemediationRow Verify(RemediationRow row)
    {
        if (row.DueAt > now.UnixMilliseconds) return row;
        _failed.Add(row.AlertId);
        return row.To(RemediationStates.Failed, row.State == RemediationStates.Done ? FailedAction.NotRecovered : row.Reason);
    }

    // The time without suppression begins when it ends; a clock that was set back must not make it longer.
    private RemediationRow Patient(RemediationRow row)
    {
        var isSuppressed = row.State == RemediationStates.Blocked && SuppressionCauses.All.Contains(row.Reason);
        return isSuppressed || row.Since > now.UnixMilliseconds
            ? row.To(RemediationStates.Planned) with { Since = now.UnixMilliseconds }
            : row;
    }

    private RemediationRow Decide(RemediationRow row, RemediationPolicy policy, LabelledAlert alert, LabelSet labels)
    {
        if (Timestamp.FromUnixMilliseconds(row.Since) + policy.After > now) return row;
        if (row.State == RemediationStates.Blocked && row.DueAt > now.UnixMilliseconds) return row;
        var target = policy.Remedy.TargetOf(labels, out var missing);
        if (missing is not null) return row.To(RemediationStates.Blocked, $"no label {missing}");
        if (BlastRadius.Check(policy, target, row.Model, past, now) is { } reason) return row.To(RemediationStates.Blocked, reason);

        var isDryRun = policy.Mode == RemediationMode.DryRun;
        past.Add(new(policy.Name, target, row.Model, isDryRun, isDryRun ? now : null));
        var decided = row with
        {
            Target = SqlText.Clean(AlertingJson.Write(target)),
            DryRun = isDryRun ? 1 : 0,
            Payload = SqlText.Clean(AlertingJson.Write(Request(row, policy, target, alert, labels))),
        };
        return policy.Mode switch
        {
            RemediationMode.DryRun => decided.To(RemediationStates.DryRun) with { ActedAt = now.UnixMilliseconds },
            RemediationMode.Approve => decided.To(RemediationStates.Waiting, dueAt: now + policy.ApproveWithin),
            _ => Start(decided.To(RemediationStates.Approved)),
        };
    }

    private RemediationRow Start(RemediationRow row)
    {
        if (row.Kind == "kubernetes")
        {
            if (_isClusterBusy) return row;
            _isClusterBusy = true;
        }

        return row.To(RemediationStates.Running, dueAt: now) with { ActedAt = now.UnixMilliseconds, LeasedUntil = 0, Attempts = 0 };
    }

    private ActionRequest Request(
        RemediationRow row, RemediationPolicy policy, LabelSet target, LabelledAlert alert, LabelSet labels) => new()
    {
        Id = row.ActionId,
        Policy = policy.Name,
        Action = policy.Remedy.Action,
        Target = target,
        Parameters = LabelSet.Of(policy.Remedy.Parameters),
        AlertId = alert.AlertId,
        Model = labels["model"] ?? "",
        Labels = labels,
        Onset = Timestamp.FromUnixMilliseconds(alert.Onset),
        At = now,
    };
}
