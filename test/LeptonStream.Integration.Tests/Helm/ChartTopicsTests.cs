using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The three ways in which topics come to be.</summary>
public sealed class ChartTopicsTests
{
    private static readonly IReadOnlyList<TopicPlan> Plan = TopicPlan.Of(new TopicNames("team_A."), 24);

    [Test]
    public async Task Provision_ByJob_RunsBeforeInstallAndUpgrade()
    {
        var chart = await Chart.Render("trial");

        var job = chart.One("Job", "topics");
        var hook = job.Map("metadata", "annotations");
        Assert.That(hook["helm.sh/hook"], Is.EqualTo("pre-install,pre-upgrade"));
        Assert.That(chart.Pod("topics").Arguments,
            Is.EqualTo(new[] { "topics", "create", "--partitions", "3", "--replication-factor", "1", "--config",
            "/etc/lepton/appsettings.json" }));
        foreach (var needed in new[] { chart.One("ConfigMap", "topics"), chart.One("Secret", "topics") })
        {
            Assert.That(needed.Text("metadata", "annotations", "helm.sh/hook"), Is.EqualTo(hook["helm.sh/hook"]));
            Assert.That(needed.Number("metadata", "annotations", "helm.sh/hook-weight"),
                Is.LessThan(job.Number("metadata", "annotations", "helm.sh/hook-weight")));
        }
    }

    [Test]
    public async Task Provision_ByJobWithoutReplicas_LeavesThemToTheCluster()
    {
        var chart = await Chart.Render("minimal");

        Assert.That(chart.Pod("topics").Arguments,
            Is.EqualTo(new[] { "topics", "create", "--partitions", "12", "--config", "/etc/lepton/appsettings.json" }));
    }

    [Test]
    public async Task Provision_None_LeavesTheTopicsAlone()
    {
        var chart = await Chart.Render("minimal", "topics.provision=\"none\"");

        Assert.That(chart.All("Job").Concat(chart.All("KafkaTopic")), Is.Empty);
        Assert.That(chart.Pods.Select(pod => pod.Component), Does.Not.Contain("topics"));
    }

    [Test]
    public async Task Provision_ByStrimzi_IsWhatTheProgramWouldMake()
    {
        var chart = await Chart.Render("full");

        var made = chart.All("KafkaTopic").ToDictionary(topic => topic.Text("spec", "topicName")!);
        Assert.That(chart.All("Job"), Is.Empty);
        Assert.That(made.Keys, Is.EquivalentTo(Plan.Select(topic => topic.Name)));
        using (Assert.EnterMultipleScope())
        {
            foreach (var topic in Plan)
            {
                Assert.That(made[topic.Name].Number("spec", "partitions"), Is.EqualTo(topic.Partitions), topic.Name);
                Assert.That(made[topic.Name].Map("spec", "config"), Is.EquivalentTo(topic.Settings), topic.Name);
            }
        }
    }

    [Test]
    public async Task Provision_ByStrimzi_NamesTheClusterAndTheNamespaceItWatches()
    {
        var chart = await Chart.Render("full");

        Assert.That(chart.All("KafkaTopic").Select(topic => topic.Text("metadata", "labels", "strimzi.io/cluster")),
            Is.All.EqualTo("main"));
        Assert.That(chart.All("KafkaTopic").Select(topic => topic.Text("metadata", "namespace")), Is.All.EqualTo("kafka"));
        Assert.That(chart.All("KafkaTopic").Select(topic => topic.Text("apiVersion")), Is.All.EqualTo("kafka.strimzi.io/v1"));
    }
}
