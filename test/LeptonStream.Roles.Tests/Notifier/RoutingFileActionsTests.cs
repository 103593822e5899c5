using LeptonStream.Alerting.Remediation;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>The section <c>actions</c> of a routing file.</summary>
public sealed class RoutingFileActionsTests
{
    private const string Rest = "route: {receiver: ops}\nreceivers: [{name: ops}]\n";

    [Test]
    public void Parse_WholeSection_BecomesPolicies()
    {
        var routing = RoutingFile.Parse(Rest +
            """
            actions:
              - name: again
                matchers: [kind="drift", severity="critical"]
                after: 5m
                mode: automatic
                cooldown: 1h
                limits: {max: 2, window: 1d, per: model}
                verify: {within: 30m}
                kafka: {action: retrain, parameters: {data: last_week}}
              - name: call
                matchers: [metric=~"disk_.*"]
                mode: approve
                approve_within: 10m
                webhook: {url: https://ops.example.org/hook, timeout: 5s, action: clean}
              - name: cordon
                matchers: [kind="xid"]
                limits: {pool_share: 0.1, pool_label: pool}
                kubernetes: {cordon: {node_label: host}}
              - name: more
                matchers: [metric="queue_time"]
                kubernetes:
                  scale: {namespace: serving, deployment_label: app, by: 2, max: 8}
            """, "routing.yaml", out var errors)!;

        Assert.That(errors, Is.Empty);
        var (again, call, cordon, more) = (routing.Policies[0], routing.Policies[1], routing.Policies[2], routing.Policies[3]);
        Assert.That((again.After, again.Mode, again.Cooldown, again.LimitMax, again.LimitWindow, again.IsLimitPerModel, again.VerifyWithin),
            Is.EqualTo((TimeSpan.FromMinutes(5), RemediationMode.Automatic, TimeSpan.FromHours(1), 2, TimeSpan.FromDays(1), true,
                TimeSpan.FromMinutes(30))));
        Assert.That((again.Remedy.Kind, again.Remedy.Action, again.Remedy.Parameters["data"]),
            Is.EqualTo((RemedyKind.Kafka, "retrain", "last_week")));
        Assert.That(again.Covers(LabelSet.Of(("kind", "drift"), ("severity", "critical"))), Is.True);
        Assert.That(again.Covers(LabelSet.Of(("kind", "drift"))), Is.False);
        Assert.That((call.Mode, call.ApproveWithin, call.Remedy.Action),
            Is.EqualTo((RemediationMode.Approve, TimeSpan.FromMinutes(10), "clean")));
        Assert.That(routing.ActionWebhooks["call"].Timeout, Is.EqualTo(TimeSpan.FromSeconds(5)));
        Assert.That((cordon.Mode, cordon.Remedy.Action, cordon.Remedy.Parameters["pool_share"]),
            Is.EqualTo((RemediationMode.DryRun, "cordon", "0.1")));
        Assert.That(more.Remedy.TargetOf(LabelSet.Of(("app", "chat")), out _),
            Is.EqualTo(LabelSet.Of(("namespace", "serving"), ("deployment", "chat"))));
        more.Remedy.TargetOf(LabelSet.Empty, out var missing);
        Assert.That(missing, Is.EqualTo("app"));
    }

