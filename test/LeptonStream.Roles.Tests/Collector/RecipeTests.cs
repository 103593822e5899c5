using LeptonStream.Testing;
using YamlDotNet.RepresentationModel;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Each file of docs/send: those of other programs are parsed.</summary>
[Parallelizable]
public sealed class RecipeTests
{
    private static readonly string Root = SharedFolder.RepositoryRoot;
    private static readonly string Folder = Path.Combine(Root, "docs", "send");

    private static IEnumerable<string> Files => Directory.GetFiles(Folder).Select(file => Path.GetFileName(file));

    [Test]
    public void Table_NamesEveryFile() => Assert.That(Files.Where(file => file != "README.md" && !Read("README.md").Contains($"]({file})")),
        Is.Empty);

    [Test]
    public async Task PythonTests_OfTheFile_Pass()
    {
        var result = await ExternalProgram.Run("python3", ["-m", "unittest", "test_lepton"],
            new Dictionary<string, string>
            {
                ["PYTHONPATH"] = Path.Combine(Root, "integrations", "python"), ["PYTHONDONTWRITEBYTECODE"] = "1",
            }, TimeSpan.FromMinutes(2));

        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    [TestCase("otel-collector.yaml", "http://collector:4318")]
    [TestCase("otel-kafka.yaml", "otlp_metrics")]
    [TestCase("prometheus.yml", "http://collector:4318/api/v1/write")]
    [TestCase("vector.yaml", "http://collector:4318/api/v1/write")]
    public void Yaml_OfAProgram_IsReadAndPointsAtTheCollector(string file, string target)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Read(file)));

        Assert.That(yaml.Documents.Single().AllNodes.OfType<YamlScalarNode>().Select(node => node.Value), Does.Contain(target));
    }

    [Test]
    public async Task Toml_OfTelegraf_IsReadAndPointsAtTheCollector()
    {
        var result = await ExternalProgram.Run("python3",
            ["-c", "import sys, tomllib; print(tomllib.load(open(sys.argv[1], 'rb'))['outputs']['influxdb'][0]['urls'])",
                Path.Combine(Folder, "telegraf.conf")], new Dictionary<string, string>(), TimeSpan.FromMinutes(1));

        Assert.That(result.Output, Does.Contain("http://collector:4318"), result.Error);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));
}
