using LeptonStream.Testing.Kubernetes;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The chart as a part of somebody else's.</summary>
public sealed class ChartAsDependencyTests
{
    private string _parent = null!;

    [SetUp]
    public void WriteParent()
    {
        _parent = Directory.CreateTempSubdirectory("lepton-parent-").FullName;
        Directory.CreateDirectory(Path.Combine(_parent, "charts"));
        Directory.CreateSymbolicLink(Path.Combine(_parent, "charts", "leptonstream"), Chart.Folder);
        File.WriteAllText(Path.Combine(_parent, "Chart.yaml"), """
            apiVersion: v2
            name: platform
            version: 1.0.0
            dependencies:
              - name: leptonstream
                version: ">=0.0.0"
                condition: leptonstream.enabled
            """);
        File.WriteAllText(Path.Combine(_parent, "values.yaml"), """
            global:
              imageRegistry: mirror.example.com
              clusterDomain: cluster.local
              storageClass: fast
            leptonstream:
              enabled: true
              kafka:
                bootstrapServers: kafka:9092
              storage:
                existingSecret: lepton-postgresql
            """);
    }

    [TearDown]
    public void DeleteParent() => Directory.Delete(_parent, recursive: true);

    [Test]
    public async Task Template_UnderAParentWithGlobals_IsAccepted()
    {
        var rendered = await Chart.Helm("template", "p", _parent, "--kube-version", HelmProgram.KubernetesVersion);

        Assert.That(rendered.ExitCode, Is.Zero, rendered.Everything);
        var chart = RenderedChart.Parse(rendered.Output);
        Assert.That(chart.One("Deployment", "detector").Text("metadata", "name"), Is.EqualTo("p-leptonstream-detector"));
        Assert.That(chart.Pod("detector").Container.Text("image"), Does.StartWith("mirror.example.com/leptonstream:"));
    }

    [Test]
    public async Task Template_SwitchedOffByTheParent_IsEmpty()
    {
        var rendered = await Chart.Helm(
            "template", "p", _parent, "--kube-version", HelmProgram.KubernetesVersion, "--set", "leptonstream.enabled=false");

        Assert.That(rendered.ExitCode, Is.Zero, rendered.Everything);
        Assert.That(RenderedChart.Parse(rendered.Output).Objects, Is.Empty);
    }
}
