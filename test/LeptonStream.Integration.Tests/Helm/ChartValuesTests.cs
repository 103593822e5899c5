using System.Text.Json.Nodes;
using LeptonStream.Testing.Kubernetes;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>What single values do.</summary>
public sealed class ChartValuesTests
{
    [Test]
    public async Task Replicas_Null_LeavesTheirNumberToAnAutoscaler()
    {
        var chart = await Chart.Render("detector-only");

        Assert.That(chart.Deployments, Has.Count.EqualTo(1));
        Assert.That(chart.One("Deployment", "detector").At("spec", "replicas"), Is.Null);
        Assert.That(chart.All("PodDisruptionBudget").Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Replicas_Zero_IsZeroAndNotTheDefault()
    {
        var chart = await Chart.Render("minimal", "detector.replicaCount=0");

        Assert.That(chart.One("Deployment", "detector").Text("spec", "replicas"), Is.EqualTo("0"));
    }

    [Test]
    public async Task StaticMembership_OfDetectors_NamesEachMemberAfterItsPod()
    {
        var chart = await Chart.Render("minimal", "detector.staticMembership=true");

        Assert.That(chart.Deployments.Select(role => role.Text("metadata", "labels", "app.kubernetes.io/component")),
            Is.EquivalentTo(new[] { "dashboard", "notifier" }));
        var detector = chart.One("StatefulSet", "detector");
        Assert.That(detector.Text("spec", "serviceName"), Is.EqualTo(detector.Text("metadata", "name")));
        var pod = chart.Pod("detector");
        Assert.That(pod.Environment["LEPTON_Kafka__GroupInstanceId"].Text("valueFrom", "fieldRef", "fieldPath"),
            Is.EqualTo("metadata.name"));
        Assert.That(pod.Spec.Number("terminationGracePeriodSeconds"), Is.EqualTo(60));
        Assert.That(chart.Pod("notifier").Environment.Keys, Does.Not.Contain("LEPTON_Kafka__GroupInstanceId"));
    }

    [TestCase("4", "4")]
    [TestCase("null", null)]
    public async Task Loops_OfADetector_AreTheProgramsSettingOrItsDefault(string loops, string? expected)
    {
        var chart = await Chart.Render("minimal", $"detector.loops={loops}");
        Assert.That(chart.Settings.Text("Detector", "Loops"), Is.EqualTo(expected));
    }

    [TestCase(1, false)]
    [TestCase(2, true)]
    public async Task Budget_ByReplicas_ExistsOnlyForMoreThanOne(int replicas, bool expected)
    {
        var chart = await Chart.Render(
            "minimal", $"detector.replicaCount={replicas}", "notifier.replicaCount=1", "dashboard.replicaCount=1");

        Assert.That(chart.All("PodDisruptionBudget").Select(budget => budget.Text("metadata", "name")),
            Is.EqualTo(expected ? [$"{Chart.Release}-leptonstream-detector"] : Array.Empty<string>()));
    }

    [Test]
    public async Task Metrics_ByDefault_AreAnnotatedOnThePortThatServesThem()
    {
        var chart = await Chart.Render("minimal");

        Assert.That(chart.All("PodMonitor"), Is.Empty);
        foreach (var (role, port) in new[] { ("detector", "8081"), ("notifier", "8081"), ("dashboard", "8080") })
        {
            var annotations = chart.One("Deployment", role).Map("spec", "template", "metadata", "annotations");
            var scrape = annotations.Where(a => a.Key.StartsWith("prometheus.io/", StringComparison.Ordinal))
                .Select(a => $"{a.Key}={a.Value}");
            Assert.That(scrape, Is.EquivalentTo(
                new[] { "prometheus.io/scrape=true", $"prometheus.io/port={port}", "prometheus.io/path=/metrics" }));
        }
    }

    [Test]
    public async Task Metrics_WithPodMonitors_AreFoundByThemAlone()
    {
        var chart = await Chart.Render(
            "minimal", "metrics.podMonitor.enabled=true", "metrics.podMonitor.labels={\"release\":\"prometheus\"}",
            "metrics.podMonitor.interval=\"30s\"");

        foreach (var (role, port) in new[] { ("detector", "health"), ("notifier", "health"), ("dashboard", "http") })
        {
            var monitor = chart.One("PodMonitor", role);
            Assert.That(monitor.Text("metadata", "labels", "release"), Is.EqualTo("prometheus"));
            Assert.That(monitor.Text("spec", "selector", "matchLabels", "app.kubernetes.io/component"), Is.EqualTo(role));
            var endpoint = monitor.Items("spec", "podMetricsEndpoints").Single();
            Assert.That((endpoint.Text("port"), endpoint.Text("path"), endpoint.Text("interval")), Is.EqualTo((port, "/metrics", "30s")));
            var annotations = chart.One("Deployment", role).Map("spec", "template", "metadata", "annotations");
            Assert.That(annotations.Keys, Has.None.StartsWith("prometheus.io/"));
        }
    }

    [Test]
    public async Task Checksum_WhenRoutingChanges_RestartsTheNotifierAlone()
    {
        var before = await Chart.Render("full");
        var after = await Chart.Render("full", "notifier.routing.config.route.group_wait=\"20s\"");

        Assert.That(before.RestartedBy(after), Is.EqualTo(new[] { "notifier" }));
    }

    [Test]
    public async Task Checksum_WhenSettingsChange_RestartsAllRoles()
    {
        var before = await Chart.Render("minimal");
        var after = await Chart.Render("minimal", "settings={\"Detector\":{\"BatchSize\":3000}}");

        Assert.That(before.RestartedBy(after), Is.EquivalentTo(new[] { "detector", "notifier", "dashboard" }));
        Assert.That(after.Settings.Text("Detector", "BatchSize"), Is.EqualTo("3000"));
    }

    [Test]
    public async Task Checksum_WhenAGivenPasswordChanges_RestartsAllRoles()
    {
        var before = await Chart.Render("trial");
        var after = await Chart.Render("trial", "kafka.sasl.password=\"another\"");

        Assert.That(before.RestartedBy(after), Is.EquivalentTo(new[] { "detector", "notifier", "dashboard" }));
    }

    [Test]
    public async Task Password_GivenAsValue_IsInSecretsAlone()
    {
        var chart = await Chart.Render(
            "trial", "kafka.sasl.password=\"first-s3cret\"", "storage.connectionString=\"Host=db;Password=second-s3cret\"");

        var showing = chart.Objects.Where(o => o.ToJsonString().Contains("s3cret", StringComparison.Ordinal)).ToArray();
        Assert.That(showing.Select(o => o.Text("kind")), Is.All.EqualTo("Secret"));
        Assert.That(showing.Select(o => o.Text("metadata", "name")),
            Is.EquivalentTo(new[] { $"{Chart.Release}-leptonstream", $"{Chart.Release}-leptonstream-topics" }));
        Assert.That(chart.One("Secret", "topics").ToJsonString(), Does.Not.Contain("second-s3cret"));
    }

    [Test]
    public async Task Secrets_Existing_AreReferredToAndNoneIsMade()
    {
        var chart = await Chart.Render("full");

        var notifier = chart.Pod("notifier");
        Assert.That(chart.All("Secret"), Is.Empty);
        Assert.That(notifier.Environment["LEPTON_Storage__ConnectionString"].Map("valueFrom", "secretKeyRef"),
            Is.EqualTo(Reference("lepton-postgresql", "uri")));
        Assert.That(notifier.Environment["LEPTON_Kafka__SaslPassword"].Map("valueFrom", "secretKeyRef"),
            Is.EqualTo(Reference("leptonstream", "password")));
        Assert.That(notifier.Environment, Does.Not.ContainKey("LEPTON_Kafka__SaslUsername"));
        Assert.That(chart.Settings.Text("Kafka", "SaslUsername"), Is.EqualTo("leptonstream"));
    }

    [Test]
    public async Task Username_NotGiven_IsReadFromTheSecret()
    {
        var chart = await Chart.Render("full", "kafka.sasl.username=\"\"", "kafka.sasl.usernameKey=\"user\"");

        Assert.That(chart.Pod("detector").Environment["LEPTON_Kafka__SaslUsername"].Map("valueFrom", "secretKeyRef"),
            Is.EqualTo(Reference("leptonstream", "user")));
        Assert.That(chart.Settings.At("Kafka", "SaslUsername"), Is.Null);
    }

    [Test]
    public async Task TlsFiles_OfSecrets_AreMountedWhereTheSettingsPoint()
    {
        var chart = await Chart.Render("full");

        var files = chart.Pod("detector").Files.ToDictionary(file => $"/etc/lepton/{file.Key}", file => file.Value);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files[chart.Settings.Text("Kafka", "SslCaLocation")!], Is.EqualTo("secret main-cluster-ca-cert/ca.crt"));
            Assert.That(files[chart.Settings.Text("Kafka", "SslCertificateLocation")!], Is.EqualTo("secret leptonstream/user.crt"));
            Assert.That(files[chart.Settings.Text("Kafka", "SslKeyLocation")!], Is.EqualTo("secret leptonstream/user.key"));
        }
    }

