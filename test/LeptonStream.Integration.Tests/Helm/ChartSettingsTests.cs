namespace LeptonStream.Integration.Tests.Helm;

/// <summary>What the chart gives the program, judged by the program itself.</summary>
[TestFixtureSource(typeof(Chart), nameof(Chart.ValueSets))]
public sealed class ChartSettingsTests(string set)
{
    private const string MountPath = "/etc/lepton";

    private string _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("lepton-settings-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Program_StartedAsEachPodStartsIt_HasNoObjection()
    {
        var chart = await Chart.Render(set);

        foreach (var pod in chart.Pods)
        {
            Mount(chart, pod);
            var secrets = pod.Environment.Where(variable => variable.Value.At("valueFrom") is not null)
                .ToDictionary(variable => variable.Key, variable => MadeUp(variable.Key));

            var objections = await LeptonProgram.Objections(pod.Arguments.Select(Relocated), secrets);

            Assert.That(objections, Is.Empty, $"{pod}");
        }
    }

    /// <summary>Writes the files that the pod would see, into a folder of this machine.</summary>
    private void Mount(RenderedChart chart, RenderedPod pod)
    {
        Directory.Delete(_folder, recursive: true);
        foreach (var (file, origin) in pod.Files)
        {
            var path = Path.Combine(_folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Relocated(Content(chart, origin)));
        }
    }

    private static string Content(RenderedChart chart, string origin)
    {
        var parts = origin.Split(' ', '/');
        return parts[0] == "configMap" ? chart.All("ConfigMap").Single(map => map.Text("metadata", "name") == parts[1])
            .Text("data", parts[2])! : "made up";
    }

    private string Relocated(string text) => text.Replace(MountPath, _folder, StringComparison.Ordinal);

    private static string MadeUp(string variable) =>
        variable.EndsWith("ConnectionString", StringComparison.Ordinal) ? "Host=db;Database=lepton" : "made up";
}
