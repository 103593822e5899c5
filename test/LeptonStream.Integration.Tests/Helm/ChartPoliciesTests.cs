using System.Text.Json.Nodes;
using LeptonStream.Detector.Policies;
using LeptonStream.Policies;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>Detection policies as a value of the chart.</summary>
public sealed class ChartPoliciesTests
{
    [Test]
    public async Task Policies_Given_AreTheDetectorsFile()
    {
        var chart = await Chart.Render("full");

        var policies = Policies(chart);
        Assert.That(PolicyFile.Parse(policies, "policies.yaml", out var errors), Is.Not.Null, string.Join("; ", errors));
        Assert.That(Yaml.ReadAll(policies).Single().Text("rules", 1, "direction"), Is.EqualTo("up"));
        Assert.That(chart.Settings.Text("Detector", "PoliciesFile"), Is.EqualTo("/etc/lepton/policies.yaml"));
        Assert.That(chart.Settings.Text("Detector", "BatchSize"), Is.EqualTo("5000"));
        Assert.That(chart.Pod("detector").Files["policies.yaml"],
            Is.EqualTo($"configMap {Chart.Release}-leptonstream-policies/policies.yaml"));
        Assert.That(chart.Pods.Where(pod => pod.Files.ContainsKey("policies.yaml")).Select(pod => pod.Component),
            Is.EqualTo(new[] { "detector" }));
    }

    [Test]
    public async Task Policies_AsText_AreTheFileAsItIs()
    {
        const string Text = "  # as it is\n  rules:\n    - matchers: [model=a]\n      warm_up: 2000000\n  presets: []\n";

        var chart = await Chart.Render("minimal", $"detector.policies={JsonValue.Create(Text).ToJsonString()}");

        Assert.That(Policies(chart), Is.EqualTo(Text));
    }

    // A file that is mounted by sub-path would stay as it was when the pod began.
    [Test]
    public async Task Policies_Changed_RestartNobodyAndReachTheMountedFile()
    {
        var before = await Chart.Render("full");
        var after = await Chart.Render("full", "detector.policies.defaults.warning_budget=\"21d\"");

        Assert.That(Policies(after), Is.Not.EqualTo(Policies(before)));
        Assert.That(before.RestartedBy(after), Is.Empty);
        Assert.That(after.Pod("detector").Container.Items("volumeMounts").Where(mount => mount.At("subPath") is not null), Is.Empty);
    }

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("\" \\n\"")]
    public async Task Policies_NotGiven_LeaveTheProgramsDefault(string nothing)
    {
        var chart = await Chart.Render("minimal", $"detector.policies={nothing}");

        Assert.That(chart.Settings.At("Detector", "PoliciesFile"), Is.Null);
        Assert.That(chart.Pod("detector").Files.Keys, Is.EqualTo(new[] { "appsettings.json" }));
        Assert.That(chart.All("ConfigMap").Select(map => map.Text("metadata", "name")), Has.None.EndsWith("policies"));
    }

    [Test]
    public void Policies_InTheSchema_KnowTheSettingsThatTheProgramKnows()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Chart.Folder, "values.schema.json")))
            .At("definitions", "policy", "properties")!.AsObject();
        PolicyFile.Parse("rules:\n- matchers: []\n", "policies.yaml", out var errors);

        var known = errors.Single(error => error.Contains("it can set: ", StringComparison.Ordinal)).Split("it can set: ")[1].Split(", ");
        Assert.That(schema.Select(setting => setting.Key), Is.EquivalentTo(known.Append("matchers")));
    }

    private static string Policies(RenderedChart chart) =>
        chart.One("ConfigMap", $"{Chart.Release}-leptonstream-policies").Text("data", "policies.yaml")!;
}
