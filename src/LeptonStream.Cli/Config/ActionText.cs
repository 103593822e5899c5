using LeptonStream.Alerting.Remediation;
using LeptonStream.Cli.Terminal;
using LeptonStream.Output;
using LeptonStream.Series;

namespace LeptonStream.Cli.Config;

/// <summary>The actions that an alert would start, in words.</summary>
internal static class ActionText
{
    public static void Write(TextWriter output, IReadOnlyList<RemediationPolicy> policies, LabelSet labels)
    {
        RemediationPolicy[] started = [.. policies.Where(policy => policy.Covers(labels))];
        if (started.Length > 0) output.WriteLine();
        foreach (var policy in started) output.WriteLine(SafeText.OneLine($"action     {Of(policy, labels)}"));
    }

    /// <summary>One action: <c>again: kafka retrain {model="m"}, automatic, after 5m</c>.</summary>
    public static string Of(RemediationPolicy policy, LabelSet labels)
    {
        var remedy = policy.Remedy;
        var target = remedy.TargetOf(labels, out var missing);
        var mode = policy.Mode switch
        {
            RemediationMode.Automatic => "automatic",
            RemediationMode.Approve => "after approval",
            _ => "dry run",
        };
        return $"{policy.Name}: {remedy.Kind.ToString().ToLowerInvariant()} {remedy.Action} "
            + (missing is null ? target.ToString() : $"(never: the alert has no label {missing})")
            + $", {mode}, open for {ElapsedText.Of(policy.After)} and more";
    }
}