    [Test]
    public void Parse_ExampleOfTheDriftPage_StartsARetraining()
    {
        var page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "drift.md"));
        var example = page.Split("```yaml\n").Single(part => part.StartsWith("actions:", StringComparison.Ordinal)).Split("```")[0];
        var retrain = RoutingFile.Parse(Rest + example, "routing.yaml", out var errors)!.Policies.Single();
        Assert.That(errors, Is.Empty);
        Assert.That(retrain.Remedy.Action, Is.EqualTo("retrain"));
        Assert.That(retrain.Covers(LabelSet.Of(("kind", "drift"), ("metric", "age.drift.psi"))), Is.True);
        Assert.That(retrain.Covers(LabelSet.Of(("kind", "drift"), ("metric", "query.drift.mmd"))), Is.False);
    }

    [TestCase("automatic", "", "Notifier:Kubernetes is not set, and the action 'out'")]
    [TestCase("automatic", "in-cluster", null)]
    [TestCase("dry_run", "", null)]
    public void Of_ActsOnKubernetes_NeedsTheCluster(string mode, string cluster, string? expected)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file,
            $"{Rest}actions:\n  - name: out\n    matchers: [kind=xid]\n    mode: {mode}\n"
                + "    kubernetes: {cordon: {node_label: host}}\n");

        NotifierRouting.Of(new NotifierOptions { RoutingFile = file, Kubernetes = cluster }, out var errors);

        Assert.That(errors, expected is null ? Is.Empty : Has.One.StartsWith(expected));
        File.Delete(file);
    }

    [TestCase("matchers: [a=b]\n    kafka: {action: x}", "routing.yaml:4: actions[0].name is missing")]
    [TestCase("name: x\n    kafka: {action: x}", "routing.yaml:4: actions[0].matchers is missing: an action needs at least one")]
    [TestCase("name: x\n    matchers: [a]\n    kafka: {action: x}", "routing.yaml:5: actions[0].matchers has a wrong entry")]
    [TestCase("name: x\n    matchers: [a=b]", "routing.yaml:4: actions[0] needs one of 'webhook', 'kafka' and 'kubernetes'")]
    [TestCase("name: x\n    matchers: [a=b]\n    kafka: {action: x}\n    webhook: {url: https://a.example}", "needs one of 'webhook'")]
    [TestCase("name: x\n    matchers: [a=b]\n    kafka: {}", "routing.yaml:6: actions[0].kafka.action is missing")]
    [TestCase("name: x\n    matchers: [a=b]\n    kafka: {action: x, topic: y}", "actions[0].kafka.topic is unknown")]
    [TestCase("name: x\n    matchers: [a=b]\n    webhook: {}", "actions[0].webhook.url or url_file must stand here")]
    [TestCase("name: x\n    matchers: [a=b]\n    mode: on\n    kafka: {action: x}",
        "routing.yaml:6: actions[0].mode is 'on': it must be dry_run, approve or automatic")]
    [TestCase("name: x\n    matchers: [a=b]\n    cooldown: soon\n    kafka: {action: x}", "actions[0].cooldown is no duration")]
    [TestCase("name: x\n    matchers: [a=b]\n    verify: {within: 5s}\n    kafka: {action: x}",
        "verify.within is '5s': it must be from 1m to 1d")]
    [TestCase("name: x\n    matchers: [a=b]\n    limits: {max: 0}\n    kafka: {action: x}",
        "limits.max is '0': it must be a whole number from 1")]
    [TestCase("name: x\n    matchers: [a=b]\n    limits: {per: node}\n    kafka: {action: x}",
        "limits.per is 'node': it must be policy or model")]
    [TestCase("name: x\n    matchers: [a=b]\n    limits: {pool_share: 0.1, pool_label: p}\n    kafka: {action: x}",
        "limits.pool_share is for 'kubernetes: cordon'")]
    [TestCase("name: x\n    matchers: [a=b]\n    limits: {pool_share: 2, pool_label: p}\n    kubernetes: {cordon: {node: n}}",
        "limits.pool_share is '2': it must be a number from 0.001 to 1")]
    [TestCase("name: x\n    matchers: [a=b]\n    limits: {pool_share: 0.5}\n    kubernetes: {cordon: {node: n}}",
        "limits.pool_label is missing")]
    [TestCase("name: x\n    matchers: [a=b]\n    kubernetes: {}", "needs one of 'rollout_restart', 'scale', 'cordon'")]
    [TestCase("name: x\n    matchers: [a=b]\n    kubernetes: {drain: {node: n}}", "kubernetes.drain is unknown")]
    [TestCase("name: x\n    matchers: [a=b]\n    kubernetes: {cordon: {}}", "kubernetes.cordon.node or node_label must stand here")]
    [TestCase("name: x\n    matchers: [a=b]\n    kubernetes: {rollout_restart: {namespace: n, deployment: d, deployment_label: l}}",
        "rollout_restart.deployment or deployment_label must stand here, one of them")]
    [TestCase("name: x\n    matchers: [a=b]\n    kubernetes: {scale: {namespace: n, deployment: d}}", "scale needs 'replicas'")]
    [TestCase("name: x\n    matchers: [a=b]\n    kubernetes: {scale: {namespace: n, deployment: d, by: 2}}", "scale.max is missing")]
    [TestCase("name: x\n    matchers: [a=b]\n    kafka: {action: x}\n  - name: x\n    matchers: [a=b]\n    kafka: {action: x}",
        "actions defines 'x' twice")]
    public void Parse_Wrong_IsNamedWithItsLineAndField(string policy, string expected)
    {
        Assert.That(RoutingFile.Parse($"{Rest}actions:\n  - {policy}\n", "routing.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.Contains(expected));
        Assert.That(errors, Is.All.Match("^routing.yaml:[0-9]+: "));
    }
}
