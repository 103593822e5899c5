using System.Globalization;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Remediation;

/// <summary>Reads <c>kubernetes</c> of an action: one verb, its target by texts or labels, its bounds.</summary>
internal static class KubernetesReader
{
    /// <summary>Restarts the pods of a deployment, as <c>kubectl rollout restart</c> does.</summary>
    public const string RolloutRestart = "rollout_restart";

    /// <summary>Changes the replicas of a deployment.</summary>
    public const string Scale = "scale";

    /// <summary>Lets no new pods come to a node.</summary>
    public const string Cordon = "cordon";

    private static readonly string[] Verbs = [RolloutRestart, Scale, Cordon];

    public static RemedySpec Read(YamlSection section, YamlSection? limits)
    {
        var given = Verbs.Select(verb => (Verb: verb, Section: section.OptionalSection(verb))).Where(verb => verb.Section is not null)
            .ToArray();
        section.End();
        if (given is not [var (verb, fields)])
        {
            section.Wrong("", $"needs one of {string.Join(", ", Verbs.Select(one => $"'{one}'"))}");
            foreach (var (_, other) in given) PassAll(other!);
            return new(RemedyKind.Kubernetes, RolloutRestart, [], new Dictionary<string, string>());
        }

        var parameters = new Dictionary<string, string>();
        TargetPart[] target = verb == Cordon
            ? [Part(fields!, "node")]
            : [Part(fields!, "namespace"), Part(fields!, "deployment")];
        if (verb == Scale) ReadScale(fields!, parameters);
        if (verb == Cordon) ReadPool(limits, parameters);
        fields!.End();
        return new(RemedyKind.Kubernetes, verb, target, parameters);
    }

    private static TargetPart Part(YamlSection section, string name)
    {
        var (text, label) = (section.Text(name), section.Text(name + "_label"));
        if ((text is { Length: > 0 }) == (label is { Length: > 0 }))
            section.Wrong(name, $"or {name}_label must stand here, one of them: the name itself, or the label of the alert that holds it");
        return label is { Length: > 0 } ? new(name, Literal: null, label) : new(name, text ?? "", Label: null);
    }

    private static void ReadScale(YamlSection section, Dictionary<string, string> parameters)
    {
        var (replicas, by) = (section.WholeNumber("replicas", 1, 10_000), section.WholeNumber("by", 1, 1_000));
        if (replicas is null == by is null) section.Wrong("", "needs 'replicas', the number that is wanted, or 'by', how many more");
        var most = section.WholeNumber("max", 1, 10_000);
        if (by is not null && most is null) section.Wrong("max", "is missing: 'by' needs the most replicas that there may be");
        if (replicas is not null && most is not null) section.Wrong("max", "is for 'by'");
        foreach (var (name, value) in new[] { ("replicas", replicas), ("by", by), ("max", most) })
            if (value is { } number) parameters[name] = number.ToString(CultureInfo.InvariantCulture);
    }

    private static void ReadPool(YamlSection? limits, Dictionary<string, string> parameters)
    {
        if (limits is null) return;
        var (share, label) = (limits.Number("pool_share", 0.001, 1), limits.Text("pool_label"));
        if (share is not null && label is not { Length: > 0 })
            limits.Wrong("pool_label", "is missing: write the label of nodes that names their pool, beside pool_share");
        if (share is null && label is not null) limits.Wrong("pool_label", "is for pool_share, which is missing");
        if (share is not { } part || label is not { Length: > 0 }) return;
        parameters["pool_share"] = part.ToString("R", CultureInfo.InvariantCulture);
        parameters["pool_label"] = label;
    }

    private static void PassAll(YamlSection section)
    {
        foreach (var field in section.Unread) section.Pass(field);
    }
}
