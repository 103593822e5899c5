using System.Text.Json.Nodes;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>What holds for the pods of every set of values.</summary>
[TestFixtureSource(typeof(Chart), nameof(Chart.ValueSets))]
public sealed class ChartPodTests(string set)
{
    private RenderedChart _chart = null!;

    [OneTimeSetUp]
    public async Task Render() => _chart = await Chart.Render(set);

    [Test]
    public void Deployment_Selector_MatchesItsOwnPodsAlone()
    {
        foreach (var deployment in _chart.Deployments)
        {
            var selector = deployment.Map("spec", "selector", "matchLabels");

            Assert.That(selector.Keys, Is.EquivalentTo(
                new[] { "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component" }));
            Assert.That(Selected(selector).Select(pod => pod.Owner), Is.EqualTo(new[] { deployment }));
        }
    }

    [Test]
    public void Selector_OfServicesBudgetsAndPolicies_MatchesTheDeploymentOfTheSameName()
    {
        var selectors = _chart.All("Service").Select(o => (Object: o, Path: new object[] { "spec", "selector" }))
            .Concat(_chart.All("PodDisruptionBudget").Select(o => (o, new object[] { "spec", "selector", "matchLabels" })))
            .Concat(_chart.All("NetworkPolicy").Select(o => (o, new object[] { "spec", "podSelector", "matchLabels" })));

        foreach (var (o, path) in selectors)
            Assert.That(Selected(o.Map(path)).Select(pod => pod.Owner.Text("metadata", "name")),
                Is.EqualTo(new[] { o.Text("metadata", "name") }));
    }

    [Test]
    public void Pod_Security_IsHardened()
    {
        foreach (var pod in _chart.Pods)
        {
            var container = pod.Container.At("securityContext");
            using (Assert.EnterMultipleScope())
            {
                Assert.That(pod.Spec.Text("securityContext", "runAsNonRoot"), Is.EqualTo("true"), $"{pod}");
                Assert.That(pod.Spec.Text("securityContext", "runAsUser"), Is.EqualTo("1654"), $"{pod}");
                Assert.That(pod.Spec.Text("securityContext", "seccompProfile", "type"), Is.EqualTo("RuntimeDefault"), $"{pod}");
                Assert.That(pod.Spec.Text("automountServiceAccountToken"), Is.EqualTo("false"), $"{pod}");
                Assert.That(pod.Spec.Text("enableServiceLinks"), Is.EqualTo("false"), $"{pod}");
                Assert.That(container.Text("allowPrivilegeEscalation"), Is.EqualTo("false"), $"{pod}");
                Assert.That(container.Text("readOnlyRootFilesystem"), Is.EqualTo("true"), $"{pod}");
                Assert.That(container.Items("capabilities", "drop").Select(c => c.ToString()), Is.EqualTo(new[] { "ALL" }), $"{pod}");
                Assert.That(pod.Container.Text("resources", "limits", "memory"), Is.Not.Null, $"{pod}");
            }
        }
    }

    [Test]
    public void Pod_Writing_IsPossibleInTmpAlone()
    {
        foreach (var pod in _chart.Pods)
        {
            var writable = pod.Container.Items("volumeMounts").Where(mount => mount.Text("readOnly") != "true")
                .Select(mount => mount.Text("mountPath"));

            Assert.That(writable, Is.EqualTo(new[] { "/tmp" }), $"{pod}");
            Assert.That(pod.Spec.Items("volumes").Single(volume => volume.Text("name") == "tmp").At("emptyDir"), Is.Not.Null, $"{pod}");
        }
    }

    [Test]
    public void Pod_Arguments_AreItsRoleAndTheSettingsFileItMounts()
    {
        foreach (var pod in _chart.Pods)
        {
            Assert.That(pod.Arguments[0], Is.EqualTo(pod.Component));
            Assert.That(pod.Arguments.TakeLast(2), Is.EqualTo(new[] { "--config", "/etc/lepton/appsettings.json" }));
            Assert.That(pod.Files.Keys, Does.Contain("appsettings.json"));
            Assert.That(pod.Container.Items("volumeMounts").Single(mount => mount.Text("name") == "settings").Text("mountPath"),
                Is.EqualTo("/etc/lepton"));
        }
    }

