namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The collector in the chart: off by default, and then a service with both ports, its file, its tokens and its rights.</summary>
public sealed class ChartCollectorTests
{
    [Test]
    public async Task Collector_ByDefault_IsOff()
    {
        var chart = await Chart.Render("minimal");

        Assert.That(chart.Deployments.Select(role => role.Text("metadata", "labels", "app.kubernetes.io/component")),
            Does.Not.Contain("collector"));
    }

    [Test]
    public async Task Collector_Enabled_ServesBothPortsAndReadsItsFile()
    {
        var chart = await Chart.Render("minimal", "collector.enabled=true", "collector.config.scrape_configs[0].job_name=\"vllm\"",
            "collector.tokens.existingSecret=\"senders\"");

        var service = chart.One("Service", "collector");
        Assert.That(service.Items("spec", "ports").Select(port => port.Text("port")), Is.EqualTo((string[])["4318", "4317"]));
        Assert.That(chart.Settings.Text("Collector", "HttpUrl"), Is.EqualTo("http://0.0.0.0:4318"));
        Assert.That(chart.Settings.Text("Collector", "ConfigFile"), Is.EqualTo("/etc/lepton/collector.yaml"));
        Assert.That(chart.Settings.Text("Collector", "TokensFile"), Is.EqualTo("/etc/lepton/tokens.yaml"));
        Assert.That(chart.All("ConfigMap").Select(map => map.Text("data", "collector.yaml") ?? ""), Has.Some.Contains("job_name: vllm"));
        Assert.That(chart.All("ClusterRole"), Is.Empty);
    }

    [TestCase("", "ClusterRole")]
    [TestCase("collector.pods.namespaces[0]=\"inference\"", "Role")]
    public async Task Pods_Enabled_MayBeListedAndNothingElse(string namespaces, string kind)
    {
        string[] values = ["collector.enabled=true", "collector.pods.enabled=true"];
        var chart = await Chart.Render("minimal", namespaces.Length == 0 ? values : [.. values, namespaces]);

        var rule = chart.All(kind).Single().Items("rules").Single();
        Assert.That(rule.Items("verbs").Select(verb => verb.ToString()), Is.EqualTo((string[])["list"]));
        Assert.That(rule.Items("resources").Select(resource => resource.ToString()), Is.EqualTo((string[])["pods"]));
    }
}