    [Test]
    public async Task Routing_Given_IsTheNotifiersFile()
    {
        var chart = await Chart.Render("full");

        var routing = Yaml.ReadAll(chart.One("ConfigMap", $"{Chart.Release}-leptonstream-routing").Text("data", "routing.yaml")!).Single();
        Assert.That(routing.Text("route", "receiver"), Is.EqualTo("on-call"));
        Assert.That(chart.Settings.Text("Notifier", "RoutingFile"), Is.EqualTo("/etc/lepton/routing.yaml"));
        Assert.That(chart.Pod("notifier").Files["routing.yaml"],
            Is.EqualTo($"configMap {Chart.Release}-leptonstream-routing/routing.yaml"));
        Assert.That(chart.Pod("detector").Files, Does.Not.ContainKey("routing.yaml"));
    }

    [Test]
    public async Task Templates_Given_StandBesideTheRoutingFile()
    {
        var chart = await Chart.Render("full");

        var name = $"{Chart.Release}-leptonstream-templates";
        Assert.That(chart.One("ConfigMap", name).Text("data", "titles.tmpl"), Does.StartWith("{{ define \"team\" }}"));
        Assert.That(chart.Pod("notifier").Files["templates/titles.tmpl"], Is.EqualTo($"configMap {name}/titles.tmpl"));
        Assert.That((await Chart.Render("minimal")).Pod("notifier").Files, Does.Not.ContainKey("templates/titles.tmpl"));
    }

