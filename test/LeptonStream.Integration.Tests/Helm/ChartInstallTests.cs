using System.Diagnostics;
using System.Text.Json.Nodes;
using LeptonStream.Testing;
using LeptonStream.Testing.Kubernetes;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>Releases on a real control plane, in namespaces that enforce Kubernetes' strictest pod security standard.</summary>
public sealed class ChartInstallTests
{
    private const string Deployed = "deployed";

    private KubernetesControlPlane _cluster = null!;
    private HelmProgram _helm = null!;
    private string _namespace = null!;

    [OneTimeSetUp]
    public async Task StartCluster()
    {
        _cluster = await KubernetesControlPlane.Start();
        _helm = await HelmProgram.Find(_cluster.KubeConfig);
        await CreateNamespace("kafka");
        await DefineKafkaTopics();
    }

    [OneTimeTearDown]
    public async Task StopCluster()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [SetUp]
    public async Task ChooseNamespace()
    {
        _namespace = $"t{Guid.NewGuid():N}";
        await CreateNamespace(_namespace);
    }

    [Test]
    public async Task Release_InstalledTestedUpgradedRolledBackAndUninstalled_IsWhatWasAskedForAtEachStep()
    {
        // 1. Install: the hook makes the topics first, then every role becomes available.
        await Succeed("install", Chart.Release, Chart.Folder, "--values", Chart.ValuesFile("trial"), "--wait");
        Assert.That(await Replicas(), Is.EqualTo(new Dictionary<string, int> { ["detector"] = 1, ["notifier"] = 1, ["dashboard"] = 1 }));
        Assert.That(await Status(), Is.EqualTo((1, Deployed)));
        Assert.That(await HookPhases("topics"), Is.All.EqualTo("Succeeded"));
        Assert.That(await Get("batch/v1", "jobs"), Is.Empty, "the hook's job is cleared away");

        // 2. Test: the doctor's pod runs to its end and is cleared away.
        await Succeed("test", Chart.Release);
        Assert.That(await HookPhases("doctor"), Is.EqualTo(new[] { "Succeeded" }));
        Assert.That((await Get("v1", "pods")).Where(pod => Component(pod) == "doctor"), Is.Empty);

        // 3. Upgrade with a change of replicas and of settings, which restarts the pods.
        var before = await Template("detector");
        await Succeed("upgrade", [Chart.Release, Chart.Folder, "--values", Chart.ValuesFile("trial"), "--wait",
            .. Chart.Overrides(["detector.replicaCount=3", "settings={\"Detector\":{\"BatchSize\":3000}}"])]);
        Assert.That((await Replicas())["detector"], Is.EqualTo(3));
        Assert.That(await Status(), Is.EqualTo((2, Deployed)));
        Assert.That((await Settings()).Text("Detector", "BatchSize"), Is.EqualTo("3000"));
        Assert.That(JsonNode.DeepEquals(await Template("detector"), before), Is.False);

        // 4. Rollback: as after the install.
        await Succeed("rollback", Chart.Release, "1", "--wait");
        Assert.That((await Replicas())["detector"], Is.EqualTo(1));
        Assert.That(await Status(), Is.EqualTo((3, Deployed)));
        Assert.That((await Settings()).At("Detector", "BatchSize"), Is.Null);
        Assert.That(JsonNode.DeepEquals(await Template("detector"), before), Is.True);

        // 5. Uninstall: nothing is left.
        await Succeed("uninstall", Chart.Release, "--wait");
        foreach (var (version, kind) in new[] { ("apps/v1", "deployments"), ("v1", "services"), ("v1", "secrets"), ("batch/v1", "jobs"),
            ("policy/v1", "poddisruptionbudgets") })
            Assert.That(await Get(version, kind), Is.Empty, kind);
        Assert.That((await Get("v1", "configmaps")).Select(map => map.Text("metadata", "name")), Is.EqualTo(new[] { "kube-root-ca.crt" }));
    }

