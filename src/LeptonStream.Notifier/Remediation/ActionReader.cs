using LeptonStream.Alerting.Remediation;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Remediation;

/// <summary>Reads <c>actions</c> of a routing file: which alerts start which action, and within which bounds.</summary>
internal sealed class ActionReader(GlobalSection global)
{
    private readonly Dictionary<string, WebhookSettings> _webhooks = [];

    /// <summary>Reads the section.</summary>
    /// <returns>The policies, and how to reach the webhooks of those that have one, by their names.</returns>
    public (IReadOnlyList<RemediationPolicy> Policies, IReadOnlyDictionary<string, WebhookSettings> Webhooks) Read(YamlSection document)
    {
        RemediationPolicy[] policies = [.. document.Sections("actions").Select(Policy)];
        foreach (var twice in policies.GroupBy(policy => policy.Name).Where(group => group.Key.Length > 0 && group.Count() > 1))
            document.Wrong("actions", $"defines '{twice.Key}' twice");
        return (policies, _webhooks);
    }

    private RemediationPolicy Policy(YamlSection section)
    {
        var name = section.RequiredText("name");
        var matchers = MatcherFields.Read(section, prefix: "");
        if (matchers.Count == 0) section.Wrong("matchers", "is missing: an action needs at least one, such as severity=\"critical\"");
        var limits = section.OptionalSection("limits");
        var verify = section.OptionalSection("verify");
        var remedy = Remedy(section, name, limits);
        var policy = new RemediationPolicy { Name = name, Matchers = matchers, Remedy = remedy };
        policy = policy with
        {
            After = section.Duration("after", "0s", "7d") ?? policy.After,
            Mode = ModeOf(section.OneOf("mode", "dry_run", "approve", "automatic")),
            ApproveWithin = section.Duration("approve_within", "1m", "1d") ?? policy.ApproveWithin,
            Cooldown = section.Duration("cooldown", "0s", "30d") ?? policy.Cooldown,
            LimitMax = limits?.WholeNumber("max", 1, 1000) ?? policy.LimitMax,
            LimitWindow = limits?.Duration("window", "1m", "30d") ?? policy.LimitWindow,
            IsLimitPerModel = limits?.OneOf("per", "policy", "model") == "model",
            VerifyWithin = verify?.Duration("within", "1m", "1d") ?? policy.VerifyWithin,
        };
        limits?.End();
        verify?.End();
        section.End();
        return policy;
    }

    private RemedySpec Remedy(YamlSection section, string name, YamlSection? limits)
    {
        var (webhook, kafka) = (section.OptionalSection("webhook"), section.OptionalSection("kafka"));
        var kubernetes = section.OptionalSection("kubernetes");
        if (new[] { webhook, kafka, kubernetes }.Count(one => one is not null) != 1)
            section.Wrong("", "needs one of 'webhook', 'kafka' and 'kubernetes'");
        var remedy = webhook is not null ? Webhook(webhook, name)
            : kafka is not null ? Kafka(kafka)
            : kubernetes is not null ? KubernetesReader.Read(kubernetes, limits)
            : new RemedySpec(RemedyKind.Webhook, "call", [Model], Nothing);
        foreach (var field in (string[])["pool_share", "pool_label"])
            if (limits?.Has(field) is true && remedy.Action != KubernetesReader.Cordon)
                limits.Wrong(field, "is for 'kubernetes: cordon': nothing else knows the nodes of a pool");
        return remedy;
    }

    private RemedySpec Webhook(YamlSection section, string name)
    {
        _webhooks[name] = WebhookSettings.ReadAction(new ChannelSection(section, global));
        var action = section.Text("action") is { Length: > 0 } verb ? verb : "call";
        var parameters = Parameters(section);
        section.End();
        return new(RemedyKind.Webhook, action, [Model], parameters);
    }

    private static RemedySpec Kafka(YamlSection section)
    {
        var action = section.RequiredText("action");
        var parameters = Parameters(section);
        section.End();
        return new(RemedyKind.Kafka, action, [Model], parameters);
    }

    private static Dictionary<string, string> Parameters(YamlSection section)
    {
        var read = new Dictionary<string, string>();
        foreach (var (name, value, line) in section.Pairs("parameters"))
            if (!read.TryAdd(name, value)) section.Wrong(line, "parameters", $"holds '{name}' twice");
        return read;
    }

    private static RemediationMode ModeOf(string? word) => word switch
    {
        "automatic" => RemediationMode.Automatic,
        "approve" => RemediationMode.Approve,
        _ => RemediationMode.DryRun,
    };

    private static TargetPart Model => new("model", Literal: null, Label: "model");

    private static IReadOnlyDictionary<string, string> Nothing => new Dictionary<string, string>();
}
