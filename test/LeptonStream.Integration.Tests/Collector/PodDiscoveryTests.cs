using k8s;
using k8s.Models;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Scrape;
using LeptonStream.Testing;
using LeptonStream.Testing.Kubernetes;

namespace LeptonStream.Integration.Tests.Collector;

/// <summary>Annotated pods of a real control plane as targets. No container runs, so the addresses are set by hand.</summary>
[Category("Slow")]
public sealed class PodDiscoveryTests
{
    private KubernetesControlPlane _plane = null!;
    private Kubernetes _admin = null!;
    private int _namespaces;

    [OneTimeSetUp]
    public async Task Start()
    {
        _plane = await KubernetesControlPlane.Start();
        _admin = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(_plane.KubeConfig));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _admin?.Dispose();
        if (_plane is not null) await _plane.DisposeAsync();
    }

    [Test]
    public async Task Pods_ThatComeMoveAndGo_AreFollowed()
    {
        var space = await NewNamespace();
        using var pods = new PodDiscovery(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(_plane.KubeConfig));
        var discovery = new TargetDiscovery(pods);
        var jobs = Jobs(space);
        Assert.That(await Urls(discovery, jobs), Is.Empty);

        await Make(space, "vllm-0", "127.0.0.2", ("scrape", "true"), ("port", "8000"));
        await Make(space, "odd", "127.0.0.3", ("scrape", "true"), ("port", "8443"), ("path", "/stats?a=1"), ("scheme", "https"));
        await Make(space, "first-port", "127.0.0.4", ("scrape", "true"));
        await Make(space, "silent", "127.0.0.5");
        await Make(space, "no", "127.0.0.6", ("scrape", "false"), ("port", "8000"));
        string[] all = ["http://127.0.0.2:8000/metrics", "http://127.0.0.4:9400/metrics", "https://127.0.0.3:8443/stats?a=1"];
        Assert.That(await Urls(discovery, jobs), Is.EqualTo(all));
        var before = (await discovery.Find(jobs, default)).Single(target => target.Url.Port == 8000).Labels;
        Assert.That((before["instance"], before["namespace"], before["pod"]), Is.EqualTo(("vllm-0", space, "vllm-0")));

        await SetAddress(space, "vllm-0", "127.0.0.9");
        Assert.That(await Urls(discovery, jobs), Has.Member("http://127.0.0.9:8000/metrics").And.Exactly(3).Items);
        var moved = (await discovery.Find(jobs, default)).Single(target => target.Url.Port == 8000).Labels;
        Assert.That(moved, Is.EqualTo(before), "an address is no identity: the series go on");

        await _admin.CoreV1.DeleteNamespacedPodAsync("vllm-0", space, gracePeriodSeconds: 0);
        await Eventually.True(() => Urls(discovery, jobs).Result.Count == 2, "the pod that is gone is no target");
        Assert.That(discovery.Troubles.Words, Is.Null);
    }

    [TestCase("port", "http", "port 'http'")]
    [TestCase("path", "metrics", "path 'metrics'")]
    [TestCase("scheme", "ftp", "scheme 'ftp'")]
    public async Task Pod_WithAWrongAnnotation_IsNamedAndTheOthersAreTargets(string annotation, string value, string words)
    {
        var space = await NewNamespace();
        await Make(space, "good", "127.0.0.2", ("scrape", "true"));
        await Make(space, "bad", "127.0.0.3", ("scrape", "true"), (annotation, value));
        using var pods = new PodDiscovery(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(_plane.KubeConfig));
        var discovery = new TargetDiscovery(pods);

        Assert.That(await Urls(discovery, Jobs(space)), Is.EqualTo((string[])["http://127.0.0.2:9400/metrics"]));
        Assert.That(discovery.Troubles.Words, Does.Contain($"{space}/bad").And.Contain(words));
        Assert.That(discovery.Troubles.Counts["annotation"], Is.EqualTo(1));
    }

    [TestCase("DaemonSet", false)]
    [TestCase("StatefulSet", true)]
    [TestCase("ReplicaSet", true)]
    public async Task Labels_OfAPod_AreThoseThatOutliveItsRestart(string owner, bool isNamed)
    {
        var space = await NewNamespace();
        var pod = await Own(space, owner);
        using var pods = new PodDiscovery(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(_plane.KubeConfig));

        var labels = (await new TargetDiscovery(pods).Find(Jobs(space), default)).Single().Labels;

        Assert.That((labels["instance"], labels["node"], labels["pod"]),
            Is.EqualTo((isNamed ? pod : "node-1", owner == "StatefulSet" ? null : "node-1", isNamed ? pod : null)), labels.ToString());
    }

    [Test]
    public async Task Namespace_ThatMayNotBeListed_KeepsItsTargetsAndSaysSoAndTheOtherGoesOn()
    {
        var (open, closed) = (await NewNamespace(), await NewNamespace());
        await Grant(open, open);
        await Grant(open, closed);
        await Make(open, "a", "127.0.0.2", ("scrape", "true"));
        await Make(closed, "b", "127.0.0.3", ("scrape", "true"));
        var request = new Authenticationv1TokenRequest { Spec = new() { Audiences = [] } };
        var token = (await _admin.CoreV1.CreateNamespacedServiceAccountTokenAsync(request, "default", open)).Status.Token;
        var admin = KubernetesClientConfiguration.BuildConfigFromConfigFile(_plane.KubeConfig);
        using var pods = new PodDiscovery(() => new() { Host = admin.Host, SkipTlsVerify = true, AccessToken = token });
        var discovery = new TargetDiscovery(pods);
        var jobs = Jobs(open, closed);
        await Eventually.True(() => Urls(discovery, jobs).Result.Count == 2, "both namespaces are listed");

        await _admin.RbacAuthorizationV1.DeleteNamespacedRoleBindingAsync("lists", closed);
        await _admin.CoreV1.DeleteNamespacedPodAsync("a", open, gracePeriodSeconds: 0);
        await Make(open, "c", "127.0.0.4", ("scrape", "true"));

        await Eventually.True(() => Urls(discovery, jobs).Result.SequenceEqual(
            ["http://127.0.0.3:9400/metrics", "http://127.0.0.4:9400/metrics"]), "the one goes on and the other stays");
        Assert.That(discovery.Troubles.Words, Does.Contain($"the namespace {closed}").And.Contain("403").And.Contain("verb list on pods"));
        Assert.That(discovery.Troubles.Counts["pods"], Is.EqualTo(1));
    }

    [Test]
    public async Task ApiServer_ThatRestarts_LosesNoTargetAndIsSaid()
    {
        var space = await NewNamespace();
        await Make(space, "a", "127.0.0.2", ("scrape", "true"));
        using var pods = new PodDiscovery(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(_plane.KubeConfig));
        var discovery = new TargetDiscovery(pods);
        var jobs = Jobs(space);
        Assert.That(await Urls(discovery, jobs), Has.Exactly(1).Items);

        await _plane.RestartApiServer(async () =>
        {
            Assert.That(await Urls(discovery, jobs), Has.Exactly(1).Items, "the target stays");
            Assert.That(discovery.Troubles.Words, Does.Contain("can't be listed, and the targets stay as they are: Connection refused"));
        });

        await Make(space, "b", "127.0.0.3", ("scrape", "true"));
        await Eventually.True(() => Urls(discovery, jobs).Result.Count == 2, "pods are found again");
        Assert.That(discovery.Troubles.Words, Is.Null);
    }

    private static IReadOnlyList<ScrapeJob> Jobs(params string[] namespaces) => CollectorFile.Parse($$"""
        scrape_configs:
          - job_name: pods
            kubernetes_sd_configs: [{role: pod, namespaces: {names: [{{string.Join(", ", namespaces)}}] } }]
        """, "c.yaml", out _)!.Scrapes;

    private static async Task<List<string>> Urls(TargetDiscovery discovery, IReadOnlyList<ScrapeJob> jobs) =>
        [.. (await discovery.Find(jobs, default)).Select(target => target.Url.ToString()).Order(StringComparer.Ordinal)];

    private async Task<string> NewNamespace()
    {
        var name = $"space-{Interlocked.Increment(ref _namespaces)}";
        await _admin.CoreV1.CreateNamespaceAsync(new() { Metadata = new() { Name = name } });
        await Eventually.True(() => _admin.CoreV1.ListNamespacedServiceAccount(name).Items.Count > 0, "it has its service account");
        return name;
    }

    private async Task Make(string space, string name, string address, params (string Name, string Value)[] annotations)
    {
        var pod = new V1Pod
        {
            Metadata = new()
            {
                Name = name,
                Annotations = annotations.ToDictionary(pair => $"prometheus.io/{pair.Name}", pair => pair.Value),
            },
            Spec = new()
            {
                NodeName = "node-1", Containers = [new() { Name = "c", Image = "none", Ports = [new() { ContainerPort = 9400 }] }],
            },
        };
        await _admin.CoreV1.CreateNamespacedPodAsync(pod, space);
        await Eventually.True(() => _admin.CoreV1.ReadNamespacedPod(name, space).Status.Phase == "Running", "it runs");
        await SetAddress(space, name, address);
    }

    private Task<V1Pod> SetAddress(string space, string name, string address) => _admin.CoreV1.PatchNamespacedPodStatusAsync(
        new V1Patch($$"""{"status": {"podIP": "{{address}}", "podIPs": [{"ip": "{{address}}"}]} }""", V1Patch.PatchType.MergePatch),
        name, space);

    // The pod that a controller makes for its owner.
    private async Task<string> Own(string space, string owner)
    {
        var replicas = owner == "DaemonSet" ? "" : """ "replicas": 1, """;
        await _plane.Create($"/apis/apps/v1/namespaces/{space}/{owner.ToLowerInvariant()}s", System.Text.Json.Nodes.JsonNode.Parse($$"""
            {"metadata": {"name": "web"}, "spec": { {{replicas}} "selector": {"matchLabels": {"app": "web"} },
              "template": {"metadata": {"labels": {"app": "web"}, "annotations": {"prometheus.io/scrape": "true"} },
                "spec": {"containers": [{"name": "c", "image": "none", "ports": [{"containerPort": 9400}]}]} } } }
            """)!);
        await Eventually.True(() => _admin.CoreV1.ListNamespacedPod(space).Items is [{ Status.Phase: "Running" }], "its pod runs");
        var name = (await _admin.CoreV1.ListNamespacedPodAsync(space)).Items[0].Metadata.Name;
        await SetAddress(space, name, "127.0.0.2");
        return name;
    }

    // The service account of one namespace may list the pods of another.
    private async Task Grant(string account, string space)
    {
        await _admin.RbacAuthorizationV1.CreateNamespacedRoleAsync(new()
        {
            Metadata = new() { Name = "lists" }, Rules = [new() { ApiGroups = [""], Resources = ["pods"], Verbs = ["list"] }],
        }, space);
        await _admin.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(new()
        {
            Metadata = new() { Name = "lists" }, RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "lists" },
            Subjects = [new() { Kind = "ServiceAccount", Name = "default", NamespaceProperty = account }],
        }, space);
    }
}