    [Test]
    public async Task Upgrade_ThatTheClusterRefuses_LeavesTheReleaseAsItWas()
    {
        await Succeed("install", Chart.Release, Chart.Folder, "--values", Chart.ValuesFile("minimal"), "--wait");

        // The API server alone knows that a request must not be above its limit.
        var refused = await Helm("upgrade", [Chart.Release, Chart.Folder, "--values", Chart.ValuesFile("minimal"), "--atomic",
            .. Chart.Overrides(["detector.resources={\"requests\":{\"memory\":\"2Gi\"},\"limits\":{\"memory\":\"1Gi\"}}"])]);

        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Error, Does.Contain("must be less than or equal to memory limit"));
        Assert.That(await Status(), Is.EqualTo((3, Deployed)));
        Assert.That((await Replicas())["detector"], Is.EqualTo(2));
    }

    [Test]
    public async Task Install_OfAnyValueSet_BecomesAvailable([ValueSource(typeof(Chart), nameof(Chart.ValueSets))] string set)
    {
        await Succeed("install", Chart.Release, Chart.Folder, "--values", Chart.ValuesFile(set), "--wait");

        Assert.That((await Replicas()).Values, Is.Not.Empty.And.All.GreaterThan(0));
        await Succeed("test", Chart.Release);
        await Succeed("uninstall", Chart.Release, "--wait");
    }

    [Test]
    public async Task Uninstall_WithTopicsOfStrimzi_KeepsTheTopicsAndTakesThemBackLater()
    {
        string[] install = ["install", Chart.Release, Chart.Folder, "--values", Chart.ValuesFile("full"),
            .. Chart.Overrides([$"topics.strimzi.namespace=\"{_namespace}\""])];
        await Succeed(install[0], install[1..]);
        await Succeed("uninstall", Chart.Release, "--wait");

        var kept = await Get("kafka.strimzi.io/v1", "kafkatopics");
        Assert.That(kept.Select(topic => topic.Text("spec", "topicName")),
            Is.EquivalentTo(new[] { "team_A.metrics", "team_A.alerts", "team_A.status", "team_A.state", "team_A.feedback", "team_A.actions",
                "team_A.deadletters" }));
        await Succeed(install[0], install[1..]);
    }

    [Test]
    public async Task Notes_OfARelease_ForwardToAServiceAndPortThatExist()
    {
        await Succeed("install", Chart.Release, Chart.Folder, "--values", Chart.ValuesFile("minimal"), "--wait");

        var notes = (await Succeed("get", "notes", Chart.Release)).Output;
        var service = (await Get("v1", "services")).Single();
        var pod = (await Get("v1", "pods")).Single(pod => Component(pod) == "dashboard");
        Assert.That(notes, Does.Contain($"kubectl --namespace {_namespace} port-forward service/{service.Text("metadata", "name")} "
            + $"8080:{service.Text("spec", "ports", 0, "port")}"));
        Assert.That(service.Text("spec", "ports", 0, "targetPort"), Is.EqualTo(pod.Text("spec", "containers", 0, "ports", 0, "name")));
    }

    private async Task CreateNamespace(string name) => await _cluster.Create("/api/v1/namespaces", new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject { ["pod-security.kubernetes.io/enforce"] = "restricted" },
        },
    });

    // As much of Strimzi as the API server needs to take KafkaTopic objects.
    private async Task DefineKafkaTopics()
    {
        await _cluster.Create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", JsonNode.Parse("""
            {
              "metadata": {"name": "kafkatopics.kafka.strimzi.io"},
              "spec": {
                "group": "kafka.strimzi.io", "scope": "Namespaced",
                "names": {"kind": "KafkaTopic", "plural": "kafkatopics", "singular": "kafkatopic"},
                "versions": [{
                  "name": "v1", "served": true, "storage": true,
                  "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {
                    "topicName": {"type": "string"}, "partitions": {"type": "integer", "minimum": 1},
                         "replicas": {"type": "integer", "minimum": 1},
                    "config": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}}
                }]
              }
            }
            """)!);
        for (var waited = Stopwatch.StartNew(); await _cluster.Get("/apis/kafka.strimzi.io/v1") is null; await Task.Delay(100))
            Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "the API server doesn't serve KafkaTopic");
    }

    private Task<ProgramResult> Helm(string verb, params IEnumerable<string> arguments) =>
        _helm.Run([verb, .. arguments, "--namespace", _namespace]);

    private async Task<ProgramResult> Succeed(string verb, params IEnumerable<string> arguments)
    {
        var result = await Helm(verb, arguments);
        Assert.That(result.ExitCode, Is.Zero, $"helm {verb}: {result.Everything}");
        return result;
    }

    private async Task<(int Revision, string Status)> Status()
    {
        var release = JsonNode.Parse((await Succeed("status", Chart.Release, "--output", "json")).Output);
        return (release.Number("version"), release.Text("info", "status")!);
    }

    private async Task<string[]> HookPhases(string component)
    {
        var release = JsonNode.Parse((await Succeed("status", Chart.Release, "--output", "json")).Output);
        return [.. release.Items("hooks").Where(hook => hook.Text("name")!.EndsWith($"-{component}", StringComparison.Ordinal))
            .Select(hook => hook.Text("last_run", "phase")!)];
    }

    private async Task<IReadOnlyList<JsonNode>> Get(string version, string kind) =>
        [.. (await _cluster.Get($"/{(version == "v1" ? "api" : "apis")}/{version}/namespaces/{_namespace}/{kind}")).Items("items")];

    /// <summary>
    /// Available pods by component, once every deployment is rolled out. Helm is content while pods of the generation before
    /// still end, so that is waited for.
    /// </summary>
    private async Task<Dictionary<string, int>> Replicas()
    {
        var deployments = await Get("apps/v1", "deployments");
        for (var waited = Stopwatch.StartNew(); !deployments.All(IsRolledOut); deployments = await Get("apps/v1", "deployments"))
        {
            Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)), "deployments that are not rolled out");
            await Task.Delay(100);
        }

        return deployments.ToDictionary(Component, deployment => deployment.Number("status", "availableReplicas"));
    }

    private static bool IsRolledOut(JsonNode deployment)
    {
        var wanted = deployment.Text("spec", "replicas");
        return deployment.Text("status", "observedGeneration") == deployment.Text("metadata", "generation")
            && new[] { "replicas", "updatedReplicas", "availableReplicas" }.All(pods => deployment.Text("status", pods) == wanted);
    }

    private async Task<JsonNode> Template(string component) =>
        (await Get("apps/v1", "deployments")).Single(deployment => Component(deployment) == component).At("spec", "template")!;

    private async Task<JsonNode> Settings() =>
        JsonNode.Parse((await Get("v1", "configmaps")).Single(map => map.Text("metadata", "name") == $"{Chart.Release}-leptonstream")
            .Text("data", "appsettings.json")!)!;

    private static string Component(JsonNode o) => o.Text("metadata", "labels", "app.kubernetes.io/component")!;
}
