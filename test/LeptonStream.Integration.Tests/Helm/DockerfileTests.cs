using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The Dockerfile can't be built without an engine, but what it names can be checked.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string Root = SharedFolder.RepositoryRoot;

    /// <summary>The instructions, those of the build stage and those of the image apart.</summary>
    private static readonly (string Word, string Arguments)[][] Stages = Read();

    private static (string Word, string Arguments)[] Build => Stages[0];

    private static (string Word, string Arguments)[] Image => Stages[^1];

    [Test]
    public void Copy_EverySource_ExistsAndReachesTheEngine()
    {
        var sources = Stages.SelectMany(stage => stage)
            .Where(i => i.Word == "COPY" && !i.Arguments.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(i => i.Arguments.Split(' ')[..^1]).ToArray();
        var allowed = File.ReadAllLines(Path.Combine(Root, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..])
            .ToArray();

        Assert.That(sources.Where(source => !Path.Exists(Path.Combine(Root, source))), Is.Empty);
        Assert.That(sources, Is.EquivalentTo(allowed), "what .dockerignore lets through is what is copied");
    }

    [Test]
    public void Copy_FilesThatMSBuildFindsAboveTheProjects_AreAllThere()
    {
        var found = new[] { "global.json", "nuget.config", ".editorconfig", "Directory.Build.props", "Directory.Build.targets",
            "Directory.Packages.props" }
            .Where(file => File.Exists(Path.Combine(Root, file)));

        Assert.That(One(Build, "COPY", "global.json").Split(' ')[..^1], Is.EquivalentTo(found));
    }

    [Test]
    public void Publish_Project_IsTheProgramWhoseNameTheEntrypointHas()
    {
        var publish = One(Build, "RUN", "dotnet publish ");
        var project = Path.Combine(Root, publish.Split(' ').Single(word => word.EndsWith(".csproj", StringComparison.Ordinal)));
        var folder = Option(publish, "--output");
        var (published, placed) = (One(Image, "COPY", "--from=build ").Split(' ')[1], One(Image, "COPY", "--from=build ").Split(' ')[2]);

        var program = XDocument.Load(project).Descendants("AssemblyName").Single().Value;
        Assert.That(published, Is.EqualTo(folder));
        Assert.That(JsonSerializer.Deserialize<string[]>(One(Image, "ENTRYPOINT")), Is.EqualTo(new[] { $"{placed}/{program}" }));
        Assert.That(typeof(Program).Assembly.GetName().Name, Is.EqualTo(program));
    }

    [Test]
    public void Publish_NativeEdge_LiesBesideTheProgram()
    {
        var (program, native) = (One(Build, "RUN", "dotnet publish "), One(Build, "RUN", "[ "));

        Assert.That(native, Does.Contain($"{Option(native, "--output")}/lepton {Option(program, "--output")}/lepton-edge;"));
        Assert.That(native, Does.Contain("-p:NativeEdge=true"));
        Assert.That(File.ReadAllText(Path.Combine(Root, "build.sh")),
            Does.Contain("edge=\"$root/artifacts/lepton/lepton-edge\"").And.Contain("/lepton \"$edge\""));
    }

    [Test]
    public void Bases_OfBothStages_AreOfTheFrameworkTheProgramIsBuiltFor()
    {
        var framework = XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("TargetFramework")
            .Single().Value["net".Length..];

        Assert.That(One(Build, "FROM"), Does.Contain($"/dotnet/sdk:{framework} "));
        Assert.That(One(Image, "FROM"), Does.EndWith($"/dotnet/aspnet:{framework}-noble-chiseled-extra"));
    }

    [Test]
    public void Fonts_ForCharts_AreCopiedFromTheirStage()
    {
        var folder = One(Image, "COPY", "--from=fonts ").Split(' ')[^1];

        Assert.That(Stages[1][0].Arguments, Does.EndWith(" AS fonts"));
        Assert.That(folder, Does.StartWith("/usr/share/fonts/"));
    }

    [Test]
    public void User_OfTheImage_IsTheOneTheChartRunsAs()
    {
        var chart = Yaml.ReadFile(Path.Combine(Chart.Folder, "values.yaml")).At("podSecurityContext");

        Assert.That(One(Image, "USER"), Is.EqualTo($"{chart.Text("runAsUser")}:{chart.Text("runAsGroup")}"));
    }

    [Test]
    public void Labels_OfTheImage_SayWhatTheProgramSaysOfItself()
    {
        var version = XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.That(Image, Does.Contain(("ARG", $"VERSION={version}")));
        Assert.That(One(Image, "LABEL"),
            Does.Contain("org.opencontainers.image.version=\"$VERSION\"").And.Contain("org.opencontainers.image.licenses=\"Apache-2.0\""));
    }

    private static string One((string Word, string Arguments)[] stage, string word, string start = "") =>
        stage.Single(i => i.Word == word && i.Arguments.StartsWith(start, StringComparison.Ordinal)).Arguments;

    private static string Option(string command, string name)
    {
        var words = command.Split(' ');
        return words[Array.IndexOf(words, name) + 1];
    }

    private static (string Word, string Arguments)[][] Read()
    {
        var text = Continued().Replace(File.ReadAllText(Path.Combine(Root, "Dockerfile")), " ");
        var instructions = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1].Trim())).ToArray();
        int[] begins = [.. instructions.Index().Where(i => i.Item.Item1 == "FROM").Select(i => i.Index), instructions.Length];
        return [.. begins.Zip(begins.Skip(1), (begin, end) => instructions[begin..end])];
    }

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();
}
