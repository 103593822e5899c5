namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The rights of notifiers on the cluster: none, unless the values say so, and then those alone.</summary>
public sealed class ChartActionsTests
{
    [Test]
    public async Task Rights_ByDefault_AreNone()
    {
        var chart = await Chart.Render("minimal");

        Assert.That(chart.All("Role").Concat(chart.All("ClusterRole")), Is.Empty);
        Assert.That(chart.Pods.Select(pod => pod.Spec.Text("automountServiceAccountToken")), Is.All.EqualTo("false"));
        Assert.That(chart.Settings.Text("Notifier", "Kubernetes"), Is.Null);
    }

    [Test]
    public async Task Rights_Enabled_AreTheNotifiersAndNoMoreThanItNeeds()
    {
        var chart = await Chart.Render("minimal", "notifier.kubernetes.enabled=true", "notifier.kubernetes.namespaces=[\"serving\"]",
            "notifier.kubernetes.nodes=true");

        var (role, wide) = (chart.All("Role").Single(), chart.All("ClusterRole").Single());
        Assert.That(role.Text("metadata", "namespace"), Is.EqualTo("serving"));
        Assert.That(Words(role, "resources").Concat(Words(role, "verbs")), Is.EqualTo(new[] { "deployments", "get", "patch" }));
        Assert.That(Words(wide, "resources").Concat(Words(wide, "verbs")), Is.EqualTo(new[] { "nodes", "get", "list", "patch" }));
        Assert.That(chart.Pods.Where(pod => pod.Spec.Text("automountServiceAccountToken") == "true").Select(pod => pod.Component),
            Is.EqualTo(new[] { "notifier" }));
        Assert.That(chart.Settings.Text("Notifier", "Kubernetes"), Is.EqualTo("in-cluster"));
        Assert.That(chart.Pod("notifier").Spec.Text("serviceAccountName"),
            Is.EqualTo(chart.All("RoleBinding").Single().Text("subjects", 0, "name")));
    }

    private static IEnumerable<string?> Words(System.Text.Json.Nodes.JsonNode role, string field) =>
        role.Items("rules").SelectMany(rule => rule.Items(field).Select(word => word.GetValue<string>()));
}