    [Test]
    public async Task Routing_InASecret_IsTheNotifiersFile()
    {
        var chart = await Chart.Render(
            "minimal", "notifier.routing.existingSecret=\"receivers\"", "notifier.routing.existingSecretKey=\"lepton\"");

        Assert.That(chart.Pod("notifier").Files["routing.yaml"], Is.EqualTo("secret receivers/lepton"));
        Assert.That(chart.Settings.Text("Notifier", "RoutingFile"), Is.EqualTo("/etc/lepton/routing.yaml"));
    }

    [Test]
    public async Task Routing_NotGiven_LeavesTheProgramsDefault()
    {
        var chart = await Chart.Render("minimal");

        Assert.That(chart.Settings.At("Notifier"), Is.Null);
        Assert.That(chart.Pod("notifier").Files.Keys, Is.EqualTo(new[] { "appsettings.json" }));
    }

    [TestCase(
        "full", "registry.example.com/observability/leptonstream@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [TestCase("minimal", "leptonstream:0.1.0")]
    [TestCase("minimal", "leptonstream:2.0", "image.tag=\"2.0\"")]
    [TestCase("full", "mirror.example.com/observability/leptonstream:2.0", "image.tag=\"2.0\"", "image.digest=\"\"",
        "global.imageRegistry=\"mirror.example.com\"")]
    public async Task Image_OfAllPods_IsOneAndTheSame(string set, string expected, params string[] overrides)
    {
        var chart = await Chart.Render(set, overrides);

        Assert.That(chart.Pods.Select(pod => pod.Container.Text("image")), Is.All.EqualTo(expected));
    }

    [Test]
    public async Task PullSecrets_OfParentAndChart_AreBothUsed()
    {
        var chart = await Chart.Render("full", "global.imagePullSecrets=[{\"name\":\"company\"}]");

        foreach (var pod in chart.Pods)
            Assert.That(pod.Spec.Items("imagePullSecrets").Select(secret => secret.Text("name")),
                Is.EqualTo(new[] { "company", "registry" }));
    }

    [Test]
    public async Task Environment_Extra_ReplacesAVariableOfTheChart()
    {
        var chart = await Chart.Render("full");

        Assert.That(chart.Pod("detector").Environment["DOTNET_GCHeapHardLimitPercent"].Text("value"), Is.EqualTo("3C"));
        Assert.That(chart.Pod("notifier").Environment["DOTNET_GCHeapHardLimitPercent"].Text("value"), Is.EqualTo("37"));
    }

    [Test]
    public async Task User_Null_IsLeftToTheClusterToChoose()
    {
        var chart = await Chart.Render("minimal", "podSecurityContext={\"runAsUser\":null,\"runAsGroup\":null,\"fsGroup\":null}");

        Assert.That(chart.Pod("detector").Spec.Map("securityContext").Keys, Is.EquivalentTo(new[] { "runAsNonRoot", "seccompProfile" }));
    }

    [Test]
    public async Task ServiceAccount_Off_UsesTheNamedOne()
    {
        var chart = await Chart.Render("minimal", "serviceAccount.create=false", "serviceAccount.name=\"ours\"");

        Assert.That(chart.All("ServiceAccount"), Is.Empty);
        Assert.That(chart.Pods.Select(pod => pod.Spec.Text("serviceAccountName")), Is.All.EqualTo("ours"));
    }

    [Test]
    public async Task Hook_BeforeTheReleasesAccountExists_RunsAsTheNamespacesDefault()
    {
        var chart = await Chart.Render("minimal");

        Assert.That(chart.Pod("topics").Spec.Text("serviceAccountName"), Is.EqualTo("default"));
        Assert.That(chart.Pod("detector").Spec.Text("serviceAccountName"),
            Is.EqualTo(chart.All("ServiceAccount").Single().Text("metadata", "name")));
    }

    [Test]
    public async Task Ingress_On_LeadsToTheDashboardsService()
    {
        var chart = await Chart.Render("full");

        var ingress = chart.One("Ingress", "dashboard");
        var service = chart.One("Service", "dashboard");
        var backend = ingress.At("spec", "rules", 0, "http", "paths", 0, "backend", "service");
        Assert.That(backend.Text("name"), Is.EqualTo(service.Text("metadata", "name")));
        Assert.That(backend.Text("port", "name"), Is.EqualTo(service.Text("spec", "ports", 0, "name")));
        Assert.That(ingress.Text("spec", "tls", 0, "secretName"), Is.EqualTo("leptonstream-tls"));
    }

    [TestCase("https://leptonstream.example.com")]
    [TestCase("http://leptonstream.example.com/watch", "dashboard.ingress.tlsSecret=\"\"", "dashboard.ingress.path=\"/watch\"")]
    [TestCase("https://elsewhere.example.com", "settings.Notifier={\"ExternalUrl\":\"https://elsewhere.example.com\"}")]
    public async Task Ingress_On_IsTheAddressInNotifications(string expected, params string[] overrides)
    {
        var chart = await Chart.Render("full", overrides);

        Assert.That(chart.Settings.Text("Notifier", "ExternalUrl"), Is.EqualTo(expected));
    }

    [Test]
    public async Task NetworkPolicy_On_AllowsEachRoleWhatItNeedsAlone()
    {
        var chart = await Chart.Render("full");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(EgressPorts(chart, "detector"), Is.EqualTo(new[] { 53, 53, 9094 }));
            Assert.That(EgressPorts(chart, "notifier"), Is.EqualTo(new[] { 53, 53, 9094, 5432, 443 }));
            Assert.That(EgressPorts(chart, "dashboard"), Is.EqualTo(new[] { 53, 53, 5432 }));
            Assert.That(chart.One("NetworkPolicy", "detector").Items("spec", "ingress"), Is.Empty);
            Assert.That(chart.One("NetworkPolicy", "dashboard").At("spec", "ingress", 0, "from"), Is.Not.Null);
        }
    }

    [Test]
    public async Task ExtraObjects_WithTemplates_AreRendered()
    {
        var chart = await Chart.Render("full");

        Assert.That(chart.One("ConfigMap", $"{Chart.Release}-leptonstream-note").Text("data", "release"), Is.EqualTo(Chart.Release));
    }

    [TestCase("fullnameOverride=\"watch\"", "watch-detector")]
    [TestCase("nameOverride=\"lepton\"", $"{Chart.Release}-lepton-detector")]
    public async Task Name_Overridden_BeginsAllNames(string given, string expected)
    {
        var chart = await Chart.Render("minimal", given);

        Assert.That(chart.One("Deployment", "detector").Text("metadata", "name"), Is.EqualTo(expected));
    }

    [Test]
    public async Task Name_OfALongRelease_StaysALegalName()
    {
        var release = new string('a', 53);
        var rendered = await Chart.Helm(
            "template", release, Chart.Folder, "--kube-version", HelmProgram.KubernetesVersion, "--values", Chart.ValuesFile("full"));

        Assert.That(rendered.ExitCode, Is.Zero, rendered.Everything);
        Assert.That(RenderedChart.Parse(rendered.Output).Objects.Select(o => o.Text("metadata", "name")!.Length),
            Is.All.LessThanOrEqualTo(63));
    }

    [Test]
    public async Task Namespace_Overridden_HoldsAllObjects()
    {
        var chart = await Chart.Render("minimal", "namespaceOverride=\"elsewhere\"");

        Assert.That(chart.Objects.Select(o => o.Text("metadata", "namespace")), Is.All.EqualTo("elsewhere"));
    }

    private static int[] EgressPorts(RenderedChart chart, string role) =>
        [.. chart.One("NetworkPolicy", role).Items("spec", "egress").SelectMany(rule => rule.Items("ports"))
            .Select(port => (int)port.At("port")!)];

    private static Dictionary<string, string> Reference(string secret, string key) => new() { ["name"] = secret, ["key"] = key };
}
