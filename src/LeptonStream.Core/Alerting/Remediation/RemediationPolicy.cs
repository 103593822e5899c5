using LeptonStream.Series;

namespace LeptonStream.Alerting.Remediation;

/// <summary>A rule by which an alert starts an action: which alerts, which action, and the bounds within which it may.</summary>
public sealed record RemediationPolicy
{
    /// <summary>Its name, unique in the file; it stands in the journal and in the audit.</summary>
    public required string Name { get; init; }

    /// <summary>The matchers, all of which the labels of the alert must fulfil; never empty.</summary>
    public required IReadOnlyList<Matcher> Matchers { get; init; }

    /// <summary>The action.</summary>
    public required RemedySpec Remedy { get; init; }

    /// <summary>Time for which the alert must be open and not suppressed.</summary>
    /// <value>0 s and more; the default value is zero.</value>
    public TimeSpan After { get; init; }

    /// <summary>Whether the action is only recorded, waits for a person, or starts by itself.</summary>
    /// <value>The default value is <see cref="RemediationMode.DryRun"/>.</value>
    public RemediationMode Mode { get; init; }

    /// <summary>Time for which an action waits for a person.</summary>
    /// <value>1 minute to 1 day; the default value is 1 hour.</value>
    public TimeSpan ApproveWithin { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time for which the policy leaves a target alone after an action on it.</summary>
    /// <value>0 s and more; the default value is 30 minutes.</value>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Number of actions that may start within <see cref="LimitWindow"/>.</summary>
    /// <value>1 to 1000; the default value is 3.</value>
    public int LimitMax { get; init; } = 3;

    /// <summary>The window in which actions count.</summary>
    /// <value>1 minute and more; the default value is 1 hour.</value>
    public TimeSpan LimitWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether actions count for each model by itself, and not for the policy as a whole.</summary>
    /// <value>The default value is false.</value>
    public bool IsLimitPerModel { get; init; }

    /// <summary>Time within which the alert must recover after the action.</summary>
    /// <value>1 minute to 1 day; the default value is 15 minutes.</value>
    public TimeSpan VerifyWithin { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether an alert with these labels is among those that start the action.</summary>
    public bool Covers(LabelSet labels) => Matchers.All(matcher => matcher.Accepts(labels));
}

/// <summary>How far an action goes without a person.</summary>
public enum RemediationMode
{
    /// <summary>It is recorded and never executed.</summary>
    DryRun = 0,

    /// <summary>It waits until a person approves it.</summary>
    Approve = 1,

    /// <summary>It is executed.</summary>
    Automatic = 2,
}

/// <summary>An action as a policy writes it.</summary>
/// <param name="Kind">Who executes it.</param>
/// <param name="Action">The verb: <c>call</c>, <c>retrain</c>, <c>rollout_restart</c>.</param>
/// <param name="Target">The parts that name its target, in their order; never empty.</param>
/// <param name="Parameters">What else the executor must know, by name.</param>
public sealed record RemedySpec(
    RemedyKind Kind, string Action, IReadOnlyList<TargetPart> Target, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The target for an alert with these labels.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="missing">The label that names a part and is not there or empty; null where the target is whole.</param>
    public LabelSet TargetOf(LabelSet labels, out string? missing)
    {
        ArgumentNullException.ThrowIfNull(labels);
        missing = Target.FirstOrDefault(part => part.ValueOf(labels) is not { Length: > 0 })?.Label;
        return missing is not null ? LabelSet.Empty
            : LabelSet.Of(Target.Select(part => KeyValuePair.Create(part.Name, part.ValueOf(labels)!)));
    }
}

/// <summary>One part of a target: a text of the policy, or the value of a label of the alert.</summary>
/// <param name="Name">The part: <c>model</c>, <c>namespace</c>, <c>deployment</c>, <c>node</c>.</param>
/// <param name="Literal">The text; null where a label says it.</param>
/// <param name="Label">The label; null where the policy says it.</param>
public sealed record TargetPart(string Name, string? Literal, string? Label)
{
    /// <summary>The value for an alert with these labels, or null.</summary>
    public string? ValueOf(LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return Literal ?? labels[Label!];
    }
}

/// <summary>Who executes an action.</summary>
public enum RemedyKind
{
    /// <summary>A program that is called by HTTP.</summary>
    Webhook = 0,

    /// <summary>A program that reads the topic of actions.</summary>
    Kafka = 1,

    /// <summary>The API of a Kubernetes cluster.</summary>
    Kubernetes = 2,
}
