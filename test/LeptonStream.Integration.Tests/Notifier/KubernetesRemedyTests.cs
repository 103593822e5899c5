using System.Text.Json.Nodes;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Remediation;
using LeptonStream.Series;
using LeptonStream.Testing;
using LeptonStream.Testing.Kubernetes;
using Microsoft.Extensions.Options;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Restarting, scaling and cordoning on a real control plane.</summary>
[Category("Slow")]
public sealed class KubernetesRemedyTests
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    private KubernetesControlPlane _plane = null!;
    private KubernetesCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _plane = await KubernetesControlPlane.Start();
        _cluster = new(Options.Create(new NotifierOptions { Kubernetes = _plane.KubeConfig }));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _cluster?.Dispose();
        if (_plane is not null) await _plane.DisposeAsync();
    }

    [Test]
    public async Task Restart_Twice_MakesOneNewRevision()
    {
        await MakeDeployment("chat", replicas: 2);
        var request = Request("rollout_restart", ("namespace", "default"), ("deployment", "chat"));
        var outcomes = (await Execute(request), await Execute(request));

        Assert.That((outcomes.Item1.Result, outcomes.Item2.Result), Is.EqualTo((RemedyResult.Done, RemedyResult.Done)));
        var deployment = (await _plane.Get($"{Deployments}/chat"))!;
        Assert.That(deployment["metadata"]!["generation"]!.GetValue<int>(), Is.EqualTo(2), "the second one changed nothing");
        Assert.That(deployment["spec"]!["template"]!["metadata"]!["annotations"]!["kubectl.kubernetes.io/restartedAt"], Is.Not.Null);
    }

    [Test]
    public async Task Scale_ByMore_StopsAtTheMostAllowed()
    {
        await MakeDeployment("queue", replicas: 2);
        var more = LabelSet.Of(("by", "2"), ("max", "5"));
        var first = Request("scale", ("namespace", "default"), ("deployment", "queue")) with { Parameters = more };
        await Execute(first);
        Assert.That(await ReplicasOf("queue"), Is.EqualTo(4));
        await Execute(first);
        Assert.That(await ReplicasOf("queue"), Is.EqualTo(4), "the same action again");

        await Execute(first with { Id = "second" });
        Assert.That(await ReplicasOf("queue"), Is.EqualTo(5));
        var last = await Execute(first with { Id = "third" });
        Assert.That((last.Result, last.Text),
            Is.EqualTo((RemedyResult.Never, "deployment default/queue has 5 replicas, no more are allowed")));
    }

    [Test]
    public async Task Cordon_ShareOfThePool_IsNeverExceeded()
    {
        for (var number = 0; number < 4; number++) await MakeNode($"gpu-{number}", "gpu");
        await MakeNode("cpu-0", "cpu");
        var bounds = LabelSet.Of(("pool_share", "0.5"), ("pool_label", "pool"));
        var outcomes = new List<RemedyOutcome>();
        for (var number = 0; number < 3; number++)
            outcomes.Add(await Execute(Request("cordon", ("node", $"gpu-{number}")) with { Parameters = bounds }));

        Assert.That(outcomes.Select(outcome => outcome.Result),
            Is.EqualTo(new[] { RemedyResult.Done, RemedyResult.Done, RemedyResult.Blocked }));
        Assert.That(outcomes[2].Text, Is.EqualTo("pool_share"));
        Assert.That((await IsCordoned("gpu-1"), await IsCordoned("gpu-2"), await IsCordoned("cpu-0")), Is.EqualTo((true, false, false)));
    }

    [TestCase("cordon", "node", "no-such-node", "nodes \"no-such-node\" not found")]
    [TestCase("cordon", "node", "../../namespaces", "which is no name in Kubernetes")]
    public async Task Execute_NoSuchTarget_IsRefusedForGood(string action, string part, string value, string error)
    {
        var outcome = await Execute(Request(action, (part, value)));

        Assert.That(outcome.Result, Is.EqualTo(RemedyResult.Never));
        Assert.That(outcome.Text, Does.Contain(error));
    }

    [Test]
    public async Task Execute_TheServerIsAway_MayWorkLater()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(_plane.KubeConfig))
            .Replace("https://127.0.0.1:", "https://nowhere.invalid:", StringComparison.Ordinal));
        using var cluster = new KubernetesCluster(Options.Create(new NotifierOptions { Kubernetes = file }));

        var outcome = await new KubernetesRemedy(cluster).Execute(RowOf(Request("cordon", ("node", "gpu-0"))), CancellationToken.None);
        Assert.That(outcome.Result, Is.EqualTo(RemedyResult.Later));
    }

    private Task<RemedyOutcome> Execute(ActionRequest request) =>
        new KubernetesRemedy(_cluster).Execute(RowOf(request), CancellationToken.None);

    private async Task<int> ReplicasOf(string name) => (await _plane.Get($"{Deployments}/{name}"))!["spec"]!["replicas"]!.GetValue<int>();

    private async Task<bool> IsCordoned(string name) =>
        (await _plane.Get($"/api/v1/nodes/{name}"))!["spec"]?["unschedulable"]?.GetValue<bool>() is true;

    private Task MakeNode(string name, string pool) => _plane.Create("/api/v1/nodes", new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["pool"] = pool } },
    });

    private Task MakeDeployment(string name, int replicas) => _plane.Create(Deployments, JsonNode.Parse(
        $$"""
        {"metadata": {"name": "{{name}}"}, "spec": {"replicas": {{replicas}}, "selector": {"matchLabels": {"app": "{{name}}"} },
          "template": {"metadata": {"labels": {"app": "{{name}}"} }, "spec": {"containers": [{"name": "c", "image": "none"}]} } } }
        """)!);

    private static ActionRequest Request(string action, params (string Name, string Value)[] target) => new()
    {
        Id = $"{action}-{target[^1].Value}",
        Policy = "p",
        Action = action,
        Target = LabelSet.Of(target),
        Parameters = LabelSet.Empty,
        AlertId = "a",
        Model = "m",
        Labels = LabelSet.Empty,
        Onset = AlertEvents.At(0),
        At = AlertEvents.At(60),
    };

    private static RemediationRow RowOf(ActionRequest request) => new()
    {
        ActionId = request.Id,
        Policy = "p",
        AlertId = "a",
        Model = "m",
        Kind = "kubernetes",
        Action = request.Action,
        Target = "{}",
        DryRun = 0,
        State = RemediationStates.Running,
        Since = 0,
        LeasedUntil = 0,
        Attempts = 1,
        Payload = AlertingJson.Write(request),
    };
}
