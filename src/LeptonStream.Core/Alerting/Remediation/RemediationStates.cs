namespace LeptonStream.Alerting.Remediation;

/// <summary>The states of an action in the journal.</summary>
public static class RemediationStates
{
    /// <summary>The alert matches, and is not open for as long as the policy says.</summary>
    public const string Planned = "planned";

    /// <summary>It may not start now; the reason says why. It may later, while the alert is open.</summary>
    public const string Blocked = "blocked";

    /// <summary>It would have started, and the policy is a dry run.</summary>
    public const string DryRun = "dry_run";

    /// <summary>It waits for a person.</summary>
    public const string Waiting = "waiting_approval";

    /// <summary>A person approved it, or the policy needs none; it starts next.</summary>
    public const string Approved = "approved";

    /// <summary>It is executed.</summary>
    public const string Running = "running";

    /// <summary>It was executed, and the alert has not recovered yet.</summary>
    public const string Done = "done";

    /// <summary>It was executed, and the alert recovered in time.</summary>
    public const string Verified = "verified";

    /// <summary>It could not be executed, or the alert did not recover in time; people are notified.</summary>
    public const string Failed = "failed";

    /// <summary>A person rejected it.</summary>
    public const string Rejected = "rejected";

    /// <summary>It never started: the alert ended before, nobody approved it in time, or the policy is gone.</summary>
    public const string Expired = "expired";

    /// <summary>Those that an alert which goes on, or the passing of time, may still change.</summary>
    public static readonly IReadOnlyList<string> Open = [Planned, Blocked, Waiting, Approved, Running, Done];

    /// <summary>The states that a list may be asked for.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Lists = new Dictionary<string, IReadOnlyList<string>>
    {
        ["open"] = Open,
        ["waiting"] = [Waiting],
        ["failed"] = [Failed],
        ["all"] = [Planned, Blocked, DryRun, Waiting, Approved, Running, Done, Verified, Failed, Rejected, Expired],
    };
}
