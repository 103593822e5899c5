namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The edge in the chart: off by default, and then a DaemonSet with a folder of the node.</summary>
public sealed class ChartEdgeTests
{
    [Test]
    public async Task Edge_ByDefault_IsOff()
    {
        var chart = await Chart.Render("minimal");

        Assert.That(chart.All("DaemonSet"), Is.Empty);
    }

    [Test]
    public async Task Edge_Enabled_RunsOnGpuNodesWithItsFileAndFolder()
    {
        var chart = await Chart.Render("minimal", "edge.enabled=true", "edge.config.scrape_configs[0].job_name=\"gpus\"",
            "edge.kernelLog=\"/var/log/kern.log\"");

        var pod = chart.One("DaemonSet", "edge").At("spec", "template", "spec")!;
        Assert.That(pod.Items("tolerations").Single().Text("key"), Is.EqualTo("nvidia.com/gpu"));
        Assert.That(pod.Items("volumes").Select(volume => volume.Text("hostPath", "path") ?? ""),
            Is.SupersetOf(new[] { "/var/lib/leptonstream", "/var/log" }));
        var container = pod.Items("containers").Single();
        Assert.That(container.Items("args").Select(argument => argument.ToString()), Does.Contain("edge"));
        var settings = container.Items("env").ToDictionary(variable => variable.Text("name")!, variable => variable.Text("value") ?? "");
        Assert.That(settings["LEPTON_Edge__SpoolPath"], Is.EqualTo("/var/lib/leptonstream"));
        Assert.That(settings["LEPTON_Edge__KernelLog"], Is.EqualTo("/var/log/kern.log"));
        Assert.That(settings["LEPTON_Collector__ConfigFile"], Is.EqualTo("/etc/lepton/edge.yaml"));
        Assert.That(chart.All("ConfigMap").Select(map => map.Text("data", "edge.yaml") ?? ""), Has.Some.Contains("job_name: gpus"));
        Assert.That(container.Text("securityContext", "privileged"), Is.Not.EqualTo("true"));
    }

    [Test]
    public async Task Edge_KernelsDevice_MakesThePodPrivilegedAndNothingElse()
    {
        var chart = await Chart.Render("minimal", "edge.enabled=true", "edge.kernelLog=\"/dev/kmsg\"");

        var container = chart.One("DaemonSet", "edge").At("spec", "template", "spec", "containers")!.AsArray().Single();
        Assert.That(container.Text("securityContext", "privileged"), Is.EqualTo("true"));
        Assert.That(container.Items("volumeMounts").Select(mount => mount.Text("mountPath")), Does.Contain("/dev/kmsg"));
        Assert.That(chart.Deployments.SelectMany(role => role.At("spec", "template", "spec", "containers")!.AsArray())
            .Select(other => other.Text("securityContext", "privileged")), Is.All.Not.EqualTo("true"));
        Assert.That(VolumesOf(chart), Has.Member("/dev/kmsg CharDevice"));
    }

    [Test]
    public async Task Edge_KernelsDeviceOfAPlugin_HasOneCapabilityAndNoPrivileges()
    {
        var chart = await Chart.Render("minimal", "edge.enabled=true", "edge.kernelLogDevice=\"squat.ai/kmsg\"");

        var container = chart.One("DaemonSet", "edge").At("spec", "template", "spec", "containers")!.AsArray().Single()!;
        Assert.That(container.At("securityContext")!.ToJsonString(), Is.EqualTo(
            """{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"],"add":["SYSLOG"]}}"""));
        Assert.That(container.Text("resources", "limits", "squat.ai/kmsg"), Is.EqualTo("1"));
        Assert.That(container.Text("resources", "limits", "memory"), Is.EqualTo("224Mi"));
        Assert.That(container.Items("env").Single(variable => variable.Text("name") == "LEPTON_Edge__KernelLog").Text("value"),
            Is.EqualTo("/dev/kmsg"));
        Assert.That(VolumesOf(chart), Has.None.Contains("/dev/"));
    }

    private static IEnumerable<string> VolumesOf(RenderedChart chart) => chart.One("DaemonSet", "edge").At("spec", "template", "spec")!
        .Items("volumes").Select(volume => $"{volume.Text("hostPath", "path")} {volume.Text("hostPath", "type")}");
}
