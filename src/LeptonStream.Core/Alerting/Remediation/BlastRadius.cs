using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Remediation;

/// <summary>
/// Keeps actions apart and few: the cool-down of a target and the limit of a policy. Pure; whoever asks holds the lock under which actions
/// are decided.
/// </summary>
public static class BlastRadius
{
    /// <summary>The reason of a target that was acted on a short while ago.</summary>
    public const string Cooldown = "cool_down";

    /// <summary>The reason of a policy that has started as many actions as it may.</summary>
    public const string Limit = "limit";

    /// <summary>The time from which past actions matter to any of these policies.</summary>
    public static Timestamp Oldest(IReadOnlyList<RemediationPolicy> policies, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var longest = policies.SelectMany(policy => (TimeSpan[])[policy.Cooldown, policy.LimitWindow]).DefaultIfEmpty().Max();
        return now.UnixMilliseconds > longest.TotalMilliseconds ? now - longest : Timestamp.Zero;
    }

    /// <summary>Whether one more action may start.</summary>
    /// <param name="policy">The policy. Its dry runs are held against dry runs, so that they show the bounds, and take no place.</param>
    /// <param name="target">The target of the action.</param>
    /// <param name="model">The model of the alert.</param>
    /// <param name="past">The actions that have started since <see cref="Oldest"/>, or may at any time.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null, or the reason for which it may not.</returns>
    public static string? Check(RemediationPolicy policy, LabelSet target, string model, IEnumerable<PastAction> past, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(target);
        var mine = past.Where(action => action.Policy == policy.Name && action.IsDryRun == (policy.Mode == RemediationMode.DryRun))
            .ToArray();
        if (mine.Any(action => action.Target.Equals(target) && IsWithin(action, policy.Cooldown))) return Cooldown;
        var counted = mine.Count(action =>
            (!policy.IsLimitPerModel || action.Model == model) && IsWithin(action, policy.LimitWindow));
        return counted >= policy.LimitMax ? Limit : null;

        bool IsWithin(PastAction action, TimeSpan time) => action.At is not { } at || at + time > now;
    }
}

/// <summary>An action that counts against the bounds.</summary>
/// <param name="Policy">The policy that decided it.</param>
/// <param name="Target">Its target.</param>
/// <param name="Model">The model of its alert.</param>
/// <param name="IsDryRun">Whether it was recorded only.</param>
/// <param name="At">Its start; null where it may start at any time.</param>
public sealed record PastAction(string Policy, LabelSet Target, string Model, bool IsDryRun, Timestamp? At);