    [Test]
    public void Pod_SettingsItReads_AreOfThisRendering()
    {
        foreach (var pod in _chart.Pods)
        {
            foreach (var origin in pod.Files.Values.Where(origin => origin.StartsWith("configMap ", StringComparison.Ordinal)))
            {
                var (name, key) = (origin.Split(' ', '/')[1], origin.Split('/')[1]);
                var map = _chart.All("ConfigMap").SingleOrDefault(o => o.Text("metadata", "name") == name);

                Assert.That(map.Text("data", key), Is.Not.Null, $"{pod}: {origin}");
                Assert.That(IsHook(map!) || !IsHook(pod.Owner) || pod.Component == "doctor",
                    $"{pod}: {name} doesn't exist yet when the hook runs");
            }
        }
    }

    [Test]
    public void Worker_Probes_AskTheHealthPort() => AssertProbes(["detector", "notifier"], "health", 8081);

    [Test]
    public void Dashboard_Probes_AskItsOwnPort() => AssertProbes(["dashboard"], "http", 8080);

    [Test]
    public void Deployment_Grace_IsLongerThanTheProgramsOwnLimit()
    {
        foreach (var pod in _chart.Pods.Where(pod => pod.Owner.Text("kind") == "Deployment"))
            Assert.That(pod.Spec.Number("terminationGracePeriodSeconds"), Is.EqualTo(60));
    }

    [Test]
    public void Deployment_Update_NeverTakesAPodAwayBeforeItsSuccessorIsReady()
    {
        foreach (var deployment in _chart.Deployments)
            Assert.That(deployment.Map("spec", "strategy", "rollingUpdate"),
                Is.EqualTo(new Dictionary<string, string> { ["maxSurge"] = "1", ["maxUnavailable"] = "0" }));
    }

    [Test]
    public void Secret_InAnyPod_ComesByReference()
    {
        foreach (var pod in _chart.Pods)
        {
            foreach (var (name, variable) in pod.Environment.Where(
                variable => variable.Key.StartsWith("LEPTON_", StringComparison.Ordinal)))
            {
                Assert.That(variable.Text("value"), Is.Null, $"{pod}: {name}");
                Assert.That(variable.Text("valueFrom", "secretKeyRef", "name"), Is.Not.Empty, $"{pod}: {name}");
            }
        }
    }

    [Test]
    public void Database_IsKnownToThoseWhoNeedItAlone()
    {
        var knowing = _chart.Pods.Where(pod => pod.Environment.ContainsKey("LEPTON_Storage__ConnectionString"))
            .Select(pod => pod.Component);

        var needing = _chart.Deployments.Select(RenderedPod.Of).Select(pod => pod.Component).Intersect(["notifier", "dashboard"]).ToArray();
        Assert.That(knowing, Is.EquivalentTo(needing.Length == 0 ? [] : needing.Append("doctor")));
    }

    [Test]
    public void Object_Names_AreUniqueWithinTheirKind()
    {
        Assert.That(_chart.Objects.Select(o => $"{o.Text("kind")} {o.Text("metadata", "name")}"), Is.Unique);
    }

    private void AssertProbes(string[] components, string portName, int portNumber)
    {
        foreach (var pod in _chart.Pods.Where(pod => components.Contains(pod.Component)))
        {
            Assert.That(pod.Container.Items("ports").Select(port => (port.Text("name"), port.Text("containerPort"))),
                Is.EqualTo(new[] { (portName, $"{portNumber}") }));
            foreach (var (probe, path) in new[] { ("startupProbe", "/healthz/live"), ("livenessProbe", "/healthz/live"),
                ("readinessProbe", "/healthz/ready") })
            {
                Assert.That(pod.Container.Text(probe, "httpGet", "path"), Is.EqualTo(path), $"{pod} {probe}");
                Assert.That(pod.Container.Text(probe, "httpGet", "port"), Is.EqualTo(portName), $"{pod} {probe}");
            }
        }

        Assert.That(_chart.Settings.Text("Health", "Port"), Is.EqualTo("8081"));
        Assert.That(_chart.Settings.Text("Dashboard", "Url"), Is.EqualTo("http://0.0.0.0:8080"));
    }

    private IEnumerable<RenderedPod> Selected(IReadOnlyDictionary<string, string> selector) =>
        _chart.Pods.Where(pod =>
            selector.Count > 0 && selector.All(label => pod.Labels.TryGetValue(label.Key, out var value) && value == label.Value));

    private static bool IsHook(JsonNode o) => o.Map("metadata", "annotations").ContainsKey("helm.sh/hook");
}
